package dev.twinbox.protocol.wire.twin;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Finds frames in the bytes of a peer, which begin with {@link #MAGIC}. Not safe for use by several threads; of no use after
 * a failure.
 */
public final class FrameDecoder {
    /** Length of the magic, in bytes. */
    public static final int MAGIC_LENGTH = 8;

    /**
     * How each end begins. No text, so that nothing that ever meant something else is taken for it, and with a line end that
     * a way that changes line ends breaks.
     */
    private static final byte[] MAGIC = {(byte) 0x89, 'T', 'W', 'I', 'N', '\r', '\n', 0x1A};

    private final byte[] header = new byte[TwinFrame.HEADER];
    private int headerLength;
    private byte @Nullable [] payload;
    private int payloadLength;
    private int magicLength;

    /** The bytes that each end begins with. */
    public static byte[] magic() {
        return MAGIC.clone();
    }

    /**
     * Takes bytes until a frame is complete.
     *
     * @return null if all bytes were taken and more are needed
     * @throws TwinFormatException if this is no frame, or beyond a limit
     */
    public @Nullable TwinFrame next(ByteBuffer in) throws TwinFormatException {
        while (magicLength < MAGIC_LENGTH) {
            if (!in.hasRemaining()) {
                return null;
            }
            if (in.get() != MAGIC[magicLength]) {
                throw new TwinFormatException("it does not speak Twinbox's protocol (byte " + magicLength + ")");
            }
            magicLength++;
        }
        if (headerLength < TwinFrame.HEADER) {
            int n = Math.min(in.remaining(), TwinFrame.HEADER - headerLength);
            in.get(header, headerLength, n);
            headerLength += n;
        }
        byte[] bytes = payload;
        if (bytes == null) {
            if (headerLength < TwinFrame.HEADER) {
                return null;
            }
            bytes = new byte[length()];
            payload = bytes;
        }
        int n = Math.min(in.remaining(), bytes.length - payloadLength);
        in.get(bytes, payloadLength, n);
        payloadLength += n;
        if (payloadLength < bytes.length) {
            return null;
        }
        headerLength = 0;
        payloadLength = 0;
        payload = null;
        return TwinFrame.of(header, bytes);
    }

    private int length() throws TwinFormatException {
        int length = ByteBuffer.wrap(header).getInt();
        if (length < 1 || length > TwinLimits.PAYLOAD_MAX) {
            throw new TwinFormatException("length of a frame out of range: " + Integer.toUnsignedString(length));
        }
        return length;
    }
}
