package dev.twinbox.protocol.item;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first item of both peers. Only the initiator's values steer the run; the responder says its host name.
 *
 * @param hostname name of the sender's machine; settles who takes the user lock
 * @param syncType how mailboxes are chosen; null from a responder
 * @param backupSend the responder is the source
 * @param backupReceive the responder is the destination
 * @param planFirst Twinbox only: every mailbox is gone through once without a change before the real pass
 */
public record Handshake(
        String hostname,
        @Nullable SyncType syncType,
        List<String> namespacePrefixes,
        @Nullable String mailbox,
        @Nullable MailboxGuid mailboxGuid,
        List<String> excluded,
        boolean allNamespaces,
        boolean mailRequests,
        boolean backupSend,
        boolean backupReceive,
        boolean keepDestinationChanges,
        boolean noMailSync,
        boolean debug,
        boolean purgeRemote,
        long lockTimeoutSeconds,
        long sinceTime,
        long untilTime,
        long maxSize,
        @Nullable String flag,
        @Nullable String allMailbox,
        List<String> hashedHeaders,
        boolean planFirst)
        implements SyncItem {
    /** How mailboxes are chosen. */
    public enum SyncType {
        /** All of them. */
        FULL,
        /** Those whose numbers differ. */
        CHANGED,
        /** Those that differ from a saved state. */
        STATE
    }

    public Handshake {
        namespacePrefixes = List.copyOf(namespacePrefixes);
        excluded = List.copyOf(excluded);
        hashedHeaders = List.copyOf(hashedHeaders);
    }

    @Override
    public Kind kind() {
        return Kind.HANDSHAKE;
    }
}
