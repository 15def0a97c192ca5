package dev.twinbox.protocol.wire.twin;

/**
 * What is said and taken at most, and how much room there is. The items have limits of their own on top. Those that two
 * ends must agree on are part of major version {@value #MAJOR}: another value is another protocol.
 */
public final class TwinLimits {
    /** Another one is another protocol. */
    public static final int MAJOR = 1;

    /** A higher one only says more that may be ignored. */
    public static final int MINOR = 1;

    /** Most bytes of a frame behind its header, as they are on the wire. */
    public static final int PAYLOAD_MAX = 1 << 17;

    /** Most bytes of a frame behind its header when they are decompressed. */
    public static final int PLAIN_MAX = 1 << 17;

    /** How many bytes may be on their way on a branch and not read by its reader yet, headers included. */
    public static final int BRANCH_WINDOW = 1 << 20;

    /** How many bytes may be on their way on all branches together, headers included. */
    public static final int CONNECTION_WINDOW = 1 << 27;

    /** Longest sentence of most kinds, in bytes. */
    public static final int SENTENCE_MAX = 1 << 18;

    /** Longest sentence with a long text or long lists in it, in bytes: handshakes, attributes, changes. */
    public static final int LONG_SENTENCE_MAX = 1 << 22;

    /** Longest sentence on the control stream, in bytes. */
    public static final int CONTROL_SENTENCE_MAX = 1 << 14;

    /** Most bytes of a body in one sentence. */
    public static final int CHUNK_MAX = 1 << 16;

    /** Highest number of a branch. */
    public static final int BRANCH_NUMBER_MAX = 10_000_000;

    /** Most capabilities in a hello. */
    public static final int CAPABILITIES_MAX = 64;

    /** Longest name of a capability, in characters. */
    public static final int CAPABILITY_LENGTH_MAX = 64;

    /** Longest text of a failure, in characters. */
    public static final int FAILURE_TEXT_MAX = 2000;

    private TwinLimits() {}
}
