package dev.twinbox.transport.doveadm;

/** Takes log lines that travel beside a command, from the server to the client. Any thread may call. */
@FunctionalInterface
public interface RemoteLog {
    /** How grave a line is, in the order of the bytes that stand for it from 1 on. */
    enum Severity {
        DEBUG,
        INFO,
        WARNING,
        ERROR,
        FATAL,
        PANIC
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
