package dev.twinbox.engine.session;

import dev.twinbox.protocol.item.Handshake;
import org.jspecify.annotations.Nullable;

/**
 * How many mails a run may take away from the destination before it must not even begin ({@code --max-delete},
 * {@code --allow-delete}).
 *
 * @param mails most mails, or -1 for "by percentage"
 * @param percent most mails as a share of the destination's, 0 to 100; counts only where {@code mails} is -1
 * @param floor with a percentage: this many may always go
 * @param off no limit
 */
public record DeleteLimit(long mails, int percent, long floor, boolean off) {
    /** Half of the destination's mails, once that is more than 100. */
    public static final DeleteLimit DEFAULT = new DeleteLimit(-1, 50, 100, false);

    /** No limit ({@code --allow-delete}). */
    public static final DeleteLimit OFF = new DeleteLimit(-1, 100, 0, true);

    /** {@code --max-delete N}. */
    public static DeleteLimit ofMails(long mails) {
        return new DeleteLimit(mails, 0, 0, false);
    }

    /** {@code --max-delete N%}. */
    public static DeleteLimit ofPercent(int percent) {
        return new DeleteLimit(-1, percent, 0, false);
    }

    /** The limit that an initiator elsewhere has said. */
    public static DeleteLimit heard(Handshake.@Nullable Deletions said) {
        return said == null ? OFF : new DeleteLimit(said.mails(), said.percent(), said.floor(), false);
    }

    /** The limit as a handshake says it. */
    Handshake.@Nullable Deletions said() {
        return off ? null : new Handshake.Deletions(mails, percent, floor);
    }

    /** How many of {@code total} mails may go. */
    public long allowedOf(long total) {
        if (off) {
            return Long.MAX_VALUE;
        }
        return mails >= 0 ? mails : Math.max(floor, total / 100 * percent + total % 100 * percent / 100);
    }
}
