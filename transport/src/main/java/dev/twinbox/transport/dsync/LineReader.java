package dev.twinbox.transport.dsync;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Collects the bytes of one line. Holds no more than its limit. Not safe for use by several threads. */
final class LineReader {
    private static final int USUAL_LENGTH = 1024;

    private byte[] bytes = new byte[USUAL_LENGTH];
    private int length;

    /** Bytes of the line that is not complete yet. */
    int length() {
        return length;
    }

    /** The first byte of the line; there must be one. */
    char first() {
        return (char) (bytes[0] & 0xFF);
    }

    /**
     * Takes bytes up to the next LF, and that one.
     *
     * @param most longest line, without its end
     * @return the line, without LF and one CR before it; null if it is not complete
     * @throws IllegalArgumentException if the line is too long or is no text
     */
    @Nullable
    String read(ByteBuffer in, int most) {
        // One more than allowed: it may be the CR that does not count.
        int room = Math.min(in.remaining(), most + 1 - length);
        int size = 0;
        while (size < room && in.get(in.position() + size) != '\n') {
            size++;
        }
        append(in, size);
        if (!in.hasRemaining()) {
            return null;
        }
        if (in.get() != '\n') {
            throw new IllegalArgumentException("longer than " + most + " bytes");
        }
        return taken(most);
    }

    private void append(ByteBuffer in, int size) {
        if (length + size > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + size));
        }
        in.get(bytes, length, size);
        length += size;
    }

    /** Takes a single byte more, to know which limit the line has. */
    void readFirst(ByteBuffer in) {
        if (length == 0 && in.hasRemaining() && in.get(in.position()) != '\n') {
            bytes[length++] = in.get();
        }
    }

    private String taken(int most) {
        int end = length > 0 && bytes[length - 1] == '\r' ? length - 1 : length;
        if (end > most) {
            throw new IllegalArgumentException("longer than " + most + " bytes");
        }
        String line = text(end);
        length = 0;
        if (bytes.length > DsyncLimits.LINE_MAX) {
            bytes = new byte[USUAL_LENGTH];
        }
        return line;
    }

    private String text(int end) {
        boolean ascii = true;
        for (int i = 0; i < end; i++) {
            ascii &= bytes[i] >= 0;
            if (bytes[i] == 0) {
                throw new IllegalArgumentException("holds a NUL");
            }
        }
        if (ascii) {
            return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
        }
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end));
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("is not UTF-8", e);
        }
    }
}
