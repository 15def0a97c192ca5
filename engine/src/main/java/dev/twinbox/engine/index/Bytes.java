package dev.twinbox.engine.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Little-endian numbers in byte arrays, and text that survives being read and written back. */
final class Bytes {
    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Bytes() {}

    static int u8(byte[] bytes, int at) {
        return bytes[at] & 0xFF;
    }

    static int u16(byte[] bytes, int at) {
        return (short) U16.get(bytes, at) & 0xFFFF;
    }

    static int i32(byte[] bytes, int at) {
        return (int) U32.get(bytes, at);
    }

    static long u32(byte[] bytes, int at) {
        return (int) U32.get(bytes, at) & 0xFFFF_FFFFL;
    }

    static long u64(byte[] bytes, int at) {
        return (long) U64.get(bytes, at);
    }

    static void put16(byte[] bytes, int at, int value) {
        U16.set(bytes, at, (short) value);
    }

    static void put32(byte[] bytes, int at, long value) {
        U32.set(bytes, at, (int) value);
    }

    static void put64(byte[] bytes, int at, long value) {
        U64.set(bytes, at, value);
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
