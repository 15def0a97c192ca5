package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.SyncItem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table: all items with a letter and values, in the order in which they are announced. */
final class Formats {
    /** The end of a list, and of the greeting. */
    static final String DOT = ".";

    /** The item without header line and values. */
    static final String DONE = "X";

    static final List<ItemFormat<?>> ALL = List.of(
            HandshakeFormat.FORMAT,
            MailboxFormats.STATE,
            TreeFormats.NODE,
            TreeFormats.DELETES,
            MailboxFormats.INFO,
            MailboxFormats.ATTRIBUTE,
            MailFormats.CHANGE,
            MailFormats.REQUEST,
            MailFormats.MAIL,
            MailboxFormats.FINISH,
            CacheFieldFormat.FORMAT);

    private Formats() {}

    /** The row of a letter; null if there is none. */
    static @Nullable ItemFormat<?> of(char letter) {
        for (ItemFormat<?> format : ALL) {
            if (format.letter() == letter) {
                return format;
            }
        }
        return null;
    }

    /** Whether an end of this version must announce the item. Records of cached fields need not be said. */
    static boolean isPromised(ItemFormat<?> format, DsyncVersion version) {
        if (format == MailboxFormats.ATTRIBUTE) {
            return version.hasAttributes();
        }
        if (format == MailboxFormats.FINISH) {
            return version.hasFinish();
        }
        return format != CacheFieldFormat.FORMAT;
    }

    /** Whether a body follows the item. */
    static boolean hasBody(SyncItem item) {
        return item instanceof Mail mail && mail.hasStream()
                || item instanceof MailboxAttribute attribute && attribute.hasStream();
    }
}
