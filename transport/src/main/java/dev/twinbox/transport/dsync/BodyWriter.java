package dev.twinbox.transport.dsync;

/** Doubles the dots of a body. Not safe for use by several threads. */
final class BodyWriter {
    private static final byte[] END = {'\r', '\n', '.', '\r', '\n'};

    private boolean atLine = true;

    /** The next bytes as they are sent: at most twice as many. */
    byte[] written(byte[] bytes, int offset, int length) {
        byte[] written = new byte[length + dots(bytes, offset, length)];
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
