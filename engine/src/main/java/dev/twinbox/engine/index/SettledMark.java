package dev.twinbox.engine.index;

import org.jspecify.annotations.Nullable;

/**
 * What Twinbox writes behind changes that it appends to a log without writing a new snapshot: that the log ends there. As
 * long as it does nobody else has written, and readers need not count the mails. The header of an extension of our own, 12
 * bytes, three little endian u32, which a Dovecot keeps and does not look at. Immutable.
 *
 * @param logSeq sequence number of the log
 * @param logOffset its length in bytes, this included
 * @param messages number of mails
 */
record SettledMark(long logSeq, long logOffset, long messages) {
    /** Name of the extension. */
    static final String EXTENSION = "twinbox";

    private static final int LENGTH = 12;

    /** The mark in the header of the extension; null if that is too short. */
    static @Nullable SettledMark parse(byte[] header) {
        return header.length < LENGTH
                ? null
                : new SettledMark(Bytes.u32(header, 0), Bytes.u32(header, 4), Bytes.u32(header, 8));
    }

    byte[] toBytes() {
        byte[] header = new byte[LENGTH];
        Bytes.put32(header, 0, logSeq);
        Bytes.put32(header, 4, logOffset);
        Bytes.put32(header, 8, messages);
        return header;
    }
}
