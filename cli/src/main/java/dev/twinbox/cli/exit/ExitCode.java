package dev.twinbox.cli.exit;

/** The exit codes of doveadm's table (dovecot-compatibility, section E3) and the one of our own, {@link #GUARDED}. */
public final class ExitCode {
    /** All was done; compared accounts are the same. */
    public static final int OK = 0;

    /** Compared accounts are not the same. */
    public static final int DIFFERENT = 2;

    /** The command line is wrong. */
    public static final int USAGE = 64;

    /** Something is damaged and was left out. */
    public static final int DATA = 65;

    /** The delete guard stopped the run before the first write. */
    public static final int GUARDED = 66;

    /** There is no such user. */
    public static final int NO_USER = 67;

    /** There is no such thing as was asked for. */
    public static final int NOT_FOUND = 68;

    /** A failure that may pass, and doveadm's answer to most bad arguments. */
    public static final int TEMPORARY = 75;

    /** No permission. */
    public static final int NO_PERMISSION = 77;

    /** A setting is wrong. */
    public static final int CONFIGURATION = 78;

    private ExitCode() {}
}
