package dev.twinbox.engine.sim;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;

/** An account of any format, with a user who uses it behind Twinbox's back, by the means of that format. */
public interface SimAccount {
    /** Opens it for a sync. */
    MailStore openForWriting() throws IOException;

    /** Opens it to look. */
    MailStore openForReading() throws IOException;

    /** A new mail. */
    void deliver(MailboxName folder, MailGuid mail, byte[] content, long received) throws IOException;

    /** Sets or takes away a flag or keyword. */
    void mark(MailboxName folder, long uid, MailGuid mail, String word, boolean on) throws IOException;

    /** Takes a mail away. */
    void expunge(MailboxName folder, long uid, MailGuid mail) throws IOException;

    /**
     * Copies a mail, with flags and keywords.
     *
     * @return whether the format could
     */
    boolean copy(MailboxName folder, long uid, MailGuid mail, MailboxName to) throws IOException;

    /** Changes the tree now. */
    default void change(TreeChange change) throws IOException {
        try (MailStore store = openForWriting()) {
            store.apply(change);
            store.flush();
        }
    }
}
