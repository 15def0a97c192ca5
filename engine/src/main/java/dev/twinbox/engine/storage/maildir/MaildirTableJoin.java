package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.account.DerivedIdentity;
import dev.twinbox.engine.storage.account.FolderNames;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.util.ArrayList;
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

    // The mails by rising UID: those of the uidlist first.
    private MaildirFiles.Builder files;
    private long firstUnlistedUid;
    private int listed;
    private boolean believed;
    private boolean odd;
    private boolean anyDirty;
    private @Nullable Uidlist announced;

    private final Map<String, Listed> unlisted = new HashMap<>();
    private final List<String> strays = new ArrayList<>();

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
        this.files = new MaildirFiles.Builder(uidlist, 0);
    }

    /** A file that was listed and is in no uidlist. */
    private record Listed(MaildirName file, boolean inNew) {}

    /** Looks up the uidlist's numbers of the files. */
    void assign(FolderListing listing) {
        Uidlist list = uidlist;
        int known = list == null ? 0 : list.size();
        int[] placeOf = new int[known]; // 1 is the first name in cur/; those in new/ come after the last one there
        assign(listing.cur(), false, 0, placeOf);
        int fresh = listing.cur().size();
        assign(listing.fresh(), true, fresh, placeOf);
        files = new MaildirFiles.Builder(list, known + unlisted.size());
        for (int row = 0; row < known; row++) {
            int place = placeOf[row] - 1;
            if (place >= fresh) {
                files.add(row, listing.fresh().get(place - fresh), true);
            } else if (place >= 0) {
                files.add(row, listing.cur().get(place), false);
            }
        }
        listed = files.size();
    }

    /**
     * Takes the word of an index that is of the state of now for all but the files in {@code new/}.
     *
     * @return whether it can be taken: not if a mail has no line in the uidlist, or a name that does not say its flags yet,
     *     nor if a file in {@code new/} has no mail
     */
    boolean believe(List<byte[]> fresh) {
        Uidlist list = uidlist;
        IndexState state = index;
        if (list == null || state == null) {
            return false;
        }
        Map<Integer, byte[]> inNew = rowsOf(fresh, list);
        if (inNew.size() < fresh.size()) {
            return false;
        }
        files = new MaildirFiles.Builder(list, state.size());
        int listRow = 0;
        for (int row = 0; row < state.size(); row++) {
            long uid = state.uid(row);
            while (listRow < list.size() && list.uid(listRow) < uid) {
                listRow++;
            }
            boolean dirty = (state.flags(row) & IndexState.DIRTY) != 0;
            if (dirty || listRow == list.size() || list.uid(listRow) != uid) {
                return false;
            }
            byte[] file = inNew.isEmpty() ? null : inNew.remove(listRow);
            if (file == null) {
                files.believe(listRow, state.flags(row), keywordFile.maskOf(state.keywords(row)));
            } else {
                files.add(listRow, file, true);
            }
        }
        listed = files.size();
        believed = true;
        return inNew.isEmpty();
    }

    /** Files by their rows in the uidlist; those that are in none are not there. */
    private static Map<Integer, byte[]> rowsOf(List<byte[]> names, Uidlist list) {
        Map<String, byte[]> wanted = new HashMap<>();
        for (byte[] name : names) {
            wanted.put(FolderListing.base(name), name);
        }
        Map<Integer, byte[]> rows = new HashMap<>();
        // What lies in new/ came last.
        for (int row = list.size() - 1; row >= 0 && !wanted.isEmpty(); row--) {
            byte[] name = wanted.remove(list.base(row));
            if (name != null) {
                rows.put(row, name);
            }
        }
        return rows;
    }

    /**
     * Whether files without a number remain. One that had its number when the folders were listed may have lost it since
     * because somebody expunged the mail; it must not be taken for a new mail.
     */
    boolean hasUnlisted() {
        return !unlisted.isEmpty();
    }

    /** Whether all files without a number are in a later listing. */
    boolean areUnlistedIn(FolderListing later) {
        return later.bases().containsAll(unlisted.keySet());
    }

    /** Forgets the files without a number that are not in a later listing. */
    void keepUnlistedIn(FolderListing later) {
        unlisted.keySet().retainAll(later.bases());
    }

    /** Files without a number may be in the list that a commit wrote before it died. */
    void announced(@Nullable Uidlist list) {
        announced = list;
    }

    /** The table, once every file has been assigned. */
    MaildirTable table(MailboxGuid guid, MaildirVersion version) {
        Uidlist list = uidlist;
        firstUnlistedUid = Math.max(list == null ? 1 : list.nextUid(), indexNextUid());
        long uidNext = number(firstUnlistedUid);
        return table(files.build(), guid, uidNext, version);
    }

    private long indexNextUid() {
        return index == null ? 1 : index.header().nextUid();
    }

    private void assign(List<byte[]> names, boolean fresh, int before, int[] placeOf) {
        Uidlist list = uidlist;
        for (int place = 0; place < names.size(); place++) {
            byte[] file = names.get(place);
            int row = list == null ? -1 : list.rowOfFile(file);
            if (row >= 0 && !isExpunged(row) && !MaildirName.isBroken(FolderNames.latin(file))) {
                if (placeOf[row] == 0) {
                    placeOf[row] = before + place + 1;
                } else {
                    addStray(FolderNames.latin(file), fresh);
                }
                continue;
            }
            String text = FolderNames.latin(file);
            MaildirName parsed = MaildirName.parse(text).orElse(null);
            if (parsed == null) {
                if (!text.startsWith(".")) {
                    odd = true;
                    report.warning(name, "a file's name is not a mail's; left alone");
                }
            } else if (unlisted.putIfAbsent(parsed.base(), new Listed(parsed, fresh)) != null) {
                addStray(text, fresh);
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
    private void addStray(String file, boolean fresh) {
        if (!fresh) {
            strays.add(file);
        }
    }

    /** Gives the mails nobody has numbered the UIDs that Dovecot would give them. */
    private long number(long first) {
        List<Map.Entry<String, Listed>> order = new ArrayList<>(unlisted.entrySet());
        if (order.size() > 1) {
            order.sort((a, b) -> MaildirName.compareBases(a.getKey(), b.getKey()));
        }
        long uid = first;
        for (Map.Entry<String, Listed> entry : order) {
            if (uid > Uid.MAX) {
                report.damage(name, "no UID is left for further mails");
                break;
            }
            files.add(entry.getValue().file(), entry.getValue().inNew());
            uid++;
        }
        return uid;
    }

    private long uid(MaildirFiles of, int row) {
        Uidlist list = uidlist;
        return list == null || row >= listed ? firstUnlistedUid + row - listed : list.uid(of.listRow(row));
    }

    private MaildirTable table(MaildirFiles of, MailboxGuid guid, long uidNext, MaildirVersion version) {
        IndexState state = index;
        int size = files.size();
        long firstRecent = firstRecent(of, uidNext);
        MailboxSnapshot.Builder table = uidlist == null ? new MailboxSnapshot.Builder() : uidlist.snapshotBuilder(size);
        BitSet unlikeIndex = new BitSet();
        int inIndex = 0;
        for (int row = 0; row < size; row++) {
            long uid = uid(of, row);
            int indexRow = state == null ? -1 : state.rowOf(uid, inIndex); // as many as were found before it
            inIndex += indexRow >= 0 ? 1 : 0;
            int recent = of.isInNew(row) || uid >= firstRecent ? Flags.RECENT : 0;
            unlikeIndex.set(row, !add(table, of, row, uid, indexRow, recent));
        }
        int added = size - inIndex;
        int differences = state == null ? 0 : unlikeIndex.cardinality() + state.size() - inIndex;
        long highest = state == null ? 0 : state.highestModSeq() + records(differences - added, added);
        if (state != null && state.isTracking()) {
            for (int row = unlikeIndex.nextSetBit(0); row >= 0; row = unlikeIndex.nextSetBit(row + 1)) {
                table.modSeq(row, highest);
            }
        }
        MailboxStatus status = new MailboxStatus(
                guid,
                uidlist == null ? DerivedIdentity.uidValidity(guid) : uidlist.uidValidity(),
                uidNext,
                size,
                firstRecent,
                highest,
                uidlist == null,
                state != null && differences == 0 && state.isSettled());
        return new MaildirTable(
                table.build(status, version),
                uidlist,
                keywordFile,
                state,
                of,
                announced,
                strays.toArray(new String[0]),
                believed,
                state != null && differences == 0 && !anyDirty,
                odd);
    }

    /** How far the modseq would rise if Dovecot noticed: new mails share one log record, other changes have one each. */
    private static int records(int changed, int added) {
        return changed + (added > 0 ? 1 : 0);
    }

    /** Adds a mail; returns whether the index has it just so. If not, its modseq is to be put right. */
    private boolean add(MailboxSnapshot.Builder table, MaildirFiles of, int row, long uid, int indexRow, int recent) {
        IndexState state = index;
        int bits = of.flagBits(row);
        Keywords keywords = keywordFile.keywords(of.keywordLetters(row));
        long modSeq = 0;
        boolean same = false;
        if (state != null && indexRow >= 0) {
            int indexed = state.flags(indexRow);
            Keywords indexedKeywords = state.keywords(indexRow);
            boolean dirty = (indexed & IndexState.DIRTY) != 0;
            anyDirty |= dirty;
            bits = dirty ? indexed & Flags.SETTABLE : bits;
            keywords = dirty ? indexedKeywords : keywords(keywords, indexedKeywords);
            same = (indexed & Flags.SETTABLE) == bits && indexedKeywords.sameAs(keywords);
            modSeq = state.isTracking() ? state.modSeq(indexRow) : 0;
        }
        Uidlist list = uidlist;
        Flags flags = new Flags(bits | recent);
        if (list == null || row >= listed) {
            table.add(uid, guid(of, row), flags, keywords, modSeq, MailboxSnapshot.RECEIVED_UNKNOWN);
        } else {
            list.addTo(table, of.listRow(row), flags, keywords, modSeq);
        }
        return same;
    }

    /** Of a mail that no uidlist has. */
    private MailGuid guid(MaildirFiles of, int row) {
        Uidlist list = announced;
        int announcedRow = list == null ? -1 : list.rowOfBase(of.base(row));
        return list == null || announcedRow < 0
                ? MaildirName.parse(of.name(row)).orElseThrow().guid()
                : list.guid(announcedRow);
    }

    /** The letters' keywords, and those of the index that have no letter. */
    private Keywords keywords(Keywords lettered, Keywords indexed) {
        if (indexed.isEmpty()) {
            return lettered;
        }
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

    private long firstRecent(MaildirFiles of, long uidNext) {
        if (index != null && index.header().firstRecentUid() > 0) {
            return Math.min(uidNext, index.header().firstRecentUid());
        }
        int row = 0;
        while (row < files.size() && !of.isInNew(row)) {
            row++;
        }
        return row == files.size() ? uidNext : uid(of, row);
    }
}
