package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a mailbox: folders first, then the uidlist, so that every file the uidlist numbered before it was listed is known,
 * then keywords and index.
 *
 * <p>Whose word counts: UIDs and GUIDs are the uidlist's. Flags and keyword letters are the file name's, unless the index
 * calls the mail dirty, that is, changed but not renamed yet. Keywords without a letter, modseqs and \Recent are the
 * index's. Mails that nobody has numbered yet get the UIDs Dovecot would give them. Where files and index differ, the
 * modseqs are those Dovecot would hand out on noticing.
 */
final class MaildirTableReader {
    private static final int KEYWORD_FILE_MAX = KeywordFile.FILE_BYTES_MAX;
    /** An append in progress looks like damage; so damage is looked at again, this often. */
    private static final int UIDLIST_TRIES = 3;

    private final MaildirContext context;
    private final MailboxName name;
    private final MailboxPaths paths;

    private List<byte[]> listed = List.of();
    private BitSet listedInNew = new BitSet();
    private @Nullable Uidlist uidlist;
    private KeywordFile keywordFile = KeywordFile.EMPTY;
    private @Nullable IndexState index;

    MaildirTableReader(MaildirContext context, MailboxName name, MailboxPaths paths) {
        this.context = context;
        this.name = name;
        this.paths = paths;
    }

    MaildirTable read() throws IOException {
        FolderListing listing = FolderListing.read(context.disk(), context.clock(), paths.fresh(), paths.cur());
        if (listing.stamp().isMissing()) {
            throw new MailboxGoneException("there is no mailbox " + name + " any more");
        }
        MaildirVersion version = MaildirVersion.of(listing.stamp(), context, paths);
        listed = new ArrayList<>(listing.cur());
        listed.addAll(listing.fresh());
        listedInNew = new BitSet();
        listedInNew.set(listing.cur().size(), listed.size());
        uidlist = readUidlist();
        keywordFile = readKeywords();
        index = readIndex();
        return join(version);
    }

    private @Nullable Uidlist readUidlist() throws IOException {
        Uidlist list = null;
        for (int attempt = 1; attempt <= UIDLIST_TRIES; attempt++) {
            try {
                list = Uidlist.parse(context.disk().readAll(paths.uidlist(), Uidlist.FILE_BYTES_MAX));
            } catch (NoSuchFileException e) {
                return null;
            } catch (CorruptStoreException e) {
                if (attempt == UIDLIST_TRIES) {
                    return unusable(e);
                }
            }
            if (list != null && list.problems().isEmpty()) {
                return list;
            }
            context.clock().sleepMillis(FolderListing.TICK_MILLIS);
        }
        if (list != null) {
            complain(paths.uidlist() + ": " + list.problems().get(0)
                    + (list.problems().size() > 1 ? " and " + (list.problems().size() - 1) + " more" : ""));
        }
        return list;
    }

    /** At a destination the list is made anew; at a source nobody knows the mails' numbers, so it is left alone. */
    private @Nullable Uidlist unusable(CorruptStoreException e) throws CorruptStoreException {
        String what = paths.uidlist() + " cannot be used: " + e.getMessage();
        if (context.readOnly()) {
            throw new CorruptStoreException(
                    what + "; move it away and open the mailbox with the mail server, which" + " makes a new one");
        }
        context.report().warning(name, what + "; it is made anew");
        return null;
    }

    private void complain(String what) {
        if (context.readOnly()) {
            context.report().damage(name, what);
        } else {
            context.report().warning(name, what);
        }
    }

    private KeywordFile readKeywords() throws IOException {
        try {
            KeywordFile file = KeywordFile.parse(context.disk().readAll(paths.keywords(), KEYWORD_FILE_MAX));
            if (!file.problems().isEmpty()) {
                context.report()
                        .warning(name, paths.keywords() + ": " + file.problems().get(0));
            }
            return file;
        } catch (NoSuchFileException e) {
            return KeywordFile.EMPTY;
        }
    }

    private @Nullable IndexState readIndex() throws IOException {
        IndexState state;
        try {
            state = IndexReader.read(context.disk(), paths.index(), IndexReader.PREFIX)
                    .orElse(null);
        } catch (IndexFormatException e) {
            context.report()
                    .warning(
                            name,
                            paths.index().resolve(IndexReader.PREFIX) + " cannot be used: " + e.getMessage()
                                    + "; flags are taken from the file names");
            return null;
        }
        if (state == null) {
            return null;
        }
        if (state.damage() != null) {
            context.report().warning(name, paths.index().resolve(IndexReader.PREFIX) + ": " + state.damage());
        }
        Uidlist list = uidlist;
        boolean same = list != null && list.uidValidity() == state.header().uidValidity();
        return same ? state : null;
    }

