package dev.twinbox.cli.output;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard error: one line a message, {@code twinbox(user): Error: …} as doveadm writes them, in UTF-8 whatever the locale;
 * and a line below them that is overwritten again and again. Safe for use by several threads.
 */
public final class Messages {
    private static final String ERASE_LINE = "\r\u001B[K";

    private final OutputStream stream;
    private String prefix = "twinbox: ";
    private boolean debug;
    private boolean verbose;
    private String statusLine = "";

    /**
     * @param stream where to; errors of writing are ignored, there is nobody to tell
     */
    public Messages(OutputStream stream) {
        // A print stream swallows errors.
        this.stream = stream instanceof PrintStream ? stream : new PrintStream(stream, true, StandardCharsets.UTF_8);
    }

    /** The same way out, for somebody else's messages at the same time. */
    public Messages(Messages beside) {
        this(beside.stream);
        setLevel(beside.isDebug(), beside.isVerbose());
    }

    /** Puts the user's name into all further messages. */
    public synchronized void setUser(String user) {
        prefix = user.isEmpty() ? "twinbox: " : "twinbox(" + Escape.controls(user) + "): ";
    }

    /** Switches debug ({@code -D}) and informational ({@code -v}) messages on. */
    public synchronized void setLevel(boolean withDebug, boolean withInfo) {
        debug = withDebug;
        verbose = withInfo || withDebug;
    }

    /** Whether {@link #debug} prints anything. */
    public synchronized boolean isDebug() {
        return debug;
    }

    /** Whether {@link #info} prints anything. */
    public synchronized boolean isVerbose() {
        return verbose;
    }

    public void error(String message) {
        line("Error: ", message);
    }

    public void warning(String message) {
        line("Warning: ", message);
    }

    /** For {@code -v}. */
    public void info(String message) {
        if (isVerbose()) {
            line("Info: ", message);
        }
    }

    /** For {@code -D}. */
    public void debug(String message) {
        if (isDebug()) {
            line("Debug: ", message);
        }
    }

    /** A message whatever the level, without a word for it. */
    public void plain(String message) {
        line("", message);
    }

    /** Shows a line that stays below all messages until it is replaced; empty removes it. */
    public synchronized void status(String text) {
        if (!text.equals(statusLine)) {
            statusLine = text;
            write(ERASE_LINE + text);
        }
    }

    private synchronized void line(String level, String message) {
        String text = prefix + level + Escape.controls(message) + "\n";
        write(statusLine.isEmpty() ? text : ERASE_LINE + text + statusLine);
    }

    private void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ((PrintStream) stream).write(bytes, 0, bytes.length);
        ((PrintStream) stream).flush();
    }
}
