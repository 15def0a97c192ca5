package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/**
 * One METADATA entry of a mailbox (RFC 5464; wire protocol, section 2.6).
 *
 * @param shared below {@code /shared/}, otherwise below {@code /private/}
 * @param key the rest of the name, 1 to {@value #KEY_MAX} characters, none of them a control character
 * @param value the value if it is a short text, at most {@value #VALUE_MAX} characters; null if it follows or is deleted
 * @param hasStream whether the value follows as content
 * @param deleted whether the entry was taken away; then there is neither value nor content
 * @param lastChange when it was changed, seconds since 1970; 0 if not known
 * @param modSeq modseq of the change, {@link ModSeq#NONE} if not known
 */
public record MailboxAttribute(
        boolean shared,
        String key,
        @Nullable String value,
        boolean hasStream,
        boolean deleted,
        long lastChange,
        ModSeq modSeq)
        implements SyncItem {
    /** Longest key, in characters. */
    public static final int KEY_MAX = 4096;

    /** Longest value that is not sent as content, in characters. */
    public static final int VALUE_MAX = 1 << 20;

    /**
     * @throws IllegalArgumentException if a value is out of its range, or the entry is not exactly one of a value, a
     *     content or a deletion
     */
    public MailboxAttribute {
        Check.lineOrNull("key of mailbox_attribute", key, KEY_MAX);
        if (value != null) {
            Check.text("value of mailbox_attribute", value, VALUE_MAX);
        }
        int forms = (value != null ? 1 : 0) + (hasStream ? 1 : 0) + (deleted ? 1 : 0);
        if (forms != 1) {
            throw new IllegalArgumentException(
                    "mailbox_attribute must be one of value, content and deletion, is " + forms + " of them");
        }
        Check.timeOrZero("last_change of mailbox_attribute", lastChange);
    }

    @Override
    public Kind kind() {
        return Kind.MAILBOX_ATTRIBUTE;
    }
}
