package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.item.Flags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an mbox file: finds its mails and what it says about them. Never holds more of it than a {@link FileWindow} and a
 * header line.
 *
 * <p>The format, as Dovecot 2.3.19 reads it (measured):
 *
 * <ul>
 *   <li>A mail begins with a {@link FromLine}, the first one at the very beginning of the file, each other one behind a line
 *       end. That line end (LF; CRLF if the From_ line ends in CRLF itself) belongs to no mail; usually it is an empty line.
 *       At the end of the file one line end belongs to no mail, either.
 *   <li>{@code Content-Length} says how long the body is. It is believed if just behind so many bytes there is a line end and
 *       {@code From }, or the end of the file, or a line end and the end of the file. Then a body may hold whatever it likes.
 *       Otherwise the body ends at the next From_ line that is one. Nothing is ever escaped or unescaped: {@code >From } is
 *       what it is.
 *   <li>A header ends at the first empty line, or where the mail ends: From_ lines count there, too.
 *   <li>{@code Status}: R seen, O old. {@code X-Status}: A answered, F flagged, T draft, D deleted. {@code X-Keywords}: names,
 *       separated by blanks; all must be in {@code X-IMAPbase}, or none counts.
 *   <li>{@code X-UID} of the first mail counts only behind {@code X-IMAPbase}.
 * </ul>
 */
final class MboxScanner {
    /** Longest header line of which everything is looked at, bytes; of a longer one the beginning. */
    static final int LINE_MAX = 1 << 20;

    private static final byte[] FROM = FromLine.PREFIX.getBytes(StandardCharsets.ISO_8859_1);

    private final FileWindow file;
    private final ZoneId zone;
    private final HeaderMd5.Mode mode;
    private final List<MboxMail> mails = new ArrayList<>();
    private final long knownEnd;
    private byte[] line = new byte[1024];
    private int lineLength;

    /**
     * @param zone where From_ lines are local
     * @param mode which headers make the hash
     * @param knownEnd where the file once ended, so that a mail ended there, whatever follows now: what a power loss leaves of
     *     an append may be no mail at all. It is passed over. -1 if that is not known
     */
    MboxScanner(FileWindow file, ZoneId zone, HeaderMd5.Mode mode, long knownEnd) {
        this.knownEnd = knownEnd;
        this.file = file;
        this.zone = zone;
        this.mode = mode;
    }

    /**
     * All mails in their order.
     *
     * @throws CorruptStoreException if the file does not begin with a mail
     */
    List<MboxMail> scan() throws IOException {
        long position = 0;
        FromLine from = file.end() == 0 ? null : fromAt(0);
        if (file.end() > 0 && from == null) {
            throw new CorruptStoreException("it is no mbox: it does not begin with a From_ line");
        }
        while (from != null) {
            MboxMail mail = new Reading(position, from).read();
            mails.add(mail);
            position = mail.next();
            if (mails.size() > MailboxSnapshot.MAILS_MAX) {
                throw new CorruptStoreException("more than " + MailboxSnapshot.MAILS_MAX + " mails in one mailbox");
            }
            from = position < file.end() ? fromAt(position) : null;
            while (from == null && position < file.end()) {
                position = Math.min(file.end(), file.lineEnd(position) + 1);
                from = position < file.end() ? fromAt(position) : null;
            }
        }
        return mails;
    }

    /** The From_ line at a position, or null. */
    private @Nullable FromLine fromAt(long position) throws IOException {
        if (file.at(position) != 'F' || !file.startsWith(position, FROM)) {
            return null;
        }
        byte[] text = new byte[FromLine.LENGTH_MAX + 1];
        int got = file.copy(position, text, text.length);
        int length = 0;
        while (length < got && text[length] != '\n') {
            length++;
        }
        return length > FromLine.LENGTH_MAX
                ? null
                : FromLine.parse(text, length, zone).orElse(null);
    }

    /** Reads a line into {@link #line}; returns where its line feed is, or the end of the file. */
    private long readLine(long position) throws IOException {
        long end = file.lineEnd(position);
        int wanted = (int) Math.min(LINE_MAX, end - position);
        if (line.length < wanted) {
            line = new byte[Math.max(wanted, Math.min(LINE_MAX, line.length * 2))];
        }
        lineLength = file.copy(position, line, wanted);
        if (lineLength > 0 && lineLength == end - position && line[lineLength - 1] == '\r') {
            lineLength--;
        }
        return end;
    }

    /** One mail. */
    private final class Reading {
        private final long start;
        private final FromLine from;
        private final HeaderMd5 md5 = new HeaderMd5(mode);
        private final boolean first;
        private long header;
        private long body;
        private long end = -1;
        private long next;
        private long uid;
        private int flags;
        private boolean old;
        private List<String> keywords = List.of();
        private long promised = -1;
        private boolean complete = true;
        private @Nullable MboxBase base;
        private MboxMail.Slot status = MboxMail.Slot.NONE;
        private MboxMail.Slot moreStatus = MboxMail.Slot.NONE;
        private MboxMail.Slot words = MboxMail.Slot.NONE;
        private long lastUidAt = -1;
        private boolean doubled;

        Reading(long start, FromLine from) {
            this.start = start;
            this.from = from;
            this.first = start == 0;
        }

        MboxMail read() throws IOException {
            header = Math.min(file.end(), file.lineEnd(start) + 1);
            readHeader();
            if (end < 0) {
                findEnd();
            }
            return new MboxMail(
                    start,
                    header,
                    Math.min(body, end),
                    end,
                    next,
                    from.sender(),
                    from.received(),
                    uid,
                    flags,
                    old,
                    keywords,
                    md5.finish(),
                    doubled
                            ? new MboxMail.Slots(MboxMail.Slot.NONE, MboxMail.Slot.NONE, MboxMail.Slot.NONE)
                            : new MboxMail.Slots(status, moreStatus, words),
                    base,
                    lastUidAt,
                    promised,
                    complete);
        }

