package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/**
 * The peer closes and has already said or logged why; nothing follows (wire protocol, section 1.4).
 *
 * @param reason Twinbox only: why, for the other side's administrator; up to {@value #REASON_MAX} characters; null if not said
 * @param status Twinbox only: the exit code that the speaker's run comes to, 1 to {@value #STATUS_MAX}; 0 if not said
 */
public record Done(@Nullable String reason, int status) implements SyncItem {
    /** Longest reason, in characters. */
    public static final int REASON_MAX = 65_536;

    /** Highest exit code. */
    public static final int STATUS_MAX = 255;

    /**
     * @throws IllegalArgumentException if the text is too long or the number out of range
     */
    public Done {
        if (reason != null) {
            Check.text("reason of done", reason, REASON_MAX);
        }
        Check.range("status of done", status, 0, STATUS_MAX);
    }

    /** Without a word. */
    public Done() {
        this(null, 0);
    }

    @Override
    public Kind kind() {
        return Kind.DONE;
    }
}
