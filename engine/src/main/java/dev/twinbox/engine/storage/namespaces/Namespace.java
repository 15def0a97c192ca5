package dev.twinbox.engine.storage.namespaces;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.protocol.item.MailboxName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One namespace of an account.
 *
 * @param prefix the levels that its names have before them, null for none
 * @param inbox whether INBOX is its; INBOX never has a prefix
 * @param ownSubscriptions whether it keeps its own subscriptions; otherwise they are those of the namespace around it, with their
 *     prefixes
 * @param store where it lies, with names that have no prefix; null if it does not take part in anything
 */
public record Namespace(
        @Nullable MailboxName prefix,
        boolean inbox,
        boolean ownSubscriptions,
        @Nullable MailStore store) {
    /** How many levels stand before its names. */
    int depth() {
        return prefix == null ? 0 : prefix.levels().size();
    }

    /** Whether a name, as users see it, can be its: one below its prefix. */
    boolean spans(MailboxName name) {
        return name.isInbox() ? inbox : prefix == null || name.isBelow(prefix);
    }

    /** A name of the store as users see it. */
    MailboxName visible(MailboxName name) {
        return name.inNamespace(prefix);
    }

    /** Whether the store's name is one that users see: the root of a namespace that is not INBOX's may look like an INBOX. */
    boolean shows(MailboxName name) {
        return inbox || !name.isInbox();
    }

    /**
     * The store's name of one that users see.
     *
     * @return null if the store cannot have it: one called INBOX is always INBOX
     */
    @Nullable
    MailboxName stored(MailboxName name) {
        if (prefix == null || name.isInbox()) {
            return name;
        }
        List<String> levels = name.levels().subList(depth(), name.levels().size());
        return levels.get(0).equalsIgnoreCase(MailboxName.INBOX.leaf()) ? null : new MailboxName(levels);
    }

    /** The prefix, for messages. */
    String describe() {
        return prefix == null ? "with no prefix" : prefix + "/";
    }
}
