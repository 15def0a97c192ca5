package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.HeaderHash;
import dev.twinbox.protocol.item.Handshake;

/**
 * What two ends agree on when they greet each other, seen from one of them.
 *
 * @param direction which way it goes for this end
 * @param keeps one-way, but the destination keeps its own changes
 * @param planFirst whether everything is planned before anything is changed
 * @param hints whether this end says hints
 * @param ask what only a peer elsewhere must be told; one in this process is given the same options
 */
record Terms(Direction direction, boolean keeps, boolean planFirst, boolean hints, RemoteAsk ask) {
    /** What an initiator says. */
    Handshake initiator(SyncOptions options) {
        return handshake(options, true);
    }

    /** What a responder says; only its name counts. */
    Handshake responder(SyncOptions options) {
        return handshake(options, false);
    }

    private Handshake handshake(SyncOptions options, boolean initiator) {
        return new Handshake(
                options.hostname(),
                initiator ? options.type() : null,
                ask.namespaces(),
                ask.mailbox(),
                ask.mailboxGuid(),
                ask.excluded(),
                ask.allNamespaces(),
                true,
                initiator && direction == Direction.DESTINATION,
                initiator && direction == Direction.SOURCE,
                initiator && keeps,
                options.noMailSync(),
                ask.debug(),
                ask.purge(),
                ask.lockTimeoutSeconds(),
                options.mails().since(),
                options.mails().until(),
                options.mails().maxSize(),
                options.mails().flag(),
                ask.allMailbox(),
                HeaderHash.DEFAULT_FIELDS,
                initiator && planFirst,
                hints,
                initiator ? options.deleteLimit().said() : null,
                Handshake.Details.NONE,
                initiator && options.dryRun() && direction != Direction.DESTINATION);
    }
}
