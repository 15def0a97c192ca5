package dev.twinbox.engine.session;

import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.MailboxGuid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a responder elsewhere is asked beyond {@link SyncOptions}, in the spelling that {@link Handshake} carries.
 *
 * @param namespaces {@code -n}
 * @param allNamespaces {@code -N}
 * @param mailbox {@code -m}, as it was typed
 * @param mailboxGuid {@code -g}
 * @param excluded {@code -x}, as they were typed
 * @param allMailbox {@code -a}, as it was typed
 * @param lockTimeoutSeconds {@code -l}; 0 for no lock
 * @param purge {@code -P}
 * @param debug {@code -D}
 */
public record RemoteAsk(
        List<String> namespaces,
        boolean allNamespaces,
        @Nullable String mailbox,
        @Nullable MailboxGuid mailboxGuid,
        List<String> excluded,
        @Nullable String allMailbox,
        long lockTimeoutSeconds,
        boolean purge,
        boolean debug) {
    /** Nothing. */
    public static final RemoteAsk NOTHING =
            new RemoteAsk(List.of(), false, null, null, List.of(), null, 0, false, false);

    public RemoteAsk {
        namespaces = List.copyOf(namespaces);
        excluded = List.copyOf(excluded);
    }
}
