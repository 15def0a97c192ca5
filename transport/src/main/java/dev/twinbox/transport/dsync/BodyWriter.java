package dev.twinbox.transport.dsync;

import java.util.Arrays;

/** Doubles the dots of a body. Not safe for use by several threads. */
final class BodyWriter {
    private static final byte[] END = {'\r', '\n', '.', '\r', '\n'};

    private boolean atLine = true;

    /** The next bytes as they are sent: at most twice as many. */
    byte[] written(byte[] bytes, int offset, int length) {
        int dots = dots(bytes, offset, length);
        if (dots == 0) {
            atLine = length == 0 ? atLine : bytes[offset + length - 1] == '\n';
            return Arrays.copyOfRange(bytes, offset, offset + length);
        }
        byte[] written = new byte[length + dots];
        int to = 0;
        for (int i = offset; i < offset + length; i++) {
            byte b = bytes[i];
            if (b == '.' && atLine) {
                written[to++] = '.';
            }
            written[to++] = b;
            atLine = b == '\n';
        }
        return written;
    }

    /** What follows the last byte. */
    static byte[] end() {
        return END.clone();
    }

    private int dots(byte[] bytes, int offset, int length) {
        int dots = 0;
        boolean line = atLine;
        for (int i = offset; i < offset + length; i++) {
            if (line && bytes[i] == '.') {
                dots++;
            }
            line = bytes[i] == '\n';
        }
        return dots;
    }
}
