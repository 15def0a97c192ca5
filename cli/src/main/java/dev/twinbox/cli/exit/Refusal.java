package dev.twinbox.cli.exit;

/** The program ends before its real work began. The message is for the administrator, in full sentences where it helps. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * @param exitCode one of {@link ExitCode}
     */
    public Refusal(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    /** The command line is wrong. */
    public static Refusal usage(String message) {
        return new Refusal(ExitCode.USAGE, message);
    }

    /** What doveadm answers to bad arguments of known options. */
    public static Refusal temporary(String message) {
        return new Refusal(ExitCode.TEMPORARY, message);
    }

    /** A setting is wrong. */
    public static Refusal configuration(String message) {
        return new Refusal(ExitCode.CONFIGURATION, message);
    }

    /** One of {@link ExitCode}. */
    public int exitCode() {
        return exitCode;
    }

    /** As in {@link #Refusal}; never null. */
    public String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
