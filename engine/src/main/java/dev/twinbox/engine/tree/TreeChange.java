package dev.twinbox.engine.tree;

import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;

/**
 * One step that brings a mailbox tree closer to another. Carried out in order by {@code MailStore.apply}.
 *
 * <p>Times are seconds since 1970 and go into the store's change log; 0 stands for now. A change that only repeats what
 * happened on another side has the time of the original, so that repeating it decides nothing anew.
 */
public sealed interface TreeChange {
    /** The name it is about; of a rename, the old one. */
    MailboxName name();

    /** Makes an empty mailbox. */
    record Create(MailboxName name, MailboxGuid guid, long uidValidity) implements TreeChange {}

    /** Makes a folder that holds no mails, only children, where the store knows such things. */
    record CreateFolder(MailboxName name, long time) implements TreeChange {
        /** Now. */
        public CreateFolder(MailboxName name) {
            this(name, 0);
        }
    }

    /** Moves a mailbox, or a folder, with everything below it to a free name. */
    record Rename(MailboxName name, MailboxName to, long time) implements TreeChange {
        /** Now. */
        public Rename(MailboxName name, MailboxName to) {
            this(name, to, 0);
        }
    }

    /** Removes a mailbox and its mails, not its children. INBOX stays, emptied. */
    record Delete(MailboxName name, MailboxGuid guid, long time) implements TreeChange {
        /** Now. */
        public Delete(MailboxName name, MailboxGuid guid) {
            this(name, guid, 0);
        }
    }

    /** Removes a folder that holds no mails and has no children. */
    record DeleteFolder(MailboxName name, long time) implements TreeChange {
        /** Now. */
        public DeleteFolder(MailboxName name) {
            this(name, 0);
        }
    }

    /** Gives a mailbox another identity; its mails stay. */
    record SetGuid(MailboxName name, MailboxGuid guid) implements TreeChange {}

    /** Adds the name to the subscriptions. */
    record Subscribe(MailboxName name, long time) implements TreeChange {}

    /** Takes the name from the subscriptions. */
    record Unsubscribe(MailboxName name, long time) implements TreeChange {}
}
