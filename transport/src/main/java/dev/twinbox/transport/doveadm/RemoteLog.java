package dev.twinbox.transport.doveadm;

/** Takes log lines that travel beside a command, from the server to the client. Any thread may call. */
@FunctionalInterface
public interface RemoteLog {
    /** How grave a line is. */
    enum Severity {
        DEBUG(1),
        INFO(2),
        WARNING(3),
        ERROR(4),
        FATAL(5),
        PANIC(6);

        private final int code;

        Severity(int code) {
            this.code = code;
        }

        /** The byte that stands for it. */
        byte code() {
            return (byte) code;
        }

        /** What a byte stands for; an error if that is not known. */
        static Severity of(byte code) {
            for (Severity severity : values()) {
                if (severity.code == code) {
                    return severity;
                }
            }
            return ERROR;
        }
    }

    /**
     * Takes one.
     *
     * @param text without line end or control characters
     */
    void line(Severity severity, String text);

    /** Drops all. */
    static RemoteLog none() {
        return (severity, text) -> {};
    }
}
