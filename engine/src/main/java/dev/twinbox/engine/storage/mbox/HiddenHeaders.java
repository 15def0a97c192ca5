package dev.twinbox.engine.storage.mbox;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The header lines in which an mbox file says what other storages keep beside the mails. They are no part of the mail: they
 * are left out when it is read, and when it is saved, those it brings along are dropped. Names in any case, blanks may stand
 * before the colon.
 */
enum HiddenHeaders {
    X_IMAPBASE("X-IMAPbase"),
    X_IMAP("X-IMAP"),
    X_UID("X-UID"),
    STATUS("Status"),
    X_STATUS("X-Status"),
    X_KEYWORDS("X-Keywords"),
    CONTENT_LENGTH("Content-Length");

    private static final int LONGEST = 14;

    private final String fieldName;
    private final String folded;

    HiddenHeaders(String fieldName) {
        this.fieldName = fieldName;
        this.folded = fieldName.toLowerCase(Locale.ROOT);
    }

    String fieldName() {
        return fieldName;
    }

    /** Which of them a line begins; null if none. */
    static @Nullable HiddenHeaders of(byte[] line, int length) {
        int colon = 0;
        while (colon < length && line[colon] != ':') {
            colon++;
        }
        if (colon == length) {
            return null;
        }
        int end = colon;
        while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t')) {
            end--;
        }
        if (end == 0 || end > LONGEST) {
            return null;
        }
        String name = new String(line, 0, end, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        for (HiddenHeaders each : values()) {
            if (each.folded.equals(name)) {
                return each;
            }
        }
        return null;
    }
}
