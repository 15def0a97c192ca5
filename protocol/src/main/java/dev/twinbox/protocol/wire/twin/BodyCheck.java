package dev.twinbox.protocol.wire.twin;

import dev.twinbox.protocol.item.BodySum;

/**
 * What is known of the bytes of a body: how many, and two checksums of 32 bits that have nothing in common. They tell
 * whether a body came as it was read; whether somebody has changed it on purpose is for the link to tell.
 */
public record BodyCheck(long length, int crc32, int crc32c) {
    /** Of all bytes so far. */
    public static BodyCheck of(BodySum all) {
        return new BodyCheck(all.length(), all.crc32(), all.crc32c());
    }
}
