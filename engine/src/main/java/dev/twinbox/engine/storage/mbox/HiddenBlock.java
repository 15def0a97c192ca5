package dev.twinbox.engine.storage.mbox;

import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The hidden lines of a mail as they are written, all together:
 *
 * <pre>
 * Content-Length: 43
 * X-IMAPbase: 1795300236 0000000004 $Forwarded      the first mail only
 * X-UID: 1
 * Status: RO
 * X-Status: F
 * X-Keywords: $Forwarded                            and blanks, so that more fits in without moving what follows
 * </pre>
 *
 * <p>What never changes comes first: then a line that is rewritten in place leaves it where it is. Dovecot has them at the end
 * of the header; anywhere is right, and in front a mail is told from its first bytes on, also where an append was cut off.
 * Pure.
 *
 * @param base of the first mail, else null
 * @param uid 1 to 2<sup>32</sup>-2, or 0 to write none
 * @param flags what the mail has
 * @param old whether it is not recent
 * @param keywords what the mail has; all must be in {@code X-IMAPbase}
 * @param contentLength bytes of the body; -1 for a mail without one
 */
record HiddenBlock(@Nullable MboxBase base, long uid, Flags flags, boolean old, Keywords keywords, long contentLength) {
    /** Blanks behind the last line of a mail that is written anew: as many as Dovecot leaves. */
    static final int PADDING = 50;

    private static final String KEYWORDS_LINE = "X-Keywords:";
    private static final String UID_LINE = "X-UID: ";

    /** The lines with room for more. */
    byte[] padded() {
        return text(minimum() + PADDING + (keywords.isEmpty() ? KEYWORDS_LINE.length() + 1 : 0));
    }

    /** The lines in just so many bytes; null if they need more. */
    byte @Nullable [] fit(int length) {
        return length < minimum() ? null : text(length);
    }

    private int minimum() {
        return bytes(lines("", keywords.isEmpty() ? null : "")).length;
    }

    private byte[] text(int length) {
        int room = length - minimum();
        int emptyLine = KEYWORDS_LINE.length() + 1;
        if (!keywords.isEmpty()) {
            return bytes(lines("", " ".repeat(room)));
        }
        return bytes(room >= emptyLine ? lines("", " ".repeat(room - emptyLine)) : lines(" ".repeat(room), null));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String lines(String behindUid, @Nullable String behindKeywords) {
        StringBuilder text = new StringBuilder();
        if (contentLength >= 0) {
            text.append("Content-Length: ").append(contentLength).append('\n');
        }
        if (base != null) {
            text.append(base.pseudo() ? "X-IMAP: " : "X-IMAPbase: ")
                    .append(base.value())
                    .append('\n');
        }
        if (uid > 0) {
            text.append(UID_LINE).append(uid);
        } else {
            text.append("X-UID:");
        }
        text.append(behindUid).append('\n');
        text.append("Status: ")
                .append(flags.has(Flags.SEEN) ? "R" : "")
                .append(old ? "O" : "")
                .append('\n');
        String more = (flags.has(Flags.ANSWERED) ? "A" : "")
                + (flags.has(Flags.FLAGGED) ? "F" : "")
                + (flags.has(Flags.DRAFT) ? "T" : "")
                + (flags.has(Flags.DELETED) ? "D" : "");
        if (!more.isEmpty()) {
            text.append("X-Status: ").append(more).append('\n');
        }
        if (behindKeywords != null) {
            text.append(KEYWORDS_LINE);
            for (String keyword : keywords.names()) {
                text.append(' ').append(keyword);
            }
            text.append(behindKeywords).append('\n');
        }
        return text.toString();
    }
}
