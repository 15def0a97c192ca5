package dev.twinbox.transport.doveadm;

/**
 * How a command ended that a server ran for a client, as the last line says it: a plus, or a minus and a word. A Dovecot has the
 * words of {@link Refusal}; Twinbox has a word for each of its exit codes, and a Dovecot's client takes one it does not know
 * for 75. Pure.
 */
final class CommandStatus {
    static final String DONE = "+";
    static final String FAILED = "-";

    /** What Twinbox has beyond Dovecot's words: changes during the run, the delete guard, no space, bad settings. */
    private enum Own {
        CHANGED(2),
        GUARDED(66),
        NOSPACE(73),
        CONFIG(78);

        private final int exitStatus;

        Own(int exitStatus) {
            this.exitStatus = exitStatus;
        }
    }

    private CommandStatus() {}

    /** The line for an exit code. */
    static String line(int exitStatus) {
        if (exitStatus == 0) {
            return DONE;
        }
        for (Own own : Own.values()) {
            if (own.exitStatus == exitStatus) {
                return FAILED + own.name();
            }
        }
        for (Refusal refusal : Refusal.values()) {
            if (refusal.exitStatus() == exitStatus && !refusal.word().isEmpty() && refusal != Refusal.UNTRUSTED) {
                return FAILED + refusal.word();
            }
        }
        return FAILED;
    }

    /**
     * The exit code that a line stands for.
     *
     * @throws IllegalArgumentException if it is no such line
     */
    static int exitStatus(String line) {
        if (line.equals(DONE)) {
            return 0;
        }
        if (!line.startsWith(FAILED)) {
            throw new IllegalArgumentException("neither plus nor minus");
        }
        String word = line.substring(FAILED.length());
        for (Own own : Own.values()) {
            if (own.name().equals(word)) {
                return own.exitStatus;
            }
        }
        return Refusal.of(word).exitStatus();
    }
}