    /** What is gathered of the mails, by rising UID. */
    private static final class Rows {
        final String[] files;
        final BitSet inNew = new BitSet();
        final int[] listRows;
        final long[] uids;
        int size;
        int letters;

        Rows(int capacity) {
            files = new String[capacity];
            listRows = new int[capacity];
            uids = new long[capacity];
        }

        void add(long uid, String file, boolean fresh, int listRow) {
            uids[size] = uid;
            files[size] = file;
            inNew.set(size, fresh);
            listRows[size] = listRow;
            size++;
        }
    }

    private MaildirTable join(MaildirVersion version) {
        Uidlist list = uidlist;
        int known = list == null ? 0 : list.size();
        int[] fileOf = new int[known];
        Arrays.fill(fileOf, -1);
        List<String> strays = new ArrayList<>();
        Map<String, Integer> unlisted = new HashMap<>();
        for (int i = 0; i < listed.size(); i++) {
            byte[] file = listed.get(i);
            int row = list == null ? -1 : list.rowOfFile(file);
            if (row >= 0) {
                if (fileOf[row] < 0) {
                    fileOf[row] = i;
                } else {
                    addStray(strays, i);
                }
            } else {
                MaildirName parsed = MaildirName.parse(file).orElse(null);
                if (parsed != null) {
                    if (unlisted.putIfAbsent(parsed.base(), i) != null) {
                        addStray(strays, i);
                    }
                } else if (file.length > 0 && file[0] != '.') {
                    context.report().warning(name, "file name in " + paths.mail() + " is not a mail's; left alone");
                }
            }
        }
        Rows rows = new Rows(known + unlisted.size());
        long uidNext = list == null ? 1 : list.nextUid();
        for (int row = 0; row < known; row++) {
            if (fileOf[row] >= 0) {
                rows.add(
                        java.util.Objects.requireNonNull(list).uid(row),
                        latin(listed.get(fileOf[row])),
                        listedInNew.get(fileOf[row]),
                        row);
            }
        }
        IndexState state = index;
        if (state != null) {
            uidNext = Math.max(uidNext, state.header().nextUid());
        }
        uidNext = number(rows, unlisted, uidNext);
        return finish(rows, uidNext, version, strays);
    }

