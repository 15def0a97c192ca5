package dev.twinbox.cli.output;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Standard error: one line a message, {@code twinbox(user): Error: …} as doveadm writes them, in UTF-8 whatever the locale;
 * and a line below them that is overwritten again and again. Safe for use by several threads.
 */
public final class Messages {
    private static final String ERASE_LINE = "\r\u001B[K";

    private final OutputStream stream;
    private final @Nullable Listener listener;
    private final boolean listensToDebug;
    private final boolean listensToInfo;
    private String prefix = "twinbox: ";
    private boolean debug;
    private boolean verbose;
    private String statusLine = "";

    /**
     * @param stream where to; errors of writing are ignored, there is nobody to tell
     */
    public Messages(OutputStream stream) {
        // A print stream swallows errors.
        this(
                stream instanceof PrintStream ? stream : new PrintStream(stream, true, StandardCharsets.UTF_8),
                null,
                false,
                false);
    }

    private Messages(OutputStream stream, @Nullable Listener listener, boolean listensToDebug, boolean listensToInfo) {
        this.stream = stream;
        this.listener = listener;
        this.listensToDebug = listensToDebug;
        this.listensToInfo = listensToInfo;
    }

    /** The same way out, for somebody else's messages at the same time. */
    public Messages(Messages beside) {
        this(beside, null, false, false);
    }

    /**
     * The same way out, for the messages of somebody who also hears them.
     *
     * @param listener gets each message that is not below his level; may be null
     * @param withDebug whether he hears debug messages
     * @param withInfo whether he hears informational ones
     */
    public Messages(Messages beside, @Nullable Listener listener, boolean withDebug, boolean withInfo) {
        this(beside.stream, listener, withDebug, withInfo || withDebug);
        debug = beside.debug();
        verbose = beside.verbose();
    }

    /** How grave a message is. */
    public enum Level {
        DEBUG,
        INFO,
        WARNING,
        ERROR
    }

    /** Hears messages, besides. */
    @FunctionalInterface
    public interface Listener {
        /** A message, without the user's name; may have control characters. */
        void heard(Level level, String message);
    }

    private synchronized boolean debug() {
        return debug;
    }

    private synchronized boolean verbose() {
        return verbose;
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
        return debug || listensToDebug;
    }

    /** Whether {@link #info} prints anything. */
    public synchronized boolean isVerbose() {
        return verbose || listensToInfo;
    }

    public void error(String message) {
        line("Error: ", message);
        tell(Level.ERROR, message);
    }

    public void warning(String message) {
        line("Warning: ", message);
        tell(Level.WARNING, message);
    }

    /** For {@code -v}. */
    public void info(String message) {
        if (verbose()) {
            line("Info: ", message);
        }
        if (listensToInfo) {
            tell(Level.INFO, message);
        }
    }

    /** For {@code -D}. */
    public void debug(String message) {
        if (debug()) {
            line("Debug: ", message);
        }
        if (listensToDebug) {
            tell(Level.DEBUG, message);
        }
    }

    /** A message whatever the level, without a word for it. */
    public void plain(String message) {
        line("", message);
        tell(Level.INFO, message);
    }

    private void tell(Level level, String message) {
        Listener hears = listener;
        if (hears != null) {
            hears.heard(level, message);
        }
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
