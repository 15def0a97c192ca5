package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.account.IndexChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Mails that the index has, but not the file, which was locked while both were read. */
final class MboxGone implements IndexChanges.Gone {
    private final MailboxSnapshot table;

    MboxGone(MboxTable table) {
        this.table = table.snapshot();
    }

    @Override
    public String guid128(long uid) {
        return "";
    }

    @Override
    public List<Long> uids(IndexState index, boolean everything, Set<Long> logged) {
        List<Long> gone = new ArrayList<>();
        for (int row = 0; row < index.size(); row++) {
            if (table.rowOf(index.uid(row)) < 0) {
                gone.add(index.uid(row));
            }
        }
        return gone;
    }
}
