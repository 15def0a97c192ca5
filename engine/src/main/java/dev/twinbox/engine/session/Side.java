package dev.twinbox.engine.session;

import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;

/** One end's half of a one-way run; {@link SessionScript} says when which part is due. */
interface Side {
    /** This side's tree, only of the mailboxes that take part. */
    MailboxTree tree() throws IOException;

    /** Both trees are known. */
    void treesKnown(MailboxTree mine, MailboxTree theirs) throws IOException;

    void beginPass(Pass pass) throws IOException;

    /** Opens the mailbox that is up next and says its numbers; lost if that is not possible. */
    MailboxInfo open(MailboxNode node) throws IOException;

    /** Nothing needs to be done about the open mailbox. */
    void skip(MailboxInfo theirs);

    /**
     * Exchanges the open mailbox.
     *
     * @return whether mails are still to be taken away from the destination in a later round
     */
    boolean exchange(Conversation talk, MailboxInfo theirs) throws IOException;

    void endPass(Pass pass) throws IOException;

    /** What is left to do when both sides are through; only after success. */
    Outcome finish() throws IOException;

    /** Lets go of everything open. */
    void close();
}