    private void addStray(List<String> strays, int i) {
        if (!listedInNew.get(i)) {
            strays.add(latin(listed.get(i)));
        }
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private long number(Rows rows, Map<String, Integer> unlisted, long first) {
        List<Map.Entry<String, Integer>> order = new ArrayList<>(unlisted.entrySet());
        order.sort((a, b) -> MaildirName.compareBases(a.getKey(), b.getKey()));
        long uid = first;
        for (Map.Entry<String, Integer> entry : order) {
            if (uid > Uid.MAX) {
                complain("no UID is left for further mails");
                break;
            }
            rows.add(uid++, latin(listed.get(entry.getValue())), listedInNew.get(entry.getValue()), -1);
        }
        return uid;
    }

    private MaildirTable finish(Rows rows, long uidNext, MaildirVersion version, List<String> strays) {
        IndexState state = index;
        Uidlist list = uidlist;
        long firstRecent = firstRecent(rows, uidNext);
        long highest = state == null ? 0 : state.highestModSeq();
        int[] differing = new int[rows.size];
        int differences = 0;
        Flags[] flags = new Flags[rows.size];
        Keywords[] keywords = new Keywords[rows.size];
        for (int i = 0; i < rows.size; i++) {
            MaildirName file = MaildirName.parse(rows.files[i]).orElseThrow();
            int indexRow = state == null ? -1 : state.rowOf(rows.uids[i]);
            rows.letters |= file.keywordLetters();
            boolean dirty = indexRow >= 0 && (flagsOf(state, indexRow) & IndexState.DIRTY) != 0;
            int bits = dirty
                    ? flagsOf(state, indexRow) & Flags.SETTABLE
                    : file.flags().bits();
            keywords[i] = dirty ? keywordsOf(state, indexRow) : keywords(file, state, indexRow);
            boolean same = indexRow >= 0
                    && (flagsOf(state, indexRow) & Flags.SETTABLE) == bits
                    && keywordsOf(state, indexRow).sameAs(keywords[i]);
            if (state != null && !same) {
                differing[differences++] = i;
            }
            boolean recent = rows.inNew.get(i) || rows.uids[i] >= firstRecent;
            flags[i] = new Flags(bits | (recent ? Flags.RECENT : 0));
        }
        int gone = 0;
        if (state != null) {
            gone = Math.max(0, state.size() - (rows.size - missingFromIndex(rows, state)));
            highest += differences + gone;
        }
        BitSet changed = new BitSet();
        for (int i = 0; i < differences; i++) {
            changed.set(differing[i]);
        }
        MailboxSnapshot.Builder table = new MailboxSnapshot.Builder();
        for (int i = 0; i < rows.size; i++) {
            int listRow = rows.listRows[i];
            MailGuid guid = listRow >= 0 && list != null
                    ? list.guid(listRow)
                    : MaildirName.parse(rows.files[i]).orElseThrow().guid();
            long modSeq = 0;
            if (state != null && state.isTracking()) {
                int indexRow = state.rowOf(rows.uids[i]);
                modSeq = changed.get(i) || indexRow < 0 ? highest : state.modSeq(indexRow);
            }
            table.add(rows.uids[i], guid, flags[i], keywords[i], modSeq, MailboxSnapshot.RECEIVED_UNKNOWN);
        }
        MailboxGuid guid = guid(context, paths, list);
        MailboxStatus status = new MailboxStatus(
                guid,
                list == null ? DerivedIdentity.uidValidity(guid) : list.uidValidity(),
                uidNext,
                rows.size,
                firstRecent,
                highest,
                list == null,
                state != null && differences + gone == 0 && QuickStatus.isUntouched(state));
        return new MaildirTable(
                table.build(status, version),
                list,
                keywordFile,
                state,
                Arrays.copyOf(rows.files, rows.size),
                rows.inNew,
                Arrays.copyOf(rows.listRows, rows.size),
                rows.letters,
                strays.toArray(new String[0]));
    }

    static MailboxGuid guid(MaildirContext context, MailboxPaths paths, @Nullable Uidlist list) {
        MailboxGuid own = list == null ? null : list.guid();
        return own != null ? own : DerivedIdentity.guid(context.location().root(), paths.control());
    }

    private static int flagsOf(@Nullable IndexState state, int row) {
        return java.util.Objects.requireNonNull(state).flags(row);
    }

    private static Keywords keywordsOf(@Nullable IndexState state, int row) {
        return java.util.Objects.requireNonNull(state).keywords(row);
    }

    private static int missingFromIndex(Rows rows, IndexState state) {
        int missing = 0;
        for (int i = 0; i < rows.size; i++) {
            if (state.rowOf(rows.uids[i]) < 0) {
                missing++;
            }
        }
        return missing;
    }

    private long firstRecent(Rows rows, long uidNext) {
        IndexState state = index;
        if (state != null && state.header().firstRecentUid() > 0) {
            return Math.min(uidNext, state.header().firstRecentUid());
        }
        int first = rows.inNew.nextSetBit(0);
        return first < 0 || first >= rows.size ? uidNext : rows.uids[first];
    }

    /** The letters' keywords, and those of the index that have no letter. */
    private Keywords keywords(MaildirName file, @Nullable IndexState state, int indexRow) {
        Keywords lettered = keywordFile.keywords(file.keywordLetters());
        if (state == null || indexRow < 0 || state.keywords(indexRow).isEmpty()) {
            return lettered;
        }
        List<String> more = null;
        for (String keyword : state.keywords(indexRow).names()) {
            if (keywordFile.indexOf(keyword) < 0) {
                if (more == null) {
                    more = new ArrayList<>(lettered.names());
                }
                more.add(keyword);
            }
        }
        return more == null ? lettered : Keywords.of(more);
    }

    /** The file of a UID may have another name by now; this finds it, or null. */
    static @Nullable DiskPath find(MaildirContext context, MailboxPaths paths, String base) throws IOException {
        FolderListing listing = FolderListing.read(context.disk(), context.clock(), paths.fresh(), paths.cur());
        for (byte[] file : listing.cur()) {
            if (isOf(file, base)) {
                return paths.cur().resolve(file);
            }
        }
        for (byte[] file : listing.fresh()) {
            if (isOf(file, base)) {
                return paths.fresh().resolve(file);
            }
        }
        return null;
    }

    private static boolean isOf(byte[] file, String base) {
        String text = latin(file);
        return text.startsWith(base) && (text.length() == base.length() || text.charAt(base.length()) == ':');
    }
}
