package dev.twinbox.engine.storage.mbox;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes mails into an mbox file, one behind the other: From_ line, hidden lines, the mail's own header, its body, one line end.
 *
 * <p>Every byte of a mail is kept, whether it ends in a line end or not, but for these header lines, which are left out: the
 * hidden ones ({@link HiddenHeaders}), which would mean something here, and whole From_ lines, which would begin another mail.
 * A mail that ends in CR gets the LF that belongs to it, since Dovecot cannot read it otherwise; and one that begins with a
 * blank and has no body, an empty line in front.
 *
 * <p>Holds a buffer of {@value #BUFFER} bytes, so that what is smaller is written at once. Used by one thread.
 */
final class MboxWriter {
    static final int BUFFER = 1 << 16;

    private final Out out;
    private final byte[] buffer = new byte[BUFFER];
    private int filled;
    private long position;

    /** Where the bytes go. */
    interface Out {
        void append(ByteBuffer bytes) throws IOException;
    }

    /**
     * @param position where in the file the first byte will be
     */
    MboxWriter(Out out, long position) {
        this.out = out;
        this.position = position;
    }

    /** Where in the file the next byte will be. */
    long position() {
        return position;
    }

    /** Says the hidden lines when it is known how long the body is. */
    interface Hidden {
        /**
         * The lines of a mail.
         *
         * @param contentLength bytes of its body; -1 if it has none
         */
        HiddenBlock of(long contentLength);
    }

    /**
     * What was not kept of a mail.
     *
     * @param dropped header lines that were left out, other than those that a mail of an mbox has anyway
     * @param altered whether a byte was added
     */
    record Written(int dropped, boolean altered) {}

    /**
     * Writes a mail.
     *
     * @param fromLine with its line end
     * @param source what the mail is part of
     * @param start where it begins there
     * @param end where it ends there
     */
    Written mail(byte[] fromLine, FileWindow source, long start, long end, Hidden hidden) throws IOException {
        HeaderWalk walk = new HeaderWalk(source, start, end);
        while (walk.next()) {
            // Looks for the header's end first: the hidden lines say how long the rest is.
        }
        // Behind hidden lines a line that begins with a blank would go on with them; in front of them there must be a
        // header.
        boolean allBody = walk.beginsWithBlank && walk.body < 0;
        boolean blockBehind = walk.beginsWithBlank && !allBody;
        // Dovecot takes CR LF in front of a From_ line for one line end, and then misses the CR it has counted.
        boolean endsInCr = end > start && source.at(end - 1) == '\r';
        long body = allBody ? start : walk.body;
        byte[] block =
                hidden.of(body < 0 ? -1 : end - body + (endsInCr ? 1 : 0)).lines();
        put(fromLine, fromLine.length);
        if (!blockBehind) {
            put(block, block.length);
        }
        if (allBody) {
            put('\n');
            copy(source, start, end);
        } else {
            writeHeader(new HeaderWalk(source, start, end));
        }
        if (blockBehind) {
            put(block, block.length);
        }
        if (walk.body >= 0) {
            copy(source, walk.emptyLine, end);
        }
        if (endsInCr) {
            put('\n');
        }
        put('\n');
        return new Written(allBody ? 0 : walk.dropped, allBody || endsInCr);
    }

    private void writeHeader(HeaderWalk walk) throws IOException {
        while (walk.next()) {
            if (walk.kept) {
                copy(walk.source, walk.lineStart, walk.lineAfter);
            }
        }
    }

    /** Copies bytes as they are. */
    void copy(FileWindow source, long from, long end) throws IOException {
        long at = from;
        while (at < end) {
            if (filled == BUFFER) {
                flush();
            }
            int wanted = (int) Math.min(end - at, BUFFER - filled);
            int count = copyInto(source, at, wanted);
            filled += count;
            position += count;
            at += count;
        }
    }

    private int copyInto(FileWindow source, long at, int wanted) throws IOException {
        byte[] piece = new byte[wanted];
        int count = source.copy(at, piece, wanted);
        if (count < wanted) {
            throw new IOException("a file became shorter while it was read");
        }
        System.arraycopy(piece, 0, buffer, filled, count);
        return count;
    }

    private void put(int octet) throws IOException {
        if (filled == BUFFER) {
            flush();
        }
        buffer[filled++] = (byte) octet;
        position++;
    }

    /** Writes bytes that are no part of a mail. */
    void put(byte[] bytes, int length) throws IOException {
        for (int i = 0; i < length; i++) {
            put(bytes[i]);
        }
    }

    /** Hands on what is buffered. */
    void flush() throws IOException {
        out.append(ByteBuffer.wrap(buffer, 0, filled));
        filled = 0;
    }

    /** Goes through a header line by line and says which lines are kept. */
    static final class HeaderWalk {
        final FileWindow source;
        private final long end;
        private long at;
        private boolean hiding;
        private boolean foreign;
        private boolean any;
        private byte[] line = new byte[1024];

        /** Where the empty line begins; -1 as long as none was found. */
        long emptyLine = -1;

        /** Where the body begins, likewise. */
        long body = -1;

        boolean beginsWithBlank;
        boolean kept;
        long lineStart;
        long lineAfter;

        /** Lines left out so far that only a mail from elsewhere has. */
        int dropped;

        HeaderWalk(FileWindow source, long start, long end) {
            this.source = source;
            this.at = start;
            this.end = end;
        }

        /** Goes to the next line; false at the empty line or the end. */
        boolean next() throws IOException {
            if (body >= 0 || at >= end) {
                return false;
            }
            lineStart = at;
            long feed = Math.min(end, source.lineEnd(at));
            lineAfter = Math.min(end, feed + 1);
            int length = read(lineStart, feed);
            at = lineAfter;
            if (length == 0 && feed < end) {
                emptyLine = lineStart;
                body = lineAfter;
                return false;
            }
            boolean blank = length > 0 && (line[0] == ' ' || line[0] == '\t');
            if (!blank) {
                hiding = HiddenHeaders.of(line, length) != null;
                foreign = !hiding
                        && length <= FromLine.LENGTH_MAX
                        && FromLine.parse(line, length, java.time.ZoneOffset.UTC)
                                .isPresent();
            }
            kept = !hiding && (blank || !foreign);
            dropped += kept ? 0 : 1;
            if (kept && !any) {
                any = true;
                beginsWithBlank = blank;
            }
            return true;
        }

        private int read(long from, long feed) throws IOException {
            int wanted = (int) Math.min(MboxScanner.LINE_MAX, feed - from);
            if (line.length < wanted) {
                line = new byte[wanted];
            }
            int length = source.copy(from, line, wanted);
            return length > 0 && line[length - 1] == '\r' && length == feed - from ? length - 1 : length;
        }
    }

    /** The From_ line as it stands in the file, if it says the date that is wanted; else null. */
    static byte @Nullable [] sameFromLine(FileWindow source, MboxMail mail, long received) throws IOException {
        long length = mail.header() - mail.from();
        if (mail.received() != received || length > FromLine.LENGTH_MAX || length == 0) {
            return null;
        }
        byte[] line = new byte[(int) length];
        int count = source.copy(mail.from(), line, line.length);
        return count == line.length && line[count - 1] == '\n' ? line : null;
    }
}
