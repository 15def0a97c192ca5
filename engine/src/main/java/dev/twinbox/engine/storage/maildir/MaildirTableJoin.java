package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes one table of what the folders, the uidlist, the keyword file and the index of a mailbox say. Looks at no disk; used
 * once.
 */
final class MaildirTableJoin {
    private final MailboxName name;
    private final StoreReport report;
    private final @Nullable Uidlist uidlist;
    private final KeywordFile keywordFile;
    private final @Nullable IndexState index;

    // The mails by rising UID.
    private String[] files = new String[0];
    private long[] uids = new long[0];
    private int[] listRows = new int[0];
    private final BitSet inNew = new BitSet();
    private int size;

    private final Map<String, Listed> unlisted = new HashMap<>();
    private final List<String> strays = new ArrayList<>();
    private int usedLetters;

    MaildirTableJoin(
            MailboxName name,
            StoreReport report,
            @Nullable Uidlist uidlist,
            KeywordFile keywordFile,
            @Nullable IndexState index) {
        this.name = name;
        this.report = report;
        this.uidlist = uidlist;
        this.keywordFile = keywordFile;
        this.index = index;
    }

    /** A file that was listed. */
    private record Listed(String file, boolean inNew) {}

    MaildirTable join(FolderListing listing, MailboxGuid guid, MaildirVersion version) {
        Uidlist list = uidlist;
        int known = list == null ? 0 : list.size();
        @Nullable Listed[] fileOf = new Listed[known];
        assign(listing.cur(), false, fileOf);
        assign(listing.fresh(), true, fileOf);
        int capacity = known + unlisted.size();
        files = new String[capacity];
        uids = new long[capacity];
        listRows = new int[capacity];
        for (int row = 0; row < known; row++) {
            Listed one = fileOf[row];
            if (one != null && list != null) {
                add(list.uid(row), one, row);
            }
        }
        long uidNext = number(Math.max(list == null ? 1 : list.nextUid(), indexNextUid()));
        return table(guid, uidNext, version);
    }

    private long indexNextUid() {
        return index == null ? 1 : index.header().nextUid();
    }

    private void assign(List<byte[]> names, boolean fresh, @Nullable Listed[] fileOf) {
        for (byte[] bytes : names) {
            int row = uidlist == null ? -1 : uidlist.rowOfFile(bytes);
            Listed one = new Listed(MaildirStore.latin(bytes), fresh);
            if (row >= 0 && !isExpunged(row)) {
                if (fileOf[row] == null) {
                    fileOf[row] = one;
                } else {
                    addStray(one);
                }
                continue;
            }
            MaildirName parsed = MaildirName.parse(one.file()).orElse(null);
            if (parsed == null) {
                if (!one.file().startsWith(".")) {
                    report.warning(name, "a file's name is not a mail's; left alone");
                }
            } else if (unlisted.putIfAbsent(parsed.base(), one) != null) {
                addStray(one);
            }
        }
    }

    /** A file that came back under the name of an expunged mail is a new mail, as for Dovecot: its UID is gone. */
    private boolean isExpunged(int listRow) {
        IndexState state = index;
        Uidlist list = uidlist;
        if (state == null || list == null || state.damage() != null) {
            return false;
        }
        long uid = list.uid(listRow);
        return uid < state.header().nextUid() && state.rowOf(uid) < 0;
    }

    /** One that is listed in {@code new/}, too, was most likely moved to {@code cur/} while we looked. */
    private void addStray(Listed one) {
        if (!one.inNew()) {
            strays.add(one.file());
        }
    }

    private void add(long uid, Listed one, int listRow) {
        uids[size] = uid;
        files[size] = one.file();
        inNew.set(size, one.inNew());
        listRows[size] = listRow;
        size++;
    }

    /** Gives the mails nobody has numbered the UIDs that Dovecot would give them. */
    private long number(long first) {
        List<Map.Entry<String, Listed>> order = new ArrayList<>(unlisted.entrySet());
        order.sort((a, b) -> MaildirName.compareBases(a.getKey(), b.getKey()));
        long uid = first;
        for (Map.Entry<String, Listed> entry : order) {
            if (uid > Uid.MAX) {
                report.damage(name, "no UID is left for further mails");
                break;
            }
            add(uid++, entry.getValue(), -1);
        }
        return uid;
    }

