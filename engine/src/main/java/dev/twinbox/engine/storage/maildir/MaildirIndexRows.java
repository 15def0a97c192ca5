package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The mails of an index as a commit will write it. Used once. */
final class MaildirIndexRows implements MaildirEdit.IndexRows {
    private final IndexState.Builder state;
    private final MaildirTable table;
    private final @Nullable IndexState old;
    private final MailboxPlan.Target target;
    private final boolean tracking;
    private final Set<Long> unindexed = new HashSet<>();

    /** Where the next mail is in the old index if all is as it was. */
    private int guess;

    /** @param tracking whether mails have modseqs of their own */
    MaildirIndexRows(IndexState.Builder state, MaildirTable table, MailboxPlan.Target target, boolean tracking) {
        this.state = state;
        this.table = table;
        this.old = table.index();
        this.target = target;
        this.tracking = tracking;
    }

    @Override
    public void take(long uid, int tableRow, int flags, Keywords keywords, long modSeq, boolean changed)
            throws IndexFormatException {
        state.add(uid, flags, keywords, tracking ? tracked(uid, flags, keywords, modSeq, changed) : 0);
        if (tableRow < 0) {
            return;
        }
        int oldRow = old == null ? -1 : old.rowOf(table.snapshot().uid(tableRow), guess);
        if (oldRow < 0) {
            unindexed.add(uid);
        } else {
            guess = oldRow + 1;
        }
    }

    /** New UIDs of the mails that other programs put here and the index does not have: no sync has brought them. */
    Set<Long> unindexed() {
        return unindexed;
    }

    /** Where modseqs begin to be tracked, a mail that did not change keeps the one it has been showing: the highest. */
    private long tracked(long uid, int flags, Keywords keywords, long modSeq, boolean changed) {
        if (modSeq > 0) {
            return modSeq;
        }
        long shown = changed ? target.highestModSeq() : shown(uid, flags, keywords);
        return Math.max(1, Math.min(shown, target.highestModSeq()));
    }

    /** The highest as recorded, if the index has the mail just so: what came since changed others. */
    private long shown(long uid, int flags, Keywords keywords) {
        long foreseen = table.snapshot().status().highestModSeq();
        int oldRow = old == null ? -1 : old.rowOf(uid);
        if (old == null || oldRow < 0) {
            return foreseen;
        }
        boolean same = (old.flags(oldRow) & Flags.SETTABLE) == flags
                && old.keywords(oldRow).sameAs(keywords);
        return same ? old.highestModSeq() : foreseen;
    }
}
