package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was said after {@code pair}. Exactly one thing is to be done.
 *
 * @param invite {@code --invite}
 * @param users {@code --users}; not null if somebody is to be let in
 * @param minutes {@code --minutes}: how long a code is good, 1 to {@value #MINUTES_MAX}
 * @param trust {@code --trust}: a fingerprint to let in, or null
 * @param name {@code --name}, or null
 * @param list {@code --list}
 * @param revoke {@code --revoke}: a fingerprint, or which code, or null
 * @param fingerprint {@code --fingerprint}: the only one that is believed of the server, or null
 * @param server host and port of a server to pair with, or null
 * @param code that its administrator has given us, {@code -} for standard input, or null
 */
public record PairOptions(
        boolean invite,
        @Nullable String users,
        int minutes,
        @Nullable String trust,
        @Nullable String name,
        boolean list,
        @Nullable String revoke,
        @Nullable String fingerprint,
        @Nullable String server,
        @Nullable String code,
        boolean help) {
    /** Longest time that a code can be good, in minutes. */
    public static final int MINUTES_MAX = 7 * 24 * 60;

    private static final int MINUTES_DEFAULT = 15;
    private static final String SEE = " (see twinbox help pair)";

    /** Reads the words after the command's name. */
    public static PairOptions parse(List<String> words) throws Refusal {
        Reader reader = new Reader();
        Getopt<CommandOption> getopt = new Getopt<>("pair", CommandOption.OF_PAIR, words, 0);
        while (getopt.next()) {
            reader.take(getopt.option(), getopt.argument());
        }
        List<String> rest = words.subList(getopt.index(), words.size());
        if (rest.size() > 2) {
            throw Refusal.usage("pair: '" + rest.get(2) + "' is too much" + SEE);
        }
        PairOptions options = reader.finish(rest);
        if (!options.help) {
            options.check();
        }
        return options;
    }

    private void check() throws Refusal {
        int things = (invite ? 1 : 0)
                + (trust != null ? 1 : 0)
                + (list ? 1 : 0)
                + (revoke != null ? 1 : 0)
                + (server != null ? 1 : 0);
        if (things != 1) {
            throw Refusal.usage("pair: needs one of HOST:PORT, --invite, --trust, --list and --revoke" + SEE);
        }
        boolean letsIn = invite || trust != null;
        if (letsIn && users == null) {
            throw Refusal.usage(
                    "pair: --users says whom the other end may touch: names, with * and ? and commas between;"
                            + " --users '*' for all");
        }
        if (!letsIn && users != null) {
            throw Refusal.usage("pair: --users belongs to --invite and --trust, at the end that has the users");
        }
        if (name != null && trust == null && server == null) {
            throw Refusal.usage("pair: --name belongs to --trust, or to HOST:PORT");
        }
        if (fingerprint != null && (server == null || code != null)) {
            throw Refusal.usage("pair: --fingerprint belongs to HOST:PORT without a code, which has it in it");
        }
        if (minutes < 1 || minutes > MINUTES_MAX) {
            throw Refusal.usage("pair: --minutes needs a number from 1 to " + MINUTES_MAX);
        }
    }

    /** Gathers the options. */
    private static final class Reader {
        private boolean invite;
        private @Nullable String users;
        private int minutes = MINUTES_DEFAULT;
        private @Nullable String trust;
        private @Nullable String name;
        private boolean list;
        private @Nullable String revoke;
        private @Nullable String fingerprint;
        private boolean help;

        void take(CommandOption option, String argument) {
            switch (option) {
                case INVITE -> invite = true;
                case USERS -> users = argument;
                case MINUTES -> minutes = (int) Math.min(Digits.parse(argument), MINUTES_MAX + 1);
                case TRUST -> trust = argument;
                case NAME -> name = argument;
                case LIST -> list = true;
                case REVOKE -> revoke = argument;
                case FINGERPRINT -> fingerprint = argument;
                default -> help = true;
            }
        }

        PairOptions finish(List<String> rest) {
            return new PairOptions(
                    invite,
                    users,
                    minutes,
                    trust,
                    name,
                    list,
                    revoke,
                    fingerprint,
                    rest.isEmpty() ? null : rest.get(0),
                    rest.size() < 2 ? null : rest.get(1),
                    help);
        }
    }
}
