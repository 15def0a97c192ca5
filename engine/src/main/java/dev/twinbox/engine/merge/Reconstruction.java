package dev.twinbox.engine.merge;

import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Completes what the other side of a stateful run says, which is only what changed since both sides were equal: every common
 * mail that it does not mention is as it was then, and that is as it is here, with this side's own changes undone. Pure.
 */
public final class Reconstruction {
    private final MergeInput partial;
    private final MergeInput own;
    private final MailboxMerge.Common common;
    private final MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
    private final Set<Long> gone = new HashSet<>();
    private int size;

    private Reconstruction(MergeInput partial, MergeInput own, MailboxMerge.Common common) {
        this.partial = partial;
        this.own = own;
        this.common = common;
        for (Expunge expunge : partial.log().expunges()) {
            gone.add(expunge.uid());
        }
    }

    /**
     * The other side's full account.
     *
     * @param partial the mails it mentions, by rising UID; new ones all, common ones only if they changed
     * @param own this side's full account
     * @param common up to where both sides were equal
     */
    public static MergeInput complete(MergeInput partial, MergeInput own, MailboxMerge.Common common) {
        return new Reconstruction(partial, own, common).run();
    }

    private MergeInput run() {
        MailboxSnapshot said = partial.table();
        MailboxSnapshot mine = own.table();
        List<Expunge> expunged = commonExpunges();
        int s = 0;
        int m = 0;
        int e = 0;
        while (true) {
            long saidUid = s < said.size() ? said.uid(s) : Long.MAX_VALUE;
            long myUid = m < mine.size() && mine.uid(m) <= common.uid() ? mine.uid(m) : Long.MAX_VALUE;
            long expungedUid = e < expunged.size() ? expunged.get(e).uid() : Long.MAX_VALUE;
            long next = Math.min(saidUid, Math.min(myUid, expungedUid));
            if (next == Long.MAX_VALUE) {
                break;
            }
            if (saidUid == next) {
                add(said, s, said.flags(s), said.keywords(s), said.modSeq(s));
            } else if (gone.contains(next)) {
                gone.remove(next); // counted as one of its expunges; nothing to add
            } else if (myUid == next) {
                unchanged(mine, m);
            } else {
                MailGuid guid = new MailGuid(expunged.get(e).guid128());
                rows.add(next, guid, Flags.NONE, Keywords.NONE, common.modSeq(), MailboxSnapshot.RECEIVED_UNKNOWN);
                size++;
            }
            s += saidUid == next ? 1 : 0;
            m += myUid == next ? 1 : 0;
            e += expungedUid == next ? 1 : 0;
        }
        MailboxStatus status = said.status();
        MailboxStatus counted = new MailboxStatus(
                status.guid(),
                status.uidValidity(),
                status.uidNext(),
                size,
                status.firstRecentUid(),
                status.highestModSeq(),
                status.provisional());
        return new MergeInput(rows.build(counted, new Object()), partial.log(), partial.names());
    }

    /** Common mails that only this side has taken away; the other one still has them. */
    private List<Expunge> commonExpunges() {
        List<Expunge> expunged = new ArrayList<>();
        for (Expunge expunge : own.log().expunges()) {
            if (expunge.uid() <= common.uid()
                    && !expunge.guid128().isEmpty()
                    && own.table().rowOf(expunge.uid()) < 0) {
                expunged.add(expunge);
            }
        }
        return expunged;
    }

    private void unchanged(MailboxSnapshot mine, int row) {
        ChangeLog log = own.log();
        Change change = log.of(mine.uid(row));
        Flags flags = mine.flags(row);
        Flags before = new Flags(
                (flags.bits() & ~change.added().bits()) | change.removed().bits());
        Keywords keywords = mine.keywords(row);
        if (!change.keywordsAdded().isEmpty() || !change.keywordsRemoved().isEmpty()) {
            keywords = undone(keywords, change);
        }
        add(mine, row, before, keywords, Math.min(mine.modSeq(row), common.modSeq()));
    }

    private static Keywords undone(Keywords now, Change change) {
        Set<String> added = new HashSet<>();
        for (String name : change.keywordsAdded()) {
            added.add(name.toLowerCase(Locale.ROOT));
        }
        List<String> names = new ArrayList<>(change.keywordsRemoved());
        for (String name : now.names()) {
            if (!added.contains(name.toLowerCase(Locale.ROOT))) {
                names.add(name);
            }
        }
        return Keywords.of(names);
    }

    private void add(MailboxSnapshot from, int row, Flags flags, Keywords keywords, long modSeq) {
        rows.add(from.uid(row), from.guid(row), flags, keywords, modSeq, from.received(row));
        size++;
    }
}
