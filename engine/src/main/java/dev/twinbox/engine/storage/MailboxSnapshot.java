package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.Uid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * All mails of a mailbox at one moment, by rising UID, as columns: a mail costs about 20 bytes and its GUID, not an
 * object. Immutable. Rows are numbered from 0.
 */
public final class MailboxSnapshot {
    /** Most mails in one mailbox. */
    public static final int MAILS_MAX = 5_000_000;

    private final MailboxStatus status;
    private final Object version;
    private final Columns columns;

    /** Rows of {@link #columns}, or the complement of rows of {@link #more}; null if all are those of {@code columns}. */
    private final int @Nullable [] places;

    private final Columns more;

    /** Worked out when somebody asks. */
    private volatile @Nullable Digests digests;

    private record Digests(long value, BlockDigests blocks) {}

    private MailboxSnapshot(
            MailboxStatus status, Object version, Columns columns, int @Nullable [] places, Columns more) {
        this.status = status;
        this.version = version;
        this.columns = columns;
        this.places = places;
        this.more = more;
    }

    /** The rows themselves. */
    private static final class Columns {
        final int size;
        final int[] uids;
        final byte[] flags;
        /** Null if no mail has any. */
        final int @Nullable [] keywordSets;

        final List<Keywords> keywordTable;
        final long[] modSeqs;
        /** Null if none is known. */
        final long @Nullable [] received;

        final GuidColumn guids;

        Columns(Builder from) {
            this.size = from.size;
            boolean full = from.uids.length == size; // then the builder, which is used up, can leave it to us
            this.uids = full ? from.uids : Arrays.copyOf(from.uids, size);
            this.flags = full ? from.flags : Arrays.copyOf(from.flags, size);
            this.keywordTable = List.copyOf(from.keywordTable);
            this.keywordSets = from.keywordSets == null ? null : Arrays.copyOf(from.keywordSets, size);
            this.modSeqs = full ? from.modSeqs : Arrays.copyOf(from.modSeqs, size);
            this.received = from.received == null ? null : Arrays.copyOf(from.received, size);
            this.guids = from.guids.build(size);
        }

        Keywords keywords(int row) {
            return keywordSets == null ? Keywords.NONE : keywordTable.get(keywordSets[row]);
        }

        long received(int row) {
            return received == null ? RECEIVED_UNKNOWN : received[row];
        }
    }

    private Columns columns(int row) {
        int[] parts = places;
        return parts == null || parts[row] >= 0 ? columns : more;
    }

    private int place(int row) {
        int[] parts = places;
        return parts == null ? Objects.checkIndex(row, columns.size) : parts[row] >= 0 ? parts[row] : ~parts[row];
    }

    /** The same mails with other numbers. */
    public MailboxSnapshot under(MailboxStatus numbers) {
        return new MailboxSnapshot(numbers, version, columns, places, more);
    }

    /**
     * The mails of two tables, without copying them.
     *
     * @param from which rows of the first table are to be in it; none with a UID that the second one has
     * @param added all of it
     * @param numbers its messages are counted
     * @throws IllegalArgumentException if one of the tables was put together so itself, or a UID is there twice
     */
    public static MailboxSnapshot together(
            MailboxSnapshot from, LongPredicate taken, MailboxSnapshot added, IntFunction<MailboxStatus> numbers) {
        if (from.places != null || added.places != null) {
            throw new IllegalArgumentException("table is put together already");
        }
        int[] places = new int[from.size() + added.size()];
        int size = 0;
        int next = 0;
        for (int row = 0; row < from.size(); row++) {
            long uid = from.uid(row);
            if (!taken.test(uid)) {
                continue;
            }
            while (next < added.size() && added.uid(next) < uid) {
                places[size++] = ~next++;
            }
            if (next < added.size() && added.uid(next) == uid) {
                throw new IllegalArgumentException("UID " + uid + " is there twice");
            }
            places[size++] = row;
        }
        while (next < added.size()) {
            places[size++] = ~next++;
        }
        return new MailboxSnapshot(
                numbers.apply(size), new Object(), from.columns, Arrays.copyOf(places, size), added.columns);
    }

    public MailboxStatus status() {
        return status;
    }

    /** Something the store can tell two versions of the mailbox apart by. */
    public Object version() {
        return version;
    }

    /** Number of mails. */
    public int size() {
        return places == null ? columns.size : places.length;
    }

    public long uid(int row) {
        int place = place(row);
        return Integer.toUnsignedLong(columns(row).uids[place]);
    }

    public MailGuid guid(int row) {
        int place = place(row);
        return columns(row).guids.guid(place);
    }

