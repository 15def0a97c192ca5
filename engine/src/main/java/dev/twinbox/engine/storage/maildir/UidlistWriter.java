package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes a {@link Uidlist} piece by piece, so that a large one need not be in memory twice. Used once. */
final class UidlistWriter {
    /** A write of this size is as good as one of all, in bytes. */
    private static final int PIECE = 1 << 18;

    private final DiskFile file;
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private long lastUid;

    UidlistWriter(DiskFile file) {
        this.file = file;
    }

    /** The first line is that of a list. */
    void header(Uidlist list) {
        piece.writeBytes(list.headerLine());
    }

    /** A row of another list just as it is, under that UID. */
    void row(long uid, Uidlist from, int row) throws IOException {
        checkRises(uid);
        from.writeRow(uid, row, piece);
        flushIfFull();
    }

    /** Rows of another list that follow one another, under their own UIDs; it must have {@linkplain Uidlist#hasLines lines}. */
    void rows(Uidlist from, int first, int end) throws IOException {
        checkRises(from.uid(first));
        lastUid = from.uid(end - 1);
        flush();
        ByteBuffer lines = from.lines(first, end);
        int last = lines.limit();
        while (lines.position() < last) {
            int next = Math.min(last, lines.position() + PIECE);
            file.append(lines.limit(next));
            lines.limit(last).position(next);
        }
    }

    /** A row that is new. */
    void row(long uid, String base, UidlistFields fields) throws IOException {
        checkRises(uid);
        piece.writeBytes(Uidlist.line(uid, base, fields));
        flushIfFull();
    }

    private void checkRises(long uid) {
        if (uid <= lastUid) {
            throw new IllegalArgumentException("UIDs do not rise at " + uid);
        }
        lastUid = uid;
    }

    private void flushIfFull() throws IOException {
        if (piece.size() >= PIECE) {
            flush();
        }
    }

    /** All is said. */
    void flush() throws IOException {
        if (piece.size() > 0) {
            file.append(ByteBuffer.wrap(piece.toByteArray()));
            piece.reset();
        }
    }
}
