package dev.twinbox.engine.storage.mbox;

import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The hidden lines of a mail as they are written, all together:
 *
 * <pre>
 * Content-Length: 43
 * X-IMAPbase: 1795300236 0000000004 $Forwarded      the first mail only
 * X-UID: 1
 * Status: RO
 * X-Status: F                                       and blanks: four letters find room
 * X-Keywords: $Forwarded                            and blanks, so that more find room
 * </pre>
 *
 * <p>All lines are there from the start, with room for any flags, so that values can be overwritten and no line ever has to
 * move; what never changes comes first. Dovecot has them at the end of the header, and some only when it needs them; anywhere
 * is right, and in front a mail is told from its first bytes on, also where an append was cut off. Pure.
 *
 * @param base of the first mail, else null
 * @param uid 1 to 2<sup>32</sup>-2
 * @param flags what the mail has
 * @param old whether it is not recent
 * @param keywords what the mail has; all must be in {@code X-IMAPbase}
 * @param contentLength bytes of the body; -1 for a mail without one
 */
record HiddenBlock(@Nullable MboxBase base, long uid, Flags flags, boolean old, Keywords keywords, long contentLength) {
    /** Bytes for keywords and blanks, at least; about as many as Dovecot leaves. */
    static final int KEYWORDS_ROOM = 60;

    private static final int STATUS_ROOM = 3;
    private static final int MORE_STATUS_ROOM = 5;

    /** All lines. */
    byte[] lines() {
        StringBuilder text = new StringBuilder();
        if (contentLength >= 0) {
            text.append("Content-Length: ").append(contentLength).append('\n');
        }
        if (base != null) {
            text.append("X-IMAPbase: ").append(base.value()).append('\n');
        }
        text.append("X-UID: ").append(uid).append('\n');
        line(text, HiddenHeaders.STATUS, status(), STATUS_ROOM);
        line(text, HiddenHeaders.X_STATUS, moreStatus(), MORE_STATUS_ROOM);
        line(text, HiddenHeaders.X_KEYWORDS, words(), KEYWORDS_ROOM);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void line(StringBuilder text, HiddenHeaders name, String value, int room) {
        int missing = room - value.getBytes(StandardCharsets.UTF_8).length;
        text.append(name.fieldName())
                .append(':')
                .append(value)
                .append(" ".repeat(Math.max(0, missing)))
                .append('\n');
    }

    /** What stands behind {@code Status:}. */
    String status() {
        return " " + (flags.has(Flags.SEEN) ? "R" : "") + (old ? "O" : "");
    }

    /** What stands behind {@code X-Status:}. */
    String moreStatus() {
        return " "
                + (flags.has(Flags.ANSWERED) ? "A" : "")
                + (flags.has(Flags.FLAGGED) ? "F" : "")
                + (flags.has(Flags.DRAFT) ? "T" : "")
                + (flags.has(Flags.DELETED) ? "D" : "");
    }

    /** What stands behind {@code X-Keywords:}. */
    String words() {
        return keywords.isEmpty() ? "" : " " + String.join(" ", keywords.names());
    }

    /** A value in just so many bytes; null if it does not fit. */
    static byte @Nullable [] fit(String value, int length) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > length) {
            return null;
        }
        byte[] padded = Arrays.copyOf(bytes, length);
        Arrays.fill(padded, bytes.length, length, (byte) ' ');
        return padded;
    }
}
