package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.MailboxSnapshot;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox as its index and its mails show it at one moment: the store-neutral snapshot, and what else is known of its
 * mails. Immutable.
 *
 * @param index the index, or null if there is none that can be used
 * @param reading opens the mails
 * @param pop3 POP3 values as far as they are known, by UID; null if nothing is known
 * @param leftOut how many mails cannot be read and are not in the snapshot
 */
record DboxTable(
        MailboxSnapshot snapshot,
        @Nullable IndexState index,
        DboxBodies.Reading reading,
        @Nullable Map<Long, Pop3> pop3,
        int leftOut) {
    DboxVersion version() {
        return (DboxVersion) snapshot.version();
    }

    /** The index's flag byte of a row of the snapshot; 0 if the index does not have it. */
    int indexFlags(int row) {
        IndexState state = index;
        int indexRow = state == null ? -1 : state.rowOf(snapshot.uid(row));
        return state == null || indexRow < 0 ? 0 : state.flags(indexRow);
    }
}
