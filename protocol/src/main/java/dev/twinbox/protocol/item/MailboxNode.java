package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/**
 * One name of a mailbox tree (wire protocol, section 2.3). A parent's node comes before its children's.
 *
 * @param name the name, with the namespace prefix
 * @param existence whether something exists under the name
 * @param guid the mailbox, or null if no mails can be under the name; always null if nothing exists
 * @param uidValidity 1 to 2<sup>32</sup>-1; 0 if not known
 * @param uidNext 1 to 2<sup>32</sup>; 0 if not known
 * @param lastRenamedOrCreated when the name came to be, by the sender's change log, seconds since 1970; 0 if not known
 * @param subscribed whether the name is subscribed
 * @param lastSubscriptionChange when that changed, by the sender's change log, seconds since 1970; 0 if not known
 */
public record MailboxNode(
        MailboxName name,
        Existence existence,
        @Nullable MailboxGuid guid,
        long uidValidity,
        long uidNext,
        long lastRenamedOrCreated,
        boolean subscribed,
        long lastSubscriptionChange)
        implements SyncItem {
    /** Whether something exists under the name. */
    public enum Existence {
        /** Something does: a mailbox if there is a GUID, otherwise a folder that only has children. */
        EXISTS,
        /** Nothing does; the name is only subscribed or only has children. */
        MISSING,
        /** It was deleted. */
        DELETED,
        /** Twinbox only: something does, but it cannot be read now; the peer must leave what it has. */
        UNREADABLE
    }

    /**
     * @throws IllegalArgumentException if a value is out of its range, or nothing exists and yet has a GUID
     */
    public MailboxNode {
        if (existence == Existence.MISSING && guid != null) {
            throw new IllegalArgumentException("mailbox_tree_node has a GUID but does not exist");
        }
        Check.unsigned32("uid_validity of mailbox_tree_node", uidValidity);
        Check.range("uid_next of mailbox_tree_node", uidNext, 0, UID_NEXT_MAX);
        Check.timeOrZero("last_renamed_or_created of mailbox_tree_node", lastRenamedOrCreated);
        Check.timeOrZero("last_subscription_change of mailbox_tree_node", lastSubscriptionChange);
    }

    /** A mailbox, not subscribed, without times. */
    public static MailboxNode mailbox(MailboxName name, MailboxGuid guid, long uidValidity, long uidNext) {
        return new MailboxNode(name, Existence.EXISTS, guid, uidValidity, uidNext, 0, false, 0);
    }

    /** A name that holds no mails, not subscribed, without times. */
    public static MailboxNode folder(MailboxName name) {
        return new MailboxNode(name, Existence.EXISTS, null, 0, 0, 0, false, 0);
    }

    /** The same under another name. */
    public MailboxNode named(MailboxName other) {
        return new MailboxNode(
                other, existence, guid, uidValidity, uidNext, lastRenamedOrCreated, subscribed, lastSubscriptionChange);
    }

    /** The same with another subscription, changed at another time. */
    public MailboxNode subscribed(boolean now, long changed) {
        return new MailboxNode(name, existence, guid, uidValidity, uidNext, lastRenamedOrCreated, now, changed);
    }

    /** Whether a mailbox that can hold mails exists under the name. */
    public boolean isMailbox() {
        return existence == Existence.EXISTS && guid != null;
    }

    @Override
    public Kind kind() {
        return Kind.MAILBOX_NODE;
    }
}
