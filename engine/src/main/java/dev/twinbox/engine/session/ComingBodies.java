package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.BodyStarts;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.dialogue.PieceStream;
import dev.twinbox.protocol.item.BodyStart;
import dev.twinbox.protocol.item.BodySum;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bodies that come over a line that may break: what has come of one then is kept, and the next connection asks for the rest
 * only. So a mail that is longer than what such a line carries between two cuts arrives all the same. For one thread.
 */
final class ComingBodies {
    /** So much of a body is only held in memory, and written down when the line breaks; of longer ones all is. */
    static final int HELD_MAX = 1 << 17;

    private static final int PIECE = 1 << 14;

    private final BodyStarts starts;
    private final MailboxName mailbox;
    private final StoreReport report;
    /** What was asked for without its first bytes. */
    private final Map<MailGuid, BodyStart> asked = new HashMap<>();

    private byte @Nullable [] held;
    private boolean keeps;

    ComingBodies(BodyStarts starts, MailboxName mailbox, StoreReport report) {
        this.starts = starts;
        this.mailbox = mailbox;
        this.report = report;
    }

    /** The request for a mail, without what is here of it. */
    MailRequest request(Conversation talk, MailGuid guid, MailRequest whole) {
        if (!talk.asksForRests()) {
            return whole;
        }
        BodyStart start = start(guid);
        if (start.length() == 0) {
            return whole;
        }
        asked.put(guid, start);
        return whole.behind(start);
    }

    private BodyStart start(MailGuid guid) {
        try {
            if (!starts.has(guid)) {
                return BodyStart.NOTHING;
            }
            BodySum sum = new BodySum();
            byte[] piece = new byte[PIECE];
            try (InputStream in = starts.open(guid)) {
                for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                    sum.add(piece, 0, n);
                }
            }
            return BodyStart.of(sum);
        } catch (IOException e) {
            report.debug(mailbox, "the start of mail " + guid + " cannot be used: " + Failures.describe(e));
            return BodyStart.NOTHING;
        }
    }

    /**
     * The whole body of a mail whose rest comes.
     *
     * @param rest what comes, from {@link Mail#from} on
     * @throws PeerException if that is not what was asked for
     */
    MailBody whole(Conversation talk, MailGuid guid, Mail mail, MailBody rest) throws PeerException {
        BodyStart start = asked.remove(guid);
        long from = mail.from();
        if (from != 0 && (start == null || start.length() != from)) {
            throw new PeerException(mailbox + ": the other side sent a mail from another byte on than was asked for");
        }
        if (from > 0) {
            report.debug(mailbox, "mail " + guid + ": its first " + from + " bytes were here already");
        }
        keeps = talk.asksForRests();
        return keeps ? () -> new Coming(guid, from, rest.open()) : rest;
    }

    /** Nothing of the mail is needed any more. */
    void done(MailGuid guid) {
        if (!keeps) {
            return;
        }
        try {
            starts.drop(guid);
        } catch (IOException e) {
            report.debug(mailbox, "the start of mail " + guid + " is left: " + Failures.describe(e));
        }
    }

    /** Reads what was kept, and then what comes; keeps that in turn if it breaks off. */
    private final class Coming extends PieceStream {
        private final MailGuid guid;
        private final InputStream rest;
        private @Nullable InputStream kept;
        private long missing;
        private long written;
        private int inMemory;
        private boolean lost;

        Coming(MailGuid guid, long from, InputStream rest) throws IOException {
            this.guid = guid;
            this.rest = rest;
            this.missing = from;
            this.written = from;
            this.kept = from > 0 ? starts.open(guid) : null;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            InputStream first = kept;
            if (first != null) {
                int n = first.read(into, offset, (int) Math.min(length, missing));
                if (n < 0) {
                    throw new IOException("the start of the mail has become shorter");
                }
                missing -= n;
                if (missing == 0) {
                    closeKept();
                }
                return n;
            }
            int n;
            try {
                n = rest.read(into, offset, length);
            } catch (PeerException e) {
                writeDown();
                if (written > 0 && !lost) {
                    report.debug(
                            mailbox,
                            "mail " + guid + ": its first " + written + " bytes are kept for the next connection");
                }
                throw e;
            }
            if (n > 0) {
                hold(into, offset, n);
            }
            return n;
        }

        private void hold(byte[] bytes, int offset, int count) {
            byte[] memory = held;
            if (memory == null) {
                memory = new byte[HELD_MAX];
                held = memory;
            }
            for (int at = 0; at < count; ) {
                if (inMemory == memory.length) {
                    writeDown();
                }
                int n = Math.min(count - at, memory.length - inMemory);
                System.arraycopy(bytes, offset + at, memory, inMemory, n);
                inMemory += n;
                at += n;
            }
        }

        /** Writes down what is in memory. If that cannot be done the mail comes whole the next time. */
        private void writeDown() {
            byte[] memory = held;
            if (memory != null && inMemory > 0 && !lost) {
                try {
                    starts.keep(guid, written, memory, inMemory);
                    written += inMemory;
                } catch (IOException e) {
                    report.debug(mailbox, "the start of mail " + guid + " is not kept: " + Failures.describe(e));
                    lost = true;
                    done(guid);
                }
            }
            inMemory = 0;
        }

        private void closeKept() throws IOException {
            InputStream first = kept;
            kept = null;
            if (first != null) {
                first.close();
            }
        }

        @Override
        public void close() throws IOException {
            try {
                closeKept();
            } finally {
                rest.close();
            }
        }
    }
}