    /** Whether a mail here has the GUID of a mail there, without making either into an object. */
    public boolean sameGuid(int row, MailboxSnapshot other, int otherRow) {
        int place = place(row);
        int otherPlace = other.place(otherRow);
        return columns(row).guids.same(place, other.columns(otherRow).guids, otherPlace);
    }

    /** {@link #guidHash(MailGuid)} of a row's GUID, without making it into an object. */
    public int guidHash(int row) {
        int place = place(row);
        return columns(row).guids.hash(place);
    }

    /** A hash of a GUID as tables hold it. */
    public static int guidHash(MailGuid guid) {
        return GuidColumn.hash(guid);
    }

    /** How many kinds of hash {@link #rowsOf} tells apart; a power of two. */
    private static final int HASHES = 1 << 16;

    /** The first row of each of these GUIDs that is there; makes objects only of what is most likely one of them. */
    public Map<MailGuid, Integer> rowsOf(Set<MailGuid> guids) {
        Map<MailGuid, Integer> rows = new HashMap<>();
        BitSet hashes = new BitSet(HASHES);
        for (MailGuid guid : guids) {
            hashes.set(guidHash(guid) & (HASHES - 1));
        }
        for (int row = 0; row < size() && !guids.isEmpty(); row++) {
            if (hashes.get(guidHash(row) & (HASHES - 1))) {
                MailGuid guid = guid(row);
                if (guids.contains(guid)) {
                    rows.putIfAbsent(guid, row);
                }
            }
        }
        return rows;
    }

    /** System flags, \Recent included. */
    public Flags flags(int row) {
        return new Flags(flagBits(row));
    }

    /** The bits of {@link #flags}. */
    public int flagBits(int row) {
        int place = place(row);
        return columns(row).flags[place];
    }

    public Keywords keywords(int row) {
        int place = place(row);
        return columns(row).keywords(place);
    }

    /** Whether a mail here has the flags, \Recent aside, keywords and modseq of a mail there. */
    public boolean sameValues(int row, MailboxSnapshot other, int otherRow) {
        int place = place(row);
        int otherPlace = other.place(otherRow);
        Columns here = columns(row);
        Columns there = other.columns(otherRow);
        Keywords keywords = here.keywords(place);
        return ((here.flags[place] ^ there.flags[otherPlace]) & Flags.SETTABLE) == 0
                && here.modSeqs[place] == there.modSeqs[otherPlace]
                && (keywords.isEmpty()
                        ? there.keywords(otherPlace).isEmpty()
                        : keywords.sameAs(there.keywords(otherPlace)));
    }

    /** The mail's modseq, 0 if the storage does not track it. */
    public long modSeq(int row) {
        int place = place(row);
        return columns(row).modSeqs[place];
    }

    /** Received date (INTERNALDATE), seconds since 1970, or {@link #RECEIVED_UNKNOWN}. */
    public long received(int row) {
        int place = place(row);
        return columns(row).received(place);
    }

    /** "The store has to look at the mail to know." */
    public static final long RECEIVED_UNKNOWN = Long.MIN_VALUE;

    /** Differs, as good as certainly, between tables that differ in their UIDs or GUIDs; never 0. */
    public long contentHash() {
        long hash = size();
        for (int row = 0; row < size(); row++) {
            hash = (hash * 31 + uid(row)) * 0x9E37_79B9_7F4A_7C15L + guidHash(row);
        }
        return hash == 0 ? 1 : hash;
    }

    /** The {@link MailboxDigest} of all mails; never 0. */
    public long digest() {
        return digests().value();
    }

    /** Those of {@link MailboxDigest#blocks}. */
    public BlockDigests blocks() {
        return digests().blocks();
    }

    private Digests digests() {
        Digests known = digests;
        if (known == null) {
            known = digested();
            digests = known;
        }
        return known;
    }

    private Digests digested() {
        int size = size();
        MailboxDigest digest = new MailboxDigest(size, size == 0 ? 0 : uid(size - 1));
        for (int row = 0; row < size; row++) {
            int place = place(row);
            Columns from = columns(row);
            from.guids.say(place, digest);
            digest.mail(uid(row), from.flags[place], from.keywords(place), from.modSeqs[place]);
        }
        return new Digests(digest.value(), digest.blocks());
    }

    /** Whether status and mails are the same, received dates and versions aside. */
    public boolean sameMails(MailboxSnapshot other) {
        if (this == other) {
            return true;
        }
        if (!status.equals(other.status) || size() != other.size()) {
            return false;
        }
        for (int row = 0; row < size(); row++) {
            if (uid(row) != other.uid(row)
                    || flags(row).bits() != other.flags(row).bits()
                    || modSeq(row) != other.modSeq(row)
                    || !keywords(row).sameAs(other.keywords(row))
                    || !sameGuid(row, other, row)) {
                return false;
            }
        }
        return true;
    }

