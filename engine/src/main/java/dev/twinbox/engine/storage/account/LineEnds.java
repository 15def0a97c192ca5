package dev.twinbox.engine.storage.account;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Line ends of mails as they are stored: LF, or CRLF. Immutable. */
public final class LineEnds {
    /** Every byte of a mail is looked at, and the start of a program is slow at that: so eight at a time. */
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long LINE_FEEDS = '\n' * ONES;

    private LineEnds() {}

    /**
     * How many LFs have no CR before them: the virtual size of a mail (RFC 3501, RFC822.SIZE) is its size and these.
     *
     * @param start of what is looked at
     * @param end behind it
     * @param before the byte before {@code start}, which may lie in another buffer; 0 if there is none
     */
    public static int bare(byte[] bytes, int start, int end, int before) {
        int found = 0;
        int at = start;
        while (at <= end - Long.BYTES) {
            long differing = (long) EIGHT.get(bytes, at) ^ LINE_FEEDS;
            if (((differing - ONES) & ~differing & HIGH_BITS) != 0) { // a byte of it is 0
                found += oneByOne(bytes, at, at + Long.BYTES, at == start ? before : bytes[at - 1]);
            }
            at += Long.BYTES;
        }
        return found + oneByOne(bytes, at, end, at == start ? before : bytes[at - 1]);
    }

    private static int oneByOne(byte[] bytes, int start, int end, int before) {
        int found = 0;
        int last = before;
        for (int i = start; i < end; i++) {
            int each = bytes[i];
            if (each == '\n' && last != '\r') {
                found++;
            }
            last = each;
        }
        return found;
    }
}
