package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;

/**
 * What is particular to a store under test: one empty account of its format, at a place of its own. All that the contract
 * knows of the format goes through here.
 */
public interface StoreFixture extends AutoCloseable {
    /** Opens the account for writing, as one more program would: several can be open at once. Closed by the caller. */
    MailStore open() throws IOException;

    /** Opens the account for reading. Closed by the caller. */
    MailStore openForReading() throws IOException;

    /** Somebody else who uses the account by a mail server. */
    StoreUser user();

    /**
     * How many random mailboxes are tried, of a number that is enough. Few on a disk where each commit waits for the clock;
     * the same store is tried with all of them on a simulated one.
     */
    default int randomMailboxes(int enough) {
        return enough;
    }

    /** Whether modseqs are kept exactly as planned; otherwise they are not looked at. */
    default boolean exactModSeqs() {
        return true;
    }

    /** Whether the first recent UID is kept exactly as planned; otherwise it and \Recent are not looked at. */
    default boolean exactFirstRecentUid() {
        return true;
    }

    /** Whether a GUID of that shape is kept; otherwise the mail gets another, by which later plans know it. */
    default boolean keepsGuid(MailGuid guid) {
        return true;
    }

    /**
     * The GUID of a saved mail that was to have this one. Where {@link Capabilities#keepsGuidOnSave} is not so it follows from
     * the mail.
     */
    default MailGuid guidOf(MailGuid wanted, byte[] mail) {
        return wanted;
    }

    /** What a saved mail is afterwards: the same bytes, but for what the format cannot hold. */
    default byte[] asKept(byte[] mail) {
        return mail;
    }

    /** Whether a mailbox can have others below it; otherwise a name is a mailbox or has others below it. */
    default boolean mailboxesHaveChildren() {
        return true;
    }

    /** Whether a copy never has the POP3 values of the mail it is of. */
    default boolean tellsCopiesByPop3() {
        return keepsPop3();
    }

    /** Whether POP3 values are kept. */
    default boolean keepsPop3() {
        return true;
    }

    /** Whether the tree tells when a name was subscribed or unsubscribed. */
    default boolean keepsSubscriptionTimes() {
        return true;
    }

    /** Whether the tree tells what was deleted. */
    default boolean keepsDeletions() {
        return true;
    }

    /**
     * Looks at the place itself for what must not be left when no store is open: locks, temporary files, open files.
     *
     * @throws AssertionError if there is any
     */
    default void checkClean() throws IOException {}

    @Override
    default void close() throws IOException {}
}
