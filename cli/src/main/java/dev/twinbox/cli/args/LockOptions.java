package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.run.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * What was said after {@code lock}: {@code [options] LOCATION -- COMMAND [ARGUMENT]...}
 *
 * @param common what concerns user and location
 * @param mailboxes {@code -m}, in order; empty for all
 * @param timeoutSeconds {@code -l}, or {@link CommandOptions#NO_LOCK}
 * @param location the location word; empty with {@code --help}
 * @param command the command and its arguments; empty with {@code --help}
 */
public record LockOptions(
        CommandOptions common, List<String> mailboxes, long timeoutSeconds, String location, List<String> command) {
    public LockOptions {
        mailboxes = List.copyOf(mailboxes);
        command = List.copyOf(command);
    }

    /** Reads the words after the command's name. */
    public static LockOptions parse(List<String> words, Clock clock) throws Refusal {
        List<String> common = new ArrayList<>();
        List<String> mailboxes = new ArrayList<>();
        long timeout = CommandOptions.NO_LOCK;
        Getopt<LockOption> getopt = new Getopt<>("lock", List.of(LockOption.values()), words, 0);
        while (getopt.next()) {
            switch (getopt.option()) {
                case MAILBOX -> mailboxes.add(getopt.argument());
                case LOCK_TIMEOUT -> timeout = CommandParser.seconds(getopt.spelling(), getopt.argument());
                case USER, DESTINATION_OPTION -> {
                    common.add(getopt.spelling());
                    common.add(getopt.argument());
                }
                case NO_USERDB_LOOKUP, HELP -> common.add(getopt.spelling());
            }
        }
        CommandOptions options = CommandParser.status(common, clock);
        List<String> rest = words.subList(getopt.index(), words.size());
        if (options.help()) {
            return new LockOptions(options, mailboxes, timeout, "", List.of());
        }
        if (rest.size() < 3 || !rest.get(1).equals("--")) {
            throw Refusal.usage("lock: needs a location, '--' and a command, such as: twinbox lock maildir:~/Maildir --"
                    + " rsync -a Maildir/ /copy/ (see twinbox help lock)");
        }
        return new LockOptions(options, mailboxes, timeout, rest.get(0), rest.subList(2, rest.size()));
    }
}
