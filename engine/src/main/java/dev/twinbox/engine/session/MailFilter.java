package dev.twinbox.engine.session;

import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailChange;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which missing mails are fetched ({@code -t -e -I -O}). Never takes a mail away.
 *
 * @param since received at or after this time, seconds since 1970; 0 = any
 * @param until received at or before this time; 0 = any
 * @param maxSize at most this virtual size in bytes; 0 = any
 * @param flag only mails with this system flag or keyword, with a leading {@code -} only those without; null = any
 */
public record MailFilter(
        long since, long until, long maxSize, @Nullable String flag) {
    /** Fetches every mail. */
    public static final MailFilter ALL = new MailFilter(0, 0, 0, null);

    /** Whether every mail is wanted. */
    public boolean isAll() {
        return since == 0 && until == 0 && maxSize == 0 && flag == null;
    }

    /** Whether a mail that the other side lists may be fetched. */
    boolean accepts(MailChange change, Keywords keywords) {
        if (isAll()) {
            return true;
        }
        if (since > 0 && change.received() != MailChange.UNKNOWN && change.received() < since) {
            return false;
        }
        if (until > 0 && change.received() != MailChange.UNKNOWN && change.received() > until) {
            return false;
        }
        if (maxSize > 0 && change.virtualSize() != MailChange.UNKNOWN && change.virtualSize() > maxSize) {
            return false;
        }
        String only = flag;
        if (only == null) {
            return true;
        }
        boolean without = only.startsWith("-");
        return has(change.current(), keywords, without ? only.substring(1) : only) != without;
    }

    private static boolean has(Flags flags, Keywords keywords, String flag) {
        return switch (flag.toLowerCase(Locale.ROOT)) {
            case "\\answered" -> flags.has(Flags.ANSWERED);
            case "\\flagged" -> flags.has(Flags.FLAGGED);
            case "\\deleted" -> flags.has(Flags.DELETED);
            case "\\seen" -> flags.has(Flags.SEEN);
            case "\\draft" -> flags.has(Flags.DRAFT);
            case "\\recent" -> flags.has(Flags.RECENT);
            default -> keywords.contains(flag);
        };
    }
}
