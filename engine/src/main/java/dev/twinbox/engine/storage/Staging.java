package dev.twinbox.engine.storage;

import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;

/**
 * Mails on their way into a mailbox: complete, but not yet visible to anyone. Closing without commit leaves no trace. A
 * crash leaves at most files in {@code tmp/} that mean nothing.
 */
public interface Staging extends AutoCloseable {
    /**
     * Takes in a body under a GUID. Streams; holds at most a buffer of it.
     *
     * @param received received date, seconds since 1970
     * @return the number of bytes stored
     * @throws dev.twinbox.protocol.dialogue.BodyGoneException if the source mail is gone; nothing is staged then
     */
    long save(MailGuid guid, MailBody body, long received, Mailbox.Pop3 pop3) throws IOException;

    /** Whether a body was staged under the GUID. */
    boolean has(MailGuid guid);

    /**
     * Carries out a plan: locks the mailbox, checks that it still is as in {@code basis}, makes every change, unlocks.
     * After {@link Result#DONE} the staged mails are used up; after {@link Result#CHANGED} nothing has happened and they
     * are still there. What lies beside the mails, such as an index, may
     * follow as late as the store's next call or {@link MailStore#flush}; until then the mailbox stays locked. A crash at any point leaves a mailbox in which no mail of the basis that the plan keeps, and no
     * mail that was visible before, is lost.
     *
     * @throws LockBusyException if somebody else holds the lock for too long
     */
    Result commit(MailboxSnapshot basis, MailboxPlan plan) throws IOException;

    /** Drops what was staged. */
    @Override
    void close() throws IOException;

    /** How a commit ended. */
    enum Result {
        /** All steps were carried out. */
        DONE,
        /** Somebody else changed the mailbox since the basis; take a new snapshot and plan again. */
        CHANGED
    }
}
