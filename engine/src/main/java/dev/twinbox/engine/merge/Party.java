package dev.twinbox.engine.merge;

import dev.twinbox.engine.merge.UidAssignment.Place;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** One side of a merge while it is worked out: its account, and which of its mails have found no counterpart. */
final class Party {
    final MergeInput input;
    final MailboxSnapshot table;
    final MailboxStatus status;
    final ChangeLog log;
    final ExpungeLog expunges;
    final IntPredicate wanted;
    final boolean initiator;

    /** Whether its plan is carried out. */
    final boolean changes;

    /** Mails without one of the same UID and GUID at the other side, by rising UID; later only those that stay. */
    List<Row> unmatched = new ArrayList<>();

    /** Mails that the other side has taken away, by GUID; those of one by rising UID. */
    final Map<MailGuid, List<Dead>> dead = new HashMap<>();

    /** A mail of this side's table. */
    record Row(int row, long uid, MailGuid guid) {}

    /**
     * A mail that goes.
     *
     * @param bySync a sync took it away at the other side, perhaps only to give it another UID
     */
    record Dead(int row, String reason, boolean bySync) {}

    Party(MergeInput input, IntPredicate wanted, boolean initiator, boolean changes) {
        this.input = input;
        this.table = input.table();
        this.status = table.status();
        this.log = input.log();
        this.expunges = new ExpungeLog(log);
        this.wanted = wanted;
        this.initiator = initiator;
        this.changes = changes;
    }

    /** This side's row of a mail, or -1. */
    int row(Place place) {
        return initiator ? place.left() : place.right();
    }

    void addUnmatched(int row) {
        unmatched.add(new Row(row, table.uid(row), table.guid(row)));
    }

    void kill(Row row, String reason, boolean bySync) {
        dead.computeIfAbsent(row.guid, key -> new ArrayList<>(1)).add(new Dead(row.row, reason, bySync));
    }

    /** To be called when the last has been killed. */
    void sortDead() {
        dead.values().forEach(mails -> mails.sort(Comparator.comparingInt(Dead::row)));
    }

    int deadCount() {
        int count = 0;
        for (List<Dead> mails : dead.values()) {
            count += mails.size();
        }
        return count;
    }

    /** The mail's modseq as a client sees it: without one of its own it shows the mailbox's highest. */
    long shownModSeq(int row) {
        long own = table.modSeq(row);
        return own == 0 ? status.highestModSeq() : own;
    }
}
