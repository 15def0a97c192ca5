package dev.twinbox.engine.session;

import dev.twinbox.protocol.item.Handshake.SyncType;

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
 */
public record SyncOptions(
        SyncType type,
        MailboxFilter mailboxes,
        MailFilter mails,
        boolean noMailSync,
        boolean dryRun,
        DeleteLimit deleteLimit,
        String hostname) {}
