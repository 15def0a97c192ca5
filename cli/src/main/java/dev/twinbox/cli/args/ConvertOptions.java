package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was said after {@code convert}: {@code [options] FROM TO}.
 *
 * @param common the words about user and destination, as the other commands take them
 * @param excluded {@code -x}: masks and special uses of mailboxes that are left out
 * @param deletes the words about how many mails may be deleted
 * @param progress the words about progress
 * @param switchCommand {@code --switch-cmd}, for the shell; null if there is none
 * @param switched {@code --switched}: the user's location has been switched by hand
 * @param kickCommand {@code --kick-cmd}, for the shell; null if there is none
 * @param settleSeconds {@code --settle}: how long to wait between the two
 * @param smallSeconds {@code --small}: a copy that takes no longer leaves little for the end
 * @param rounds {@code --rounds}: most copies before the switch, 1 to {@value #ROUNDS_MAX}
 * @param record {@code --record}; null for the usual place
 * @param status {@code --status}: only say how far it is
 * @param json {@code --json}: one object on standard output says how it went
 * @param from the first location word; empty with {@code --help}
 * @param to the second one
 */
public record ConvertOptions(
        List<String> common,
        List<String> excluded,
        List<String> deletes,
        List<String> progress,
        @Nullable String switchCommand,
        boolean switched,
        @Nullable String kickCommand,
        int settleSeconds,
        int smallSeconds,
        int rounds,
        @Nullable String record,
        boolean status,
        boolean json,
        boolean help,
        String from,
        String to) {
    /** Most copies before the switch. */
    public static final int ROUNDS_MAX = 1000;

    private static final int ROUNDS_DEFAULT = 5;
    private static final int SMALL_DEFAULT_SECONDS = 10;
    private static final int SETTLE_DEFAULT_SECONDS = 5;

    public ConvertOptions {
        common = List.copyOf(common);
        excluded = List.copyOf(excluded);
        deletes = List.copyOf(deletes);
        progress = List.copyOf(progress);
    }

    /** Reads the words after the command's name. */
    public static ConvertOptions parse(List<String> words) throws Refusal {
        return new Reader(words).read();
    }

    /** Gathers what was said. */
    private static final class Reader {
        private final List<String> words;
        private final List<String> common = new ArrayList<>();
        private final List<String> excluded = new ArrayList<>();
        private final List<String> deletes = new ArrayList<>();
        private final List<String> progress = new ArrayList<>();
        private @Nullable String switchCommand;
        private boolean switched;
        private @Nullable String kickCommand;
        private long settle = SETTLE_DEFAULT_SECONDS;
        private long small = SMALL_DEFAULT_SECONDS;
        private long rounds = ROUNDS_DEFAULT;
        private @Nullable String record;
        private boolean status;
        private boolean json;
        private boolean help;

        Reader(List<String> words) {
            this.words = words;
        }

        ConvertOptions read() throws Refusal {
            Getopt<ConvertOption> getopt = new Getopt<>("convert", List.of(ConvertOption.values()), words, 0);
            while (getopt.next()) {
                take(getopt.option(), getopt.spelling(), getopt.argument());
            }
            if (rounds < 1 || rounds > ROUNDS_MAX) {
                throw Refusal.usage("convert: --rounds needs a number from 1 to " + ROUNDS_MAX);
            }
            if (switched && switchCommand != null) {
                throw Refusal.usage("convert: --switched says that it was done by hand, --switch-cmd how to do it: give"
                        + " one of them");
            }
            List<String> rest = words.subList(getopt.index(), words.size());
            if (rest.size() != 2 && !help) {
                throw Refusal.usage("convert: needs two locations, such as: twinbox convert -u USER maildir:~/Maildir"
                        + " mdbox:~/mdbox (see twinbox help convert)");
            }
            return new ConvertOptions(
                    common,
                    excluded,
                    deletes,
                    progress,
                    switchCommand,
                    switched,
                    kickCommand,
                    (int) settle,
                    (int) small,
                    (int) rounds,
                    record,
                    status,
                    json,
                    help,
                    help ? "" : rest.get(0),
                    help ? "" : rest.get(1));
        }

        private void take(ConvertOption option, String spelling, String argument) throws Refusal {
            switch (option) {
                case USER, DESTINATION_OPTION -> common.addAll(List.of(spelling, argument));
                case NO_USERDB_LOOKUP -> common.add(spelling);
                case EXCLUDE_MAILBOX -> excluded.add(argument);
                case SWITCH_COMMAND -> switchCommand = argument;
                case SWITCHED -> switched = true;
                case KICK_COMMAND -> kickCommand = argument;
                case SETTLE -> settle = CommandParser.seconds(spelling, argument);
                case SMALL -> small = CommandParser.seconds(spelling, argument);
                case ROUNDS -> rounds = Digits.parse(argument);
                case RECORD -> record = argument;
                case STATUS -> status = true;
                case JSON -> json = true;
                case PROGRESS -> progress.addAll(List.of(spelling, argument));
                case MAX_DELETE -> deletes.addAll(List.of(spelling, argument));
                case ALLOW_DELETE -> deletes.add(spelling);
                case HELP -> help = true;
            }
        }
    }
}
