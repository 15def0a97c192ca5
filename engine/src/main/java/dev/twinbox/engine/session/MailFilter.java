package dev.twinbox.engine.session;

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
}
