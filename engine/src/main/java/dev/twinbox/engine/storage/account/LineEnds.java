package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.storage.Words;

/** Line ends of mails as they are stored: LF, or CRLF. Immutable. */
public final class LineEnds {
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
            if (Words.has(Words.at(bytes, at), '\n')) {
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
