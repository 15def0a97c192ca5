package dev.twinbox.engine.session;

import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.Wildcards;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which mailboxes take part ({@code -m}, {@code -g}, {@code -x}). A mailbox left out is neither created, changed nor
 * deleted.
 *
 * @param only just these, or null; a special use can have several mailboxes, or none
 * @param onlyGuid just the one with this GUID, or null
 * @param excluded masks with {@code *} (any text) and {@code ?} (one character) over the name with {@code /} between
 *     levels; {@code \Trash} and the like mean special-use names
 */
public record MailboxFilter(
        @Nullable Set<MailboxName> only, @Nullable MailboxGuid onlyGuid, List<String> excluded) {
    /** Everything takes part. */
    public static final MailboxFilter ALL = new MailboxFilter(null, null, List.of());

    public MailboxFilter {
        only = only == null ? null : Set.copyOf(only);
        excluded = List.copyOf(excluded);
    }

    /** Whether a name takes part. */
    public boolean accepts(MailboxNode node) {
        if (only != null && !only.contains(node.name())) {
            return false;
        }
        if (onlyGuid != null && !onlyGuid.equals(node.guid())) {
            return false;
        }
        String name = node.name().join('/');
        for (String mask : excluded) {
            if (Wildcards.matches(mask, name)) {
                return false;
            }
        }
        return true;
    }
}
