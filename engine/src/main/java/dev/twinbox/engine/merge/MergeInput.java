package dev.twinbox.engine.merge;

import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.item.MailGuid;
import org.jspecify.annotations.Nullable;

/**
 * One side's account of a mailbox: its mails now, and what its log says happened to them. Each end of a run has its own and
 * hears the other's, so both hold the same two and decide the same.
 *
 * <p>Mails are told apart by their GUIDs. Where not both sides can keep those, the table has in their place the mails' header
 * hashes ({@link HeaderHash}), and the log's expunges have no GUIDs, because nobody notes a hash of what is gone.
 *
 * @param names with header hashes: under which GUIDs mails of this side go to the other; null with GUIDs
 */
public record MergeInput(
        MailboxSnapshot table, ChangeLog log, @Nullable CopyNames names) {
    /** With GUIDs. */
    public MergeInput(MailboxSnapshot table, ChangeLog log) {
        this(table, log, null);
    }

    /** Whether mails are told apart by their header hashes. */
    boolean hashed() {
        return names != null;
    }

    /** The GUID that a copy of the mail in that row gets at the other side. */
    MailGuid copyName(int row) {
        CopyNames given = names;
        return given == null ? table.guid(row) : given.of(table.uid(row), table.guid(row));
    }
}
