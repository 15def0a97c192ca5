package dev.twinbox.engine.storage.mbox;

import dev.twinbox.protocol.dialogue.PieceStream;
import java.io.IOException;

/** A mail of an mbox file as it is without the lines that only an mbox has. Holds a {@link FileWindow} and a line. */
final class MailStream extends PieceStream {
    private final FileWindow source;
    private final MboxWriter.HeaderWalk walk;
    private final long end;
    private boolean inHeader = true;
    private long at;
    private long pieceEnd;

    MailStream(FileWindow source, MboxMail mail) {
        this.source = source;
        this.end = mail.end();
        this.walk = new MboxWriter.HeaderWalk(source, mail.header(), mail.end());
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == pieceEnd) {
            if (!nextPiece()) {
                return -1;
            }
        }
        int wanted = (int) Math.min(Math.min(length, FileWindow.SIZE), pieceEnd - at);
        byte[] piece = offset == 0 ? into : new byte[wanted];
        int count = source.copy(at, piece, wanted);
        if (count < wanted) {
            throw new IOException("the file became shorter while it was read");
        }
        if (offset != 0) {
            System.arraycopy(piece, 0, into, offset, count);
        }
        at += count;
        return count;
    }

    private boolean nextPiece() throws IOException {
        while (inHeader) {
            if (!walk.next()) {
                inHeader = false;
                at = walk.body >= 0 ? walk.emptyLine : end;
                pieceEnd = end;
                return at < pieceEnd;
            }
            if (walk.kept) {
                at = walk.lineStart;
                pieceEnd = walk.lineAfter;
                return true;
            }
        }
        return false;
    }
}
