package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.Capabilities;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link AccountStore} must know of the mailboxes of a format: how they are told, made and taken apart. What is common
 * to Dovecot's formats (names, subscriptions, logs, METADATA) is not its business. Used by the store's thread.
 */
public interface AccountFormat {
    /** What this format can do. */
    Capabilities capabilities();

    /** Whether there is a mailbox, and not just a folder with others below it. */
    boolean isMailbox(MailboxPaths paths) throws IOException;

    /**
     * A mailbox's numbers, by the cheapest way there is.
     *
     * @throws dev.twinbox.engine.storage.CorruptStoreException if they cannot be made out
     */
    Identity identity(MailboxName name, MailboxPaths paths) throws IOException;

    /**
     * Opens a mailbox; nothing is read yet.
     *
     * @throws dev.twinbox.engine.storage.MailboxGoneException if there is none
     */
    Mailbox open(MailboxName name, MailboxPaths paths) throws IOException;

    /**
     * Looks whether a mailbox can be beside what is there.
     *
     * @throws dev.twinbox.engine.storage.NotPossibleException if not
     */
    default void checkPlace(MailboxName name, MailboxPaths paths) throws IOException {}

    /**
     * Makes an empty mailbox, or leaves the one of that GUID alone; its folders are there already.
     *
     * @throws dev.twinbox.engine.storage.NotPossibleException if there is another one
     */
    void create(MailboxName name, MailboxPaths paths, MailboxGuid guid, long uidValidity) throws IOException;

    /** The GUID that is on record for a mailbox; null if there is none, or no mailbox. */
    @Nullable
    MailboxGuid recordedGuid(MailboxPaths paths) throws IOException;

    /** Gives a mailbox another GUID. One that has nothing on record yet may be left alone. */
    void setGuid(MailboxName name, MailboxPaths paths, MailboxGuid guid) throws IOException;

    /** Removes what dead programs left in a mailbox, if nobody is at work there. Never waits. */
    void removeLeftovers(MailboxPaths paths) throws IOException;

    /** Carries out what commits put off, for all mailboxes. */
    void settle() throws IOException;

    /** Whether anything was written to mailboxes since the last call. */
    boolean takeWritten();

    /**
     * The files and folders of a mailbox that others may live beside, in the order in which they must go: the mailbox counts
     * as gone with the last one, and can be told to be one that must go until then.
     */
    List<DiskPath> pieces(MailboxPaths paths);

    /** See {@link dev.twinbox.engine.storage.MailStore#purge}. */
    default long purge() throws IOException {
        return 0;
    }

    /** A mailbox is about to be removed. */
    default Removal removing(MailboxPaths paths) throws IOException {
        return () -> {};
    }

    /** Called when a mailbox is removed, for what there is of its mails elsewhere. */
    interface Removal {
        void done() throws IOException;
    }

    /** Whether a file in a mailbox's control or index folder says something of its mails. */
    boolean speaksOfMails(String file);

    /**
     * The numbers of a mailbox.
     *
     * @param uidNext 1 to 2<sup>32</sup>
     */
    record Identity(MailboxGuid guid, long uidValidity, long uidNext) {}
}
