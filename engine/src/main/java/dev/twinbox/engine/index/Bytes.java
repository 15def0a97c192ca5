package dev.twinbox.engine.index;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Little-endian numbers in byte arrays, and text that survives being read and written back. The numbers are put together
 * byte by byte: views of arrays cost a short run more to set up than they save.
 */
public final class Bytes {
    private Bytes() {}

    static int u8(byte[] bytes, int at) {
        return bytes[at] & 0xFF;
    }

    static int u16(byte[] bytes, int at) {
        return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8;
    }

    static int i32(byte[] bytes, int at) {
        return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF) << 16 | bytes[at + 3] << 24;
    }

    /** Four bytes without a sign. */
    public static long u32(byte[] bytes, int at) {
        return i32(bytes, at) & 0xFFFF_FFFFL;
    }

    static long u64(byte[] bytes, int at) {
        return u32(bytes, at) | u32(bytes, at + Integer.BYTES) << Integer.SIZE;
    }

    static void put16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >> 8);
    }

    /** Writes the lower four bytes of a number. */
    public static void put32(byte[] bytes, int at, long value) {
        int number = (int) value;
        bytes[at] = (byte) number;
        bytes[at + 1] = (byte) (number >> 8);
        bytes[at + 2] = (byte) (number >> 16);
        bytes[at + 3] = (byte) (number >> 24);
    }

    static void put64(byte[] bytes, int at, long value) {
        put32(bytes, at, value);
        put32(bytes, at + Integer.BYTES, value >> Integer.SIZE);
    }

    /** Rounds up to a multiple of a power of two. */
    static int align(int value, int to) {
        return (value + to - 1) & -to;
    }

    /** UTF-8 text; bytes that are not UTF-8 are taken as Latin-1 so that two different names stay different. */
    static String text(byte[] bytes, int from, int to) {
        String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        byte[] again = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(again, 0, again.length, bytes, from, to)
                ? text
                : new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String latin1(byte[] bytes, int from, int length) {
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
