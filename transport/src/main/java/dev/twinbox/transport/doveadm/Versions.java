package dev.twinbox.transport.doveadm;

import java.util.List;
import java.util.regex.Pattern;

/** The lines in which both ends say what they speak. Pure. */
final class Versions {
    /** What we speak as a client. With this one log lines come unasked, and every server knows it or less. */
    static final int CLIENT_MINOR = 2;

    /** What we speak as a server: clients that know it may ask for log lines. */
    static final int SERVER_MINOR = 3;

    /** From this minor of the client on the server says its version, and speaks in packets. */
    static final int PACKETS_FROM = 1;

    /** From this minor of both on there is STARTTLS. */
    static final int STARTTLS_FROM = 2;

    /** From this minor of the client on log lines come only if asked for. */
    static final int LOG_ASKED_FROM = 3;

    private static final String MAJOR = "1";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");
    private static final int PARTS = 4;

    private Versions() {}

    /** What a client says. */
    static String ofClient() {
        return "VERSION\tdoveadm-server\t" + MAJOR + "\t" + CLIENT_MINOR;
    }

    /** What a server says. */
    static String ofServer() {
        return "VERSION\tdoveadm-client\t" + MAJOR + "\t" + SERVER_MINOR;
    }

    /**
     * The minor in a line.
     *
     * @param wants what we are called in it
     * @throws IllegalArgumentException if it is no such line, or of another major
     */
    static int minor(String line, String wants) {
        List<String> parts = List.of(line.split("\t", -1));
        if (parts.size() < PARTS
                || !parts.get(0).equals("VERSION")
                || !parts.get(1).equals(wants)) {
            throw new IllegalArgumentException("no version of " + wants);
        }
        if (!parts.get(2).equals(MAJOR)) {
            throw new IllegalArgumentException("version " + parts.get(2) + " of the doveadm protocol, not " + MAJOR);
        }
        if (!NUMBER.matcher(parts.get(3)).matches()) {
            throw new IllegalArgumentException("no version number");
        }
        return Integer.parseInt(parts.get(3));
    }
}
