package dev.twinbox.transport.doveadm;

/** Takes what a server has to tell its administrator. Any thread may call, event loops too: it must not block for long. */
@FunctionalInterface
public interface ServerLog {
    /**
     * Takes a line.
     *
     * @param text without line end, control characters or secrets
     */
    void line(RemoteLog.Severity severity, String text);
}
