package dev.twinbox.transport.doveadm;

/** How the bytes of a value are escaped: none of them is a TAB or a line end afterwards. Pure. */
final class ValueBytes {
    static final byte ESCAPE = 1;

    private ValueBytes() {}

    /** Puts a byte, escaped if need be, into an array that has room for two. Returns where the next one goes. */
    static int append(byte[] to, int at, byte b) {
        byte letter = letter(b);
        int next = at;
        if (letter != 0) {
            to[next++] = ESCAPE;
        }
        to[next++] = letter != 0 ? letter : b;
        return next;
    }

    /** What stands for a byte behind the escape; 0 if it stands for itself. */
    private static byte letter(byte b) {
        return switch (b) {
            case 0 -> '0';
            case ESCAPE -> '1';
            case '\t' -> 't';
            case '\n' -> 'n';
            case '\r' -> 'r';
            default -> 0;
        };
    }

    /** What a byte behind the escape stands for. */
    static byte meaning(byte letter) {
        return switch (letter) {
            case '0' -> 0;
            case '1' -> ESCAPE;
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            default -> letter;
        };
    }
}
