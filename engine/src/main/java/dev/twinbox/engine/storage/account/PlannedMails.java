package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.storage.MailboxSnapshot;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.ToLongFunction;

/**
 * The mails of a mailbox as they will be, by rising UID: those that a plan gives something, or brings, and all others as the
 * table has them. Of the others an object is made whenever one is looked at.
 *
 * @param <R> what is known of a mail
 */
public final class PlannedMails<R> extends AbstractList<R> implements RandomAccess {
    private final MailboxSnapshot table;
    private final List<R> special;
    private final ToLongFunction<R> uids;
    private final IntFunction<R> plain;

    /** Rows of the table, and for special ones the complement of their place in the list of those. */
    private final int[] order;

    /**
     * @param stays whether the mail of a row stays as it is
     * @param special the mails that do not, or that come; is put in order of their UIDs
     * @param uids the UID that one of them will have
     * @param plain what is known of the mail of a row that stays as it is
     */
    public PlannedMails(
            MailboxSnapshot table, IntPredicate stays, List<R> special, ToLongFunction<R> uids, IntFunction<R> plain) {
        this.table = table;
        this.special = special;
        this.uids = uids;
        this.plain = plain;
        special.sort(Comparator.comparingLong(uids));
        this.order = order(stays);
    }

    private int[] order(IntPredicate stays) {
        int[] all = new int[table.size() + special.size()];
        int next = 0;
        int at = 0;
        for (int row = 0; row < table.size(); row++) {
            if (!stays.test(row)) {
                continue;
            }
            while (next < special.size() && uids.applyAsLong(special.get(next)) < table.uid(row)) {
                all[at++] = ~next++;
            }
            all[at++] = row;
        }
        while (next < special.size()) {
            all[at++] = ~next++;
        }
        return at == all.length ? all : Arrays.copyOf(all, at);
    }

    @Override
    public R get(int index) {
        int row = order[index];
        return row >= 0 ? plain.apply(row) : special.get(~row);
    }

    @Override
    public int size() {
        return order.length;
    }

    /** The row of a mail that stays as it is; -1 of all others. */
    public int plainRow(int index) {
        return Math.max(-1, order[index]);
    }

    /** The UID of a mail. */
    public long uid(int index) {
        int row = order[index];
        return row >= 0 ? table.uid(row) : uids.applyAsLong(special.get(~row));
    }
}
