package dev.twinbox.transport.doveadm;

/** What is taken from the other end at most. */
public final class DoveadmLimits {
    /** Longest line before the login is done, in bytes. */
    public static final int LOGIN_LINE_MAX = 4096;

    /** Longest line with a command, in bytes. */
    public static final int COMMAND_LINE_MAX = 1 << 16;

    /** Most fields of a line. */
    public static final int FIELDS_MAX = 256;

    /** Most lines with options before the command. */
    public static final int OPTION_LINES_MAX = 16;

    /** Longest line of an answer, in bytes. */
    public static final int ANSWER_LINE_MAX = 4096;

    /** Longest log line, in bytes; the rest is dropped. */
    public static final int LOG_LINE_MAX = 4096;

    private DoveadmLimits() {}
}
