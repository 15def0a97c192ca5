package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.account.DerivedIdentity;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.Uid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes one table of what the file and the index of a mailbox say. Whose word counts: UIDs are the file's. Flags and keywords
 * are the index's as long as the file is the one it was made of, because Dovecot writes them into the file late; and those of
 * mails the index calls dirty, that is, changed but not written yet; else they are the file's. Modseqs and \Recent are the
 * index's. Where file and index differ, the modseqs are those Dovecot would hand out on noticing. Looks at no disk.
 */
final class MboxTableJoin {
    private final List<MboxMail> mails;
    private final MboxNumbering numbers;
    private final List<String> guids;
    private final @Nullable MboxBase base;
    private final @Nullable IndexState index;
    private final boolean current;

    /**
     * @param current the index is of the file as it is now
     */
    MboxTableJoin(
            List<MboxMail> mails,
            MboxNumbering numbers,
            List<String> guids,
            @Nullable MboxBase base,
            @Nullable IndexState index,
            boolean current) {
        this.mails = mails;
        this.numbers = numbers;
        this.guids = guids;
        this.base = base;
        this.index = index;
        this.current = current;
    }

    MailboxSnapshot snapshot(MailboxGuid guid, MboxVersion version) {
        IndexState state = index;
        int size = mails.size();
        long uidNext = Math.min(numbers.next(), Uid.MAX + 1);
        long firstRecent = firstRecent(uidNext);
        MailboxSnapshot.Builder table = new MailboxSnapshot.Builder(new byte[0], Math.max(16, size));
        List<Integer> unlike = new ArrayList<>();
        int inIndex = 0;
        for (int row = 0; row < size; row++) {
            long uid = numbers.uids()[row];
            int indexRow = state == null ? -1 : state.rowOf(uid);
            inIndex += indexRow >= 0 ? 1 : 0;
            if (!add(table, row, uid, indexRow, uid >= firstRecent ? Flags.RECENT : 0)) {
                unlike.add(row);
            }
        }
        int added = size - inIndex;
        int differences = state == null ? 0 : unlike.size() + state.size() - inIndex;
        long highest = state == null ? 0 : state.highestModSeq() + differences - added + (added > 0 ? 1 : 0);
        if (state != null && state.isTracking()) {
            for (int row : unlike) {
                table.modSeq(row, highest);
            }
        }
        long validity = base != null
                ? base.uidValidity()
                : state != null ? state.header().uidValidity() : DerivedIdentity.uidValidity(guid);
        MailboxStatus status = new MailboxStatus(
                guid,
                validity,
                uidNext,
                size,
                firstRecent,
                highest,
                base == null && state == null,
                state != null && differences == 0 && current && state.isSettled());
        return table.build(status, version);
    }

    /** Adds a mail; returns whether the index has it just so. If not, its modseq is to be put right. */
    private boolean add(MailboxSnapshot.Builder table, int row, long uid, int indexRow, int recent) {
        IndexState state = index;
        MboxMail mail = mails.get(row);
        int bits = mail.flags();
        Keywords keywords = keywords(mail, base);
        long modSeq = 0;
        boolean same = false;
        if (state != null && indexRow >= 0) {
            int indexed = state.flags(indexRow);
            Keywords words = state.keywords(indexRow);
            if (current || (indexed & IndexState.DIRTY) != 0) {
                bits = indexed & Flags.SETTABLE;
                keywords = words;
            }
            same = (indexed & Flags.SETTABLE) == bits && words.sameAs(keywords);
            modSeq = state.isTracking() ? state.modSeq(indexRow) : 0;
        }
        table.add(uid, new MailGuid(guids.get(row)), new Flags(bits | recent), keywords, modSeq, mail.received());
        return same;
    }

    /** If one of the names is not in {@code X-IMAPbase}, Dovecot takes none of them. */
    static Keywords keywords(MboxMail mail, @Nullable MboxBase base) {
        if (mail.keywords().isEmpty()) {
            return Keywords.NONE;
        }
        for (String keyword : mail.keywords()) {
            if (base == null
                    || !Keywords.isValidName(keyword)
                    || base.keywords().stream().noneMatch(keyword::equalsIgnoreCase)) {
                return Keywords.NONE;
            }
        }
        return Keywords.of(mail.keywords());
    }

    private long firstRecent(long uidNext) {
        if (index != null && index.header().firstRecentUid() > 0) {
            return Math.min(uidNext, index.header().firstRecentUid());
        }
        for (int row = 0; row < mails.size(); row++) {
            if (!mails.get(row).old()) {
                return numbers.uids()[row];
            }
        }
        return uidNext;
    }
}
