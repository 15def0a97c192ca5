package dev.twinbox.cli;

import dev.twinbox.cli.command.Commands;
import dev.twinbox.cli.command.Interruption;
import dev.twinbox.cli.output.Output;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.run.SystemClock;
import dev.twinbox.transport.twin.ZstdLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs what the program usually runs, one after the other in one process, so that an archive of the classes it has loaded
 * serves every command. {@code bin/twinbox} starts it to make that archive, in a folder with two accounts, where it also lays
 * down a library.
 */
public final class Rehearsal {
    /** How long an end of a conversation may stand still, in seconds: an archive that lacks some is better than none. */
    private static final String PATIENCE_SECONDS = "10";

    /** A command for a run whose other end is reached through two named pipes: {@code $0-to} and {@code $0-from}. */
    private static final String CALL = "{ cat <&3 > \"$0-to\" & } 3<&0; exec cat \"$0-from\"";

    /** The other end of that. */
    private static final String ANSWER = "{ cat <&3 > \"$0-from\" & } 3<&0; exec cat \"$0-to\"";

    private final String folder;
    private final Interruption interruption;

    private Rehearsal(String folder, Interruption interruption) {
        this.folder = folder;
        this.interruption = interruption;
    }

    /**
     * Rehearses, and ends the process with 0.
     *
     * @param arguments the folder; in it the accounts {@code a} and {@code b}, of which {@code b} is an older copy, and a file
     *     of settings
     */
    public static void main(String[] arguments) {
        Interruption interruption = new Interruption(Thread.currentThread());
        interruption.install();
        Rehearsal rehearsal = new Rehearsal(arguments[0], interruption);
        rehearsal.alone();
        try {
            rehearsal.unpack(new RealDisk(new SystemClock()));
            rehearsal.together();
        } catch (IOException e) {
            System.err.println("no conversation could be rehearsed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        interruption.ended(0);
        System.exit(0);
    }

    private String account(String name) {
        return "maildir:" + folder + "/" + name;
    }

    /** What needs no other end. */
    private void alone() {
        String source = account("a");
        String older = account("b");
        String empty = account("c");
        for (List<String> command : List.of(
                List.of("-O", "backup", "--from", source, older),
                List.of("-O", "-o", "mail_fsync=optimized", "backup", "--from", source, older),
                List.of("-O", "sync", "--from", source, empty),
                List.of("-c", folder + "/twinbox.conf", "sync", "--from", source, empty),
                List.of("-O", "sync", "-f", "--from", source, empty),
                List.of("-O", "sync", "-s", "", "--from", source, empty),
                List.of("-O", "verify", "--from", source, empty),
                List.of("-O", "status", source),
                List.of("--version"))) {
            Main.run(command, interruption);
        }
    }

    /** Lays down what else each process that compresses would unpack for itself. */
    private void unpack(Disk disk) throws IOException {
        InputStream library = ZstdLibrary.open();
        if (library != null) {
            try (library;
                    DiskFile file = disk.openWrite(DiskPath.of(folder).resolve(ZstdLibrary.fileName()), true)) {
                file.append(ByteBuffer.wrap(library.readAllBytes()));
            }
        }
    }

    /** Both ends of runs over a pipe: in our own protocol with all to do, with nothing, and a merge; and in dsync. */
    private void together() throws IOException, InterruptedException {
        int number = 0;
        for (List<String> words : List.of(
                List.of("backup"), List.of("backup"), List.of("sync"), List.of("backup", "--protocol", "dsync"))) {
            conversation(folder + "/pipe" + number++, words, account("a"), account("d"));
        }
    }

    private void conversation(String pipe, List<String> words, String here, String there)
            throws IOException, InterruptedException {
        new ProcessBuilder("mkfifo", pipe + "-to", pipe + "-from").start().waitFor();
        Process process = new ProcessBuilder("sh", "-c", ANSWER, pipe).start();
        List<String> answer = List.of("-O", "-o", "mail_location=" + there, "dsync-server", "-T", PATIENCE_SECONDS);
        Thread responder = new Thread(() -> {
            try (OutputStream out = process.getOutputStream()) {
                Commands.run(Main.context(answer, interruption).with(process.getInputStream(), new Output(out)));
            } catch (IOException e) {
                // the other end has gone
            }
        });
        responder.setDaemon(true);
        responder.start();
        List<String> call = new ArrayList<>(List.of("-O", "-o", "mail_location=" + here));
        call.addAll(words);
        call.addAll(List.of("-T", PATIENCE_SECONDS, "sh", "-c", CALL, pipe, "dsync-server"));
        Main.run(call, interruption);
        responder.join();
        process.destroy();
    }
}
