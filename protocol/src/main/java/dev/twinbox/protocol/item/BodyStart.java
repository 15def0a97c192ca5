package dev.twinbox.protocol.item;

/**
 * The first bytes of a mail that an end has kept, as far as the other one needs to know them: how many, and two checksums of 32
 * bits that have nothing in common.
 *
 * @param length how many bytes; 0 if there are none
 * @param sum CRC-32 in the upper half, CRC-32C in the lower one
 */
public record BodyStart(long length, long sum) {
    /** Nothing has been kept. */
    public static final BodyStart NOTHING = new BodyStart(0, 0);

    private static final long LOWER_HALF = 0xFFFF_FFFFL;

    /**
     * @throws IllegalArgumentException if a number is out of range, or there is a sum of nothing
     */
    public BodyStart {
        Check.range("have of mail_request", length, 0, Long.MAX_VALUE);
        if (length == 0 && sum != 0) {
            throw new IllegalArgumentException("mail_request has a sum of nothing");
        }
    }

    /** What was added up. */
    public static BodyStart of(BodySum all) {
        return all.length() == 0
                ? NOTHING
                : new BodyStart(all.length(), (long) all.crc32() << Integer.SIZE | (all.crc32c() & LOWER_HALF));
    }
}
