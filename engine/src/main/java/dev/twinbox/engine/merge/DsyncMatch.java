package dev.twinbox.engine.merge;

import dev.twinbox.engine.merge.ExpungeLog.Answer;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Finds, just as a Dovecot at the other end does, up to which UID both ends once had the same mails, and what happened to
 * those (dsync wire protocol, section 3.7 A and B). Used once.
 */
final class DsyncMatch {
    private final MailboxSnapshot mine;
    private final MailboxSnapshot theirs;
    private final List<Expunge> theirExpunges;
    private final ExpungeLog myExpunges;
    private final boolean hashed;
    private final IntPredicate wanted;

    private int cursor;
    private long lastUid;
    private boolean found;
    private long common;
    private final List<Integer> maybeExpunged = new ArrayList<>();
    private final List<Integer> remembered = new ArrayList<>();

    /** Own rows that go. */
    final List<Integer> expunged = new ArrayList<>();

    /** Mails at or below the last common UID of which the other end has said flags: own row, its row. */
    final List<int[]> pairs = new ArrayList<>();

    /** Rows of the other end above the last common UID, by rising UID. */
    final List<Integer> saves = new ArrayList<>();

    /** UIDs up to the saved common one that mean other mails at the other end: the saved state is worth nothing. */
    final List<Long> mismatches = new ArrayList<>();

    private DsyncMatch(MergeInput mine, MergeInput theirs, MailboxMerge.Common saved, IntPredicate wanted) {
        this.mine = mine.table();
        this.theirs = theirs.table();
        this.theirExpunges = theirs.log().expunges();
        this.myExpunges = new ExpungeLog(mine.log());
        this.hashed = mine.hashed();
        this.wanted = wanted;
        this.found = saved.uid() > 0 || saved.modSeq() > 0;
        this.common = saved.uid();
    }

    /**
     * @param wanted which of the other end's rows may be fetched
     */
    static DsyncMatch of(MergeInput mine, MergeInput theirs, MailboxMerge.Common saved, IntPredicate wanted) {
        DsyncMatch match = new DsyncMatch(mine, theirs, saved, wanted);
        match.walk();
        return match;
    }

    /** Last common UID. */
    long common() {
        return common;
    }

    private void walk() {
        int next = 0;
        for (int row = 0; row < theirs.size(); row++) {
            long uid = theirs.uid(row);
            for (; next < theirExpunges.size() && theirExpunges.get(next).uid() < uid; next++) {
                gone(theirExpunges.get(next));
            }
            there(row, uid);
        }
        for (; next < theirExpunges.size(); next++) {
            gone(theirExpunges.get(next));
        }
        find();
    }

    /** A mail that the other end has. */
    private void there(int row, long uid) {
        if (!found) {
            seek(uid);
            seekSave(row, uid);
        }
        lastUid = uid;
        if (uid <= common) {
            int own = mine.rowOf(uid);
            if (own >= 0 && isSame(own, row)) {
                pairs.add(new int[] {own, row});
            } else if (found && own >= 0) {
                mismatches.add(uid);
            }
        } else if (wanted.test(row)) {
            (found ? saves : remembered).add(row);
        }
    }

    private void seekSave(int row, long uid) {
        boolean atEnd = cursor >= mine.size();
        if (!atEnd && mine.uid(cursor) == uid) {
            if (isSame(cursor, row)) {
                common = uid;
            } else {
                find();
            }
            return;
        }
        if (!wanted.test(row)) {
            return;
        }
        if (atEnd && uid >= mine.status().uidNext()) {
            find();
            return;
        }
        Answer answer = hashed ? Answer.UID_GONE : myExpunges.ask(uid, theirs.guid(row));
        if (answer == Answer.GONE) {
            common = uid;
        } else if (atEnd || answer == Answer.ANOTHER_GONE) {
            find();
        }
    }

    /** A mail that went away at the other end. */
    private void gone(Expunge expunge) {
        long uid = expunge.uid();
        boolean named = !expunge.guid128().isEmpty();
        if (!found) {
            seek(uid);
            seekExpunge(expunge, named);
        }
        lastUid = uid;
        int own = mine.rowOf(uid);
        if (own < 0 || (found && uid > common)) {
            return;
        }
        if (uid <= common) {
            if (named ? is(own, expunge) : hashed) {
                expunged.add(own);
            } else if (found) {
                mismatches.add(uid);
            }
        } else {
            maybeExpunged.add(own);
        }
    }

    private void seekExpunge(Expunge expunge, boolean named) {
        if (cursor >= mine.size() || !named) {
            return;
        }
        long uid = expunge.uid();
        if (mine.uid(cursor) == uid) {
            if (is(cursor, expunge)) {
                common = uid;
            } else {
                find();
            }
        } else if (myExpunges.ask(uid, new MailGuid(expunge.guid128())) == Answer.GONE) {
            common = uid;
        }
    }

    /** Moves the cursor to the first own mail that is not before a UID. */
    private void seek(long uid) {
        for (; cursor < mine.size() && mine.uid(cursor) < uid; cursor++) {
            if (mine.uid(cursor) != lastUid) {
                maybeExpunged.add(cursor);
            }
        }
    }

    private boolean isSame(int own, int row) {
        return mine.sameGuid(own, theirs, row);
    }

    private boolean is(int own, Expunge expunge) {
        return mine.guid(own).guid128().equals(expunge.guid128());
    }

    /** The last common UID is settled. */
    private void find() {
        if (found) {
            return;
        }
        found = true;
        for (int own : maybeExpunged) {
            if (mine.uid(own) <= common) {
                expunged.add(own);
            }
        }
        for (int row : remembered) {
            if (theirs.uid(row) > common) {
                saves.add(row);
            }
        }
    }
}