    private MaildirTable table(MailboxGuid guid, long uidNext, MaildirVersion version) {
        IndexState state = index;
        long firstRecent = firstRecent(uidNext);
        Flags[] flags = new Flags[size];
        Keywords[] keywords = new Keywords[size];
        BitSet unlikeIndex = new BitSet();
        int inIndex = 0;
        for (int i = 0; i < size; i++) {
            int indexRow = state == null ? -1 : state.rowOf(uids[i]);
            inIndex += indexRow >= 0 ? 1 : 0;
            unlikeIndex.set(i, !values(i, indexRow, firstRecent, flags, keywords));
        }
        int added = size - inIndex;
        int differences = state == null ? 0 : unlikeIndex.cardinality() + state.size() - inIndex;
        long highest = state == null ? 0 : state.highestModSeq() + records(differences - added, added);
        MailboxSnapshot.Builder table = new MailboxSnapshot.Builder();
        for (int i = 0; i < size; i++) {
            long modSeq = 0;
            if (state != null && state.isTracking()) {
                modSeq = unlikeIndex.get(i) ? highest : state.modSeq(state.rowOf(uids[i]));
            }
            table.add(uids[i], guidOf(i), flags[i], keywords[i], modSeq, MailboxSnapshot.RECEIVED_UNKNOWN);
        }
        MailboxStatus status = new MailboxStatus(
                guid,
                uidlist == null ? DerivedIdentity.uidValidity(guid) : uidlist.uidValidity(),
                uidNext,
                size,
                firstRecent,
                highest,
                uidlist == null,
                state != null && differences == 0 && QuickStatus.isUntouched(state));
        return new MaildirTable(
                table.build(status, version),
                uidlist,
                keywordFile,
                state,
                Arrays.copyOf(files, size),
                inNew,
                Arrays.copyOf(listRows, size),
                usedLetters,
                strays.toArray(new String[0]));
    }

    /** How far the modseq would rise if Dovecot noticed: new mails share one log record, other changes have one each. */
    private static int records(int changed, int added) {
        return changed + (added > 0 ? 1 : 0);
    }

    /** Finds flags and keywords of a mail; returns whether the index has it just so. */
    private boolean values(int i, int indexRow, long firstRecent, Flags[] flags, Keywords[] keywords) {
        IndexState state = index;
        MaildirName file = MaildirName.parse(files[i]).orElseThrow();
        usedLetters |= file.keywordLetters();
        int recent = inNew.get(i) || uids[i] >= firstRecent ? Flags.RECENT : 0;
        if (state == null || indexRow < 0) {
            flags[i] = new Flags(file.flags().bits() | recent);
            keywords[i] = keywordFile.keywords(file.keywordLetters());
            return false;
        }
        int indexed = state.flags(indexRow);
        boolean dirty = (indexed & IndexState.DIRTY) != 0;
        int bits = dirty ? indexed & Flags.SETTABLE : file.flags().bits();
        flags[i] = new Flags(bits | recent);
        keywords[i] = dirty ? state.keywords(indexRow) : keywords(file, state.keywords(indexRow));
        return (indexed & Flags.SETTABLE) == bits && state.keywords(indexRow).sameAs(keywords[i]);
    }

    /** The letters' keywords, and those of the index that have no letter. */
    private Keywords keywords(MaildirName file, Keywords indexed) {
        Keywords lettered = keywordFile.keywords(file.keywordLetters());
        List<String> more = null;
        for (String keyword : indexed.names()) {
            if (keywordFile.indexOf(keyword) < 0) {
                if (more == null) {
                    more = new ArrayList<>(lettered.names());
                }
                more.add(keyword);
            }
        }
        return more == null ? lettered : Keywords.of(more);
    }

    private long firstRecent(long uidNext) {
        if (index != null && index.header().firstRecentUid() > 0) {
            return Math.min(uidNext, index.header().firstRecentUid());
        }
        int first = inNew.nextSetBit(0);
        return first < 0 || first >= size ? uidNext : uids[first];
    }

    private MailGuid guidOf(int i) {
        if (listRows[i] >= 0 && uidlist != null) {
            return uidlist.guid(listRows[i]);
        }
        return MaildirName.parse(files[i]).orElseThrow().guid();
    }
}