        /** Sets {@link #body}; and {@link #end}, if the mail ends with its header. */
        private void readHeader() throws IOException {
            long position = header;
            HiddenHeaders hidden = null;
            while (true) {
                if (position >= file.end()) {
                    body = file.end();
                    endOfFile();
                    return;
                }
                if (fromAt(position) != null) {
                    body = position;
                    endAt(position);
                    return;
                }
                long lineEnd = readLine(position);
                long after = Math.min(file.end(), lineEnd + 1);
                if (lineLength == 0 && lineEnd < file.end()) {
                    body = after;
                    return;
                }
                boolean continues = lineLength > 0 && (line[0] == ' ' || line[0] == '\t');
                if (!continues) {
                    hidden = HiddenHeaders.of(line, lineLength);
                    if (hidden != null) {
                        take(hidden, position);
                    }
                } else if (hidden != null) {
                    doubled = true; // a value goes on where we would not look for it
                }
                if (hidden == null) {
                    md5.line(line, lineLength);
                } else {
                    md5.hidden();
                }
                position = after;
            }
        }

        private void take(HiddenHeaders hidden, long lineStart) {
            int colon = 0;
            while (line[colon] != ':') {
                colon++;
            }
            MboxMail.Slot slot = new MboxMail.Slot(lineStart + colon + 1, lineLength - colon - 1);
            String value = new String(line, colon + 1, lineLength - colon - 1, StandardCharsets.ISO_8859_1);
            switch (hidden) {
                case X_IMAPBASE, X_IMAP -> {
                    MboxBase read = first ? MboxBase.parse(value, hidden == HiddenHeaders.X_IMAP) : null;
                    if (read != null && base == null) {
                        base = read;
                        lastUidAt = lastUidAt(value, slot.at());
                    }
                }
                case X_UID -> {
                    if (!first || base != null) {
                        uid = Math.max(0, MboxBase.number(value.trim()));
                    }
                }
                case STATUS -> {
                    doubled |= status.length() >= 0;
                    status = slot;
                    flags(value);
                }
                case X_STATUS -> {
                    doubled |= moreStatus.length() >= 0;
                    moreStatus = slot;
                    flags(value);
                }
                case X_KEYWORDS -> {
                    doubled |= words.length() >= 0;
                    words = slot;
                    if (keywords.isEmpty() && !value.isBlank()) {
                        keywords = List.of(MboxBase.utf8(value.trim()).split("[ \t]+"));
                    }
                }
                case CONTENT_LENGTH -> promised = contentLength(value.trim());
            }
        }

        /** Where the second word is, if it is a number that can be overwritten by any other. */
        private long lastUidAt(String value, long at) {
            int start = 0;
            while (start < value.length() && value.charAt(start) <= ' ') {
                start++;
            }
            start = value.indexOf(' ', start) + 1;
            int end = start;
            while (end < value.length() && value.charAt(end) >= '0' && value.charAt(end) <= '9') {
                end++;
            }
            return start > 0 && end - start == MboxBase.LAST_UID_DIGITS ? at + start : -1;
        }

        private long contentLength(String digits) {
            boolean plain =
                    !digits.isEmpty() && digits.length() <= 18 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
            return plain ? Long.parseLong(digits) : -1;
        }

        private void flags(String value) {
            for (int i = 0; i < value.length(); i++) {
                switch (value.charAt(i)) {
                    case 'R' -> flags |= Flags.SEEN;
                    case 'O' -> old = true;
                    case 'A' -> flags |= Flags.ANSWERED;
                    case 'F' -> flags |= Flags.FLAGGED;
                    case 'T' -> flags |= Flags.DRAFT;
                    case 'D' -> flags |= Flags.DELETED;
                    default -> {
                        // Letters of other programs.
                    }
                }
            }
        }

        private void findEnd() throws IOException {
            if (promised >= 0) {
                if (promised <= file.end() - body && isBoundary(body + promised)) {
                    return;
                }
                complete = false;
            }
            long position = body - 1; // the line end of the empty line may be the one in front of a From_ line
            while (true) {
                long feed = file.lineEnd(position);
                if (feed + 1 >= file.end()) {
                    endOfFile();
                    break;
                }
                if (fromAt(feed + 1) != null) {
                    endAt(feed + 1);
                    break;
                }
                position = feed + 1;
            }
            complete = promised < 0 || end - body >= promised;
        }

        /** Whether the mail can end here; sets {@link #end} and {@link #next} if so. */
        private boolean isBoundary(long position) throws IOException {
            long behind = position;
            if (file.at(behind) == '\r' && file.at(behind + 1) == '\n') {
                behind++;
            }
            boolean feed = file.at(behind) == '\n';
            if (position == file.end() || (feed && behind + 1 == file.end())) {
                end = position;
                next = file.end();
                return true;
            }
            if (feed && (behind + 1 == knownEnd || fromAt(behind + 1) != null)) {
                end = position;
                next = behind + 1;
                return true;
            }
            return false;
        }

        private void endAt(long fromLine) throws IOException {
            next = fromLine;
            long at = fromLine - 1;
            if (at > header && file.at(at - 1) == '\r' && file.at(file.lineEnd(fromLine) - 1) == '\r') {
                at--;
            }
            end = Math.max(header, at);
        }

        private void endOfFile() throws IOException {
            next = file.end();
            long at = file.end();
            if (at > header && file.at(at - 1) == '\n') {
                at--;
                if (at > header && file.at(at - 1) == '\r' && file.at(header - 2) == '\r') {
                    at--;
                }
            }
            end = Math.max(header, at);
        }
    }
}
