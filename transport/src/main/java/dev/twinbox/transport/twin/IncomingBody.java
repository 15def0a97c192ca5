package dev.twinbox.transport.twin;

import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.dialogue.PieceStream;
import dev.twinbox.protocol.item.BodySum;
import dev.twinbox.protocol.wire.twin.BodyCheck;
import dev.twinbox.protocol.wire.twin.TwinEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The body of the last item; there until the next is received. Its end is only reported if it came as it was read: otherwise
 * reading fails, at the end and from then on. Reach: the mail. For one thread.
 */
final class IncomingBody implements MailBody {
    private final Source source;
    private final BodySum sum = new BodySum();
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private boolean opened;
    private boolean atEnd;
    private @Nullable String failure;

    /** Where its parts come from. */
    interface Source {
        TwinEvent next() throws PeerException;
    }

    IncomingBody(Source source) {
        this.source = source;
    }

    @Override
    public InputStream open() {
        if (opened) {
            throw new IllegalStateException("the body was opened before");
        }
        opened = true;
        return new BodyStream();
    }

    /** Reads to the end, however it came. */
    void skip() throws PeerException {
        while (!atEnd) {
            advance();
        }
    }

    private void advance() throws PeerException {
        TwinEvent event = source.next();
        if (event instanceof TwinEvent.Body body) {
            piece = body.bytes();
        } else if (event instanceof TwinEvent.BodyEnd end) {
            atEnd = true;
            BodyCheck check = BodyCheck.of(sum);
            if (!check.equals(end.check())) {
                failure = "a mail was damaged on its way: " + check.length() + " bytes came, "
                        + end.check().length() + " were sent, and their checksums differ";
            }
        } else if (event instanceof TwinEvent.BodyBroken broken) {
            atEnd = true;
            failure = "the peer could not send a mail: " + broken.failure().text();
        } else {
            throw new PeerException("the peer has given up in the middle of a mail");
        }
    }

    /** Up to the end of a body. Closing it skips nothing. */
    private final class BodyStream extends PieceStream {
        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (!atEnd && !piece.hasRemaining()) {
                advance();
            }
            if (piece.hasRemaining()) {
                int n = Math.min(length, piece.remaining());
                piece.get(bytes, offset, n);
                sum.add(bytes, offset, n);
                return n;
            }
            String why = failure;
            if (why != null) {
                throw new IOException(why);
            }
            return -1;
        }
    }
}
