package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/**
 * The responder's last word: how the run ended on its side (wire protocol, section 2.9).
 *
 * @param error what went wrong, at most {@value #ERROR_MAX} characters; null if nothing did. Text of the peer: may hold
 *     anything, also control characters
 * @param mailError Dovecot's number of the kind of error, 0 (none) to {@value #MAIL_ERROR_MAX}; 6 is quota
 * @param requireFullResync the saved state is worth nothing any more
 * @param status Twinbox only: the exit code that the speaker's run comes to, 0 to {@value #STATUS_MAX}
 */
public record Finish(@Nullable String error, int mailError, boolean requireFullResync, int status) implements SyncItem {
    /** Longest error text, in characters. */
    public static final int ERROR_MAX = 65_536;

    /** Highest error number; Dovecot 2.4 knows 0 to 16. */
    public static final int MAIL_ERROR_MAX = 255;

    /** Highest exit code. */
    public static final int STATUS_MAX = 255;

    /** All went well. */
    public static final Finish OK = new Finish(null, 0, false);

    /**
     * @throws IllegalArgumentException if the text is too long or the number out of range
     */
    public Finish {
        if (error != null) {
            Check.text("error of finish", error, ERROR_MAX);
        }
        Check.range("mail_error of finish", mailError, 0, MAIL_ERROR_MAX);
        Check.range("status of finish", status, 0, STATUS_MAX);
    }

    /** What a Dovecot can say. */
    public Finish(@Nullable String error, int mailError, boolean requireFullResync) {
        this(error, mailError, requireFullResync, 0);
    }

    @Override
    public Kind kind() {
        return Kind.FINISH;
    }
}
