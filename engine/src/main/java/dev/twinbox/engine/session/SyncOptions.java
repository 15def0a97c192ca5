package dev.twinbox.engine.session;

import dev.twinbox.engine.state.SyncState;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxName;
import org.jspecify.annotations.Nullable;

/**
 * What a run is asked to do. Both sessions of a local run are given the same.
 *
 * @param type full ({@code -f}) or changed (default)
 * @param mailboxes which mailboxes take part
 * @param mails which missing mails are fetched
 * @param noMailSync only the mailbox tree ({@code -m ""})
 * @param dryRun plan everything, change nothing
 * @param deleteLimit when to refuse
 * @param hostname this machine, for the handshake
 * @param state what an earlier run left both sides with; counts only with type {@link SyncType#STATE}
 * @param allMails a mailbox that holds (nearly) all mails of an account ({@code -a}): a merge copies what it wants from there
 *     if it can; or null
 */
public record SyncOptions(
        SyncType type,
        MailboxFilter mailboxes,
        MailFilter mails,
        boolean noMailSync,
        boolean dryRun,
        DeleteLimit deleteLimit,
        String hostname,
        SyncState state,
        @Nullable MailboxName allMails) {
    /** Without a mailbox of all mails. */
    public SyncOptions(
            SyncType type,
            MailboxFilter mailboxes,
            MailFilter mails,
            boolean noMailSync,
            boolean dryRun,
            DeleteLimit deleteLimit,
            String hostname,
            SyncState state) {
        this(type, mailboxes, mails, noMailSync, dryRun, deleteLimit, hostname, state, null);
    }

    /** Without a saved state. */
    public SyncOptions(
            SyncType type,
            MailboxFilter mailboxes,
            MailFilter mails,
            boolean noMailSync,
            boolean dryRun,
            DeleteLimit deleteLimit,
            String hostname) {
        this(type, mailboxes, mails, noMailSync, dryRun, deleteLimit, hostname, SyncState.EMPTY);
    }
}
