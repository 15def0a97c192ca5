package dev.twinbox.cli;

import dev.twinbox.cli.command.Interruption;
import java.util.List;

/**
 * Runs what the program usually runs, one after the other in one process, so that an archive of the classes it has loaded
 * serves every command. {@code bin/twinbox} starts it to make that archive, in a folder with two accounts.
 */
public final class Rehearsal {
    private Rehearsal() {}

    /**
     * Rehearses, and ends the process with 0.
     *
     * @param arguments the folder; in it the accounts {@code a} and {@code b}, of which {@code b} is an older copy, and a file
     *     of settings
     */
    public static void main(String[] arguments) {
        String source = "maildir:" + arguments[0] + "/a";
        String older = "maildir:" + arguments[0] + "/b";
        String empty = "maildir:" + arguments[0] + "/c";
        Interruption interruption = new Interruption(Thread.currentThread());
        interruption.install();
        for (List<String> command : List.of(
                List.of("-O", "backup", "--from", source, older),
                List.of("-O", "-o", "mail_fsync=optimized", "backup", "--from", source, older),
                List.of("-O", "sync", "--from", source, empty),
                List.of("-c", arguments[0] + "/twinbox.conf", "sync", "--from", source, empty),
                List.of("-O", "sync", "-f", "--from", source, empty),
                List.of("-O", "sync", "-s", "", "--from", source, empty),
                List.of("-O", "verify", "--from", source, empty),
                List.of("-O", "status", source),
                List.of("--version"))) {
            Main.run(command, interruption);
        }
        interruption.ended(0);
        System.exit(0);
    }
}
