package dev.twinbox.engine.storage;

import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One account in one format. A store opened for reading never writes to its disk, not even a lock or a repaired index.
 * Used by one thread at a time; the {@link Mailbox}es it opens may be used by different threads, each by one.
 */
public interface MailStore extends AutoCloseable {
    /** The location as the administrator knows it, for messages: {@code maildir:/home/a/Maildir}. */
    String describe();

    /** What this format can do. */
    Capabilities capabilities();

    /** Equal for stores that may take each other's mails as they lie on disk, without reading them. */
    default Object family() {
        return this;
    }

    /** Whether its mailboxes can have METADATA entries. */
    default boolean keepsAttributes() {
        return false;
    }

    /** Whether there is anything at the location. */
    boolean exists() throws IOException;

    /**
     * All names of the account now. Opens each mailbox as far as its GUID, UIDVALIDITY and UIDNEXT need. A mailbox that
     * cannot be read is reported to the {@link StoreReport} and left out.
     */
    MailboxTree tree() throws IOException;

    /** Whether there is, or ever was, a mail in a mailbox that exists. Cheaper than {@link #tree} where there is one. */
    default boolean holdsMail() throws IOException {
        if (exists()) {
            for (MailboxNode node : tree().mailboxes()) {
                if (node.uidNext() > 1) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether {@link #tree} can say what is subscribed. If not, it says of no name that it is, and the other side of a run
     * must keep what it has.
     */
    default boolean knowsSubscriptions() throws IOException {
        return true;
    }

    /** Whether a name is a folder as long as the account is set up so, and never a mailbox. */
    default boolean isOnlyFolder(MailboxName name) {
        return false;
    }

    /**
     * Opens a mailbox.
     *
     * @throws MailboxGoneException if there is none of that name
     */
    Mailbox open(MailboxName name) throws IOException;

    /**
     * Carries out one change to the tree. Doing what is done already is harmless.
     *
     * @throws IOException if it cannot be done; nothing has changed then
     */
    void apply(TreeChange change) throws IOException;

    /** Where mails that have come in part are kept for the next connection. */
    default BodyStarts bodyStarts() {
        return BodyStarts.NONE;
    }

    /**
     * What was reported first of what this store could not read, or not write, since it was opened; null if nothing was.
     */
    default @Nullable Damage damage() {
        return null;
    }

    /**
     * Frees the space of expunged mails, where a format keeps it until somebody asks ({@code doveadm purge}). What others are
     * at work on is left for the next time.
     *
     * @return how many mails were freed
     */
    default long purge() throws IOException {
        return 0;
    }

    /** Makes everything that was committed so far durable, as far as the store is configured to care. */
    void flush() throws IOException;

    @Override
    void close() throws IOException;

    /**
     * Something a store had to leave out.
     *
     * @param text what and why, for the administrator
     * @param denied whether the reason was a lack of permission
     */
    record Damage(String text, boolean denied) {}
}
