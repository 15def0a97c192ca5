package dev.twinbox.protocol.wire.twin;

import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * What is known of the bytes of a body: how many, and two checksums of 32 bits that have nothing in common. They tell
 * whether a body came as it was read; whether somebody has changed it on purpose is for the link to tell.
 */
public record BodyCheck(long length, int crc32, int crc32c) {
    /** Adds bytes up. Not safe for use by several threads. */
    public static final class Sum {
        private final CRC32 crc32 = new CRC32();
        private final CRC32C crc32c = new CRC32C();
        private long length;

        /** More of the body. */
        public void add(byte[] bytes, int offset, int count) {
            crc32.update(bytes, offset, count);
            crc32c.update(bytes, offset, count);
            length += count;
        }

        /** Of all bytes so far. */
        public BodyCheck check() {
            return new BodyCheck(length, (int) crc32.getValue(), (int) crc32c.getValue());
        }
    }
}
