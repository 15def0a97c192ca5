package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.dsync.Tabs;
import java.util.ArrayList;
import java.util.List;

/**
 * A line with a command. Pure.
 *
 * @param flags letters: D for debug, v for verbose; no x
 * @param user whose mail it is about; empty if none
 * @param name of the command
 * @param arguments each with its option letter, such as {@code -uann}
 */
public record DoveadmCommand(String flags, String user, String name, List<String> arguments) {
    /** The command that hands over to dsync. */
    public static final String DSYNC_SERVER = "dsync-server";

    private static final String EXTRA = "x";
    private static final String DEBUG = "D";
    private static final String VERBOSE = "v";

    public DoveadmCommand {
        arguments = List.copyOf(arguments);
    }

    /**
     * As doveadm asks for dsync.
     *
     * @param user the account at the server
     */
    public static DoveadmCommand dsyncServer(String user) {
        return new DoveadmCommand("", user, DSYNC_SERVER, List.of("-u" + user));
    }

    /**
     * A command that the server is to run itself.
     *
     * @param user whose mail it is about
     * @param words what follows the command's name
     */
    public static DoveadmCommand handedOver(
            boolean debug, boolean verbose, String user, String name, List<String> words) {
        return new DoveadmCommand((debug ? DEBUG : "") + (verbose ? VERBOSE : ""), user, name, words);
    }

    /** Whether the client wants to hear debug messages. */
    public boolean isDebug() {
        return flags.contains(DEBUG);
    }

    /** Whether the client wants to hear what is done. */
    public boolean isVerbose() {
        return flags.contains(VERBOSE);
    }

    /** Without the line end, as clients before minor 3 write it; all servers take that. */
    String line() {
        List<String> fields = new ArrayList<>(List.of(flags, user, name));
        fields.addAll(arguments);
        return Tabs.join(fields);
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it is none
     */
    static DoveadmCommand parse(String line) {
        List<String> fields = Tabs.split(line, DoveadmLimits.FIELDS_MAX);
        String flags = fields.get(0);
        if (!flags.matches("[A-Za-z]*")) {
            throw new IllegalArgumentException("the flags are no letters");
        }
        int at = flags.contains(EXTRA) ? 2 : 1; // the extras say how often it may be handed on, which we never do
        if (fields.size() < at + 2) {
            throw new IllegalArgumentException("a command has flags, user and name");
        }
        return new DoveadmCommand(
                flags.replace(EXTRA, ""), fields.get(at), fields.get(at + 1), fields.subList(at + 2, fields.size()));
    }

    /** Whether it is a line that only asks for log lines to be sent. */
    boolean asksForLog() {
        return name.equals("OPTION") && arguments.contains("log-passthrough");
    }

    /** Whether it is a line that only sets something for the command to come. */
    boolean isOption() {
        return name.equals("OPTION");
    }
}
