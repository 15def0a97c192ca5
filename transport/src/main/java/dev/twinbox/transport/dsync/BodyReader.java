package dev.twinbox.transport.dsync;

import java.nio.ByteBuffer;

/**
 * Takes the dots out of a body and finds its end, as {@linkplain dev.twinbox.transport.dsync the package} describes. Holds
 * back no more than a line's end and a dot. Not safe for use by several threads.
 */
final class BodyReader {
    /** Most bytes that one byte of input sets free: a line's end, a dot, a CR and the byte. */
    private static final int BURST = 5;

    private static final byte[] LF = {'\n'};
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] NOTHING = {};

    private enum Place {
        /** In a line. */
        TEXT,
        /** After a CR in a line, which is held back. */
        CR,
        /** At the beginning of a line; the end of the one before is held back. */
        LINE,
        /** After a dot at the beginning of a line; both are held back. */
        DOT,
        /** After CR LF dot CR, all held back. */
        DOT_CR,
        /** Behind the body. */
        END
    }

    private Place place = Place.LINE;
    private byte[] lineEnd = NOTHING;

    /**
     * Reads on until the input is used up, the output has no more room or the body is complete.
     *
     * @param out has room for {@value #BURST} bytes at least
     * @return whether the body is complete; then nothing behind it is taken from {@code in}
     */
    boolean read(ByteBuffer in, ByteBuffer out) {
        while (place != Place.END && in.hasRemaining() && out.remaining() >= BURST) {
            if (place == Place.TEXT) {
                copyText(in, out);
            } else {
                step(in.get(), out);
            }
        }
        return place == Place.END;
    }

    /** Up to and with the next CR or LF. */
    private void copyText(ByteBuffer in, ByteBuffer out) {
        int most = Math.min(in.remaining(), out.remaining() - BURST + 1);
        for (int i = 0; i < most; i++) {
            byte b = in.get();
            if (b == '\n' || b == '\r') {
                inText(b, out);
                return;
            }
            out.put(b);
        }
    }

    private void step(byte b, ByteBuffer out) {
        switch (place) {
            case LINE -> {
                if (b == '.') {
                    place = Place.DOT;
                } else {
                    out.put(lineEnd);
                    inText(b, out);
                }
            }
            case CR -> {
                if (b == '\n') {
                    endLine(CRLF);
                } else {
                    out.put((byte) '\r');
                    inText(b, out);
                }
            }
            case DOT -> afterDot(b, out);
            case DOT_CR -> {
                if (b == '\n') {
                    place = Place.END;
                } else {
                    out.put(lineEnd).put((byte) '.').put((byte) '\r');
                    inText(b, out);
                }
            }
            case TEXT -> inText(b, out);
            case END -> throw new IllegalStateException("the body is complete");
        }
    }

    private void afterDot(byte b, ByteBuffer out) {
        if (b == '\r' && lineEnd == CRLF) {
            place = Place.DOT_CR;
            return;
        }
        out.put(lineEnd).put((byte) '.');
        if (b == '.') {
            place = Place.TEXT;
        } else {
            inText(b, out);
        }
    }

    private void inText(byte b, ByteBuffer out) {
        if (b == '\n') {
            endLine(LF);
        } else if (b == '\r') {
            place = Place.CR;
        } else {
            place = Place.TEXT;
            out.put(b);
        }
    }

    private void endLine(byte[] end) {
        lineEnd = end;
        place = Place.LINE;
    }
}
