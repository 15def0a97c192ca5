package dev.twinbox.protocol.wire.twin;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A piece of the stream of a branch. On the wire, all numbers big-endian and without sign:
 *
 * <pre>
 * 4 bytes  length of the payload, 1 to {@value TwinLimits#PAYLOAD_MAX}
 * 4 bytes  branch: 0 the main one, 1 to {@value TwinLimits#BRANCH_NUMBER_MAX} others, 2<sup>32</sup>-1 the control stream
 * 4 bytes  length of the payload when it is decompressed, 1 to {@value TwinLimits#PLAIN_MAX}; 0: it is not compressed
 * 4 bytes  CRC-32C of the twelve bytes before and of the payload
 *          the payload; one frame of zstd if it is compressed
 * </pre>
 */
public final class TwinFrame {
    /** Length of a header, in bytes. */
    public static final int HEADER = 16;

    /** The main branch. */
    public static final int MAIN = 0;

    /** What is said about the connection itself. */
    public static final int CONTROL = -1;

    private static final int CHECKED = 12;

    private final int branch;
    private final int plainLength;
    private final byte[] payload;

    private TwinFrame(int branch, int plainLength, byte[] payload) {
        this.branch = branch;
        this.plainLength = plainLength;
        this.payload = payload;
    }

    /** A branch's number, {@link #MAIN} or {@link #CONTROL}. */
    public int branch() {
        return branch;
    }

    /** The payload's length when it is decompressed; 0 if it is not compressed. */
    public int plainLength() {
        return plainLength;
    }

    /** Not copied: must not be changed. */
    public byte[] payload() {
        return payload;
    }

    /** How much of the windows the frame takes. */
    public int cost() {
        return HEADER + payload.length;
    }

    /** Whether the payload is compressed. */
    public boolean isCompressed() {
        return plainLength > 0;
    }

    /**
     * Writes a header.
     *
     * @param plainLength 0 if the payload is not compressed
     * @param bytes holds the payload
     * @param offset where it begins; the header is written right before it
     * @param length of the payload
     */
    public static void header(int branch, int plainLength, byte[] bytes, int offset, int length) {
        ByteBuffer header = ByteBuffer.wrap(bytes, offset - HEADER, HEADER);
        header.putInt(length).putInt(branch).putInt(plainLength);
        CRC32C sum = new CRC32C();
        sum.update(bytes, offset - HEADER, CHECKED);
        sum.update(bytes, offset, length);
        header.putInt((int) sum.getValue());
    }

    /** Reads a frame whose header starts {@code bytes}, and checks all of it but the payload's length. */
    static TwinFrame of(byte[] header, byte[] payload) throws TwinFormatException {
        ByteBuffer fields = ByteBuffer.wrap(header);
        int branch = fields.getInt(Integer.BYTES);
        int plainLength = fields.getInt(2 * Integer.BYTES);
        CRC32C sum = new CRC32C();
        sum.update(header, 0, CHECKED);
        sum.update(payload, 0, payload.length);
        if ((int) sum.getValue() != fields.getInt(CHECKED)) {
            throw new TwinFormatException("a frame was damaged on its way (checksum)");
        }
        if (branch != CONTROL && (branch < MAIN || branch > TwinLimits.BRANCH_NUMBER_MAX)) {
            throw new TwinFormatException("number of a branch out of range: " + Integer.toUnsignedString(branch));
        }
        if (plainLength < 0 || plainLength > TwinLimits.PLAIN_MAX) {
            throw new TwinFormatException(
                    "a frame would be " + Integer.toUnsignedString(plainLength) + " bytes when it is decompressed");
        }
        if (branch == CONTROL && plainLength > 0) {
            throw new TwinFormatException("the control stream is compressed");
        }
        return new TwinFrame(branch, plainLength, payload);
    }
}