    /** The row of a UID, or a negative number as from {@link Arrays#binarySearch(int[], int)}. */
    public int rowOf(long uid) {
        if (places == null) {
            return Uid.search(columns.uids, columns.size, uid);
        }
        int low = 0;
        int high = size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long there = uid(middle);
            if (there == uid) {
                return middle;
            }
            if (there < uid) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -(low + 1);
    }

    /** Collects rows in rising UID order. Not safe for use by several threads. */
    public static final class Builder {
        private int size;
        private int[] uids;
        private byte[] flags;
        private int @Nullable [] keywordSets;
        private final List<Keywords> keywordTable = new ArrayList<>(List.of(Keywords.NONE));
        private final Map<Keywords, Integer> keywordIndex = new HashMap<>(Map.of(Keywords.NONE, 0));
        private long[] modSeqs;
        private long @Nullable [] received;
        private final GuidColumn.Builder guids;

        /** Rows that bring their GUIDs. */
        public Builder() {
            this(new byte[0], 16);
        }

        /**
         * Rows whose GUIDs may lie in a text that somebody has in memory anyway.
         *
         * @param guidText must not change any more
         * @param room how many rows will most likely come
         */
        public Builder(byte[] guidText, int room) {
            guids = new GuidColumn.Builder(guidText, room);
            uids = new int[room];
            flags = new byte[room];
            modSeqs = new long[room];
        }

        /**
         * Adds a mail.
         *
         * @throws IllegalArgumentException if the UID does not rise, or the mailbox is full
         */
        public void add(long uid, MailGuid guid, Flags mailFlags, Keywords keywords, long modSeq, long receivedAt) {
            checkRises(uid);
            guids.own(size, guid);
            add(uid, mailFlags, keywords, modSeq, receivedAt);
        }

        /**
         * Adds a mail whose GUID lies in the text.
         *
         * @param guidStart where it begins; it must be one, in UTF-8
         * @throws IllegalArgumentException if the UID does not rise, or the mailbox is full
         */
        public void add(
                long uid,
                int guidStart,
                int guidEnd,
                Flags mailFlags,
                Keywords keywords,
                long modSeq,
                long receivedAt) {
            checkRises(uid);
            guids.lent(size, guidStart, guidEnd);
            add(uid, mailFlags, keywords, modSeq, receivedAt);
        }

        private void checkRises(long uid) {
            if (size == MAILS_MAX) {
                throw new IllegalArgumentException("more than " + MAILS_MAX + " mails in one mailbox");
            }
            if (size > 0 && Integer.toUnsignedLong(uids[size - 1]) >= uid) {
                throw new IllegalArgumentException("UIDs do not rise at " + uid);
            }
        }

        private void add(long uid, Flags mailFlags, Keywords keywords, long modSeq, long receivedAt) {
            if (size == uids.length) {
                grow();
            }
            uids[size] = (int) uid;
            flags[size] = (byte) mailFlags.bits();
            modSeqs[size] = modSeq;
            if (!keywords.isEmpty()) {
                int[] sets = keywordSets == null ? new int[uids.length] : keywordSets;
                sets[size] = intern(keywords);
                keywordSets = sets;
            }
            if (receivedAt != RECEIVED_UNKNOWN || received != null) {
                long[] dates = received;
                if (dates == null) {
                    dates = new long[uids.length];
                    Arrays.fill(dates, 0, size, RECEIVED_UNKNOWN);
                    received = dates;
                }
                dates[size] = receivedAt;
            }
            size++;
        }

        /** Gives a row that was added another modseq. */
        public void modSeq(int row, long modSeq) {
            modSeqs[Objects.checkIndex(row, size)] = modSeq;
        }

        /** The finished table. The builder is used up. */
        public MailboxSnapshot build(MailboxStatus status, Object version) {
            if (status.messages() != size) {
                throw new IllegalArgumentException("status says " + status.messages() + " mails, table has " + size);
            }
            Columns columns = new Columns(this);
            return new MailboxSnapshot(status, version, columns, null, columns);
        }

        private int intern(Keywords keywords) {
            return keywordIndex.computeIfAbsent(keywords, added -> {
                keywordTable.add(added);
                return keywordTable.size() - 1;
            });
        }

        private void grow() {
            int capacity = size + size / 2 + 16;
            uids = Arrays.copyOf(uids, capacity);
            flags = Arrays.copyOf(flags, capacity);
            modSeqs = Arrays.copyOf(modSeqs, capacity);
            keywordSets = keywordSets == null ? null : Arrays.copyOf(keywordSets, capacity);
            received = received == null ? null : Arrays.copyOf(received, capacity);
        }
    }
}
