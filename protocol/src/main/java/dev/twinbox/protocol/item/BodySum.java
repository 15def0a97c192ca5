package dev.twinbox.protocol.item;

import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * Adds up the bytes of a body: how many there are, and two checksums of 32 bits that have nothing in common. Not safe for use by
 * several threads.
 */
public final class BodySum {
    private final CRC32 crc32 = new CRC32();
    private final CRC32C crc32c = new CRC32C();
    private long length;

    /** More of the body. */
    public void add(byte[] bytes, int offset, int count) {
        crc32.update(bytes, offset, count);
        crc32c.update(bytes, offset, count);
        length += count;
    }

    /** Bytes so far. */
    public long length() {
        return length;
    }

    /** CRC-32 (zip, gzip) of all of them. */
    public int crc32() {
        return (int) crc32.getValue();
    }

    /** CRC-32C (Castagnoli) of all of them. */
    public int crc32c() {
        return (int) crc32c.getValue();
    }
}
