package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.Uid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * All mails of a mailbox at one moment, by rising UID, as columns: a mail costs about 30 bytes and its GUID, not an
 * object. Immutable. Rows are numbered from 0.
 */
public final class MailboxSnapshot {
    /** Most mails in one mailbox. */
    public static final int MAILS_MAX = 5_000_000;

    private final MailboxStatus status;
    private final Object version;
    private final int size;
    private final int[] uids;
    private final byte[] flags;
    private final int[] keywordSets;
    private final List<Keywords> keywordTable;
    private final long[] modSeqs;
    private final long[] received;
    private final byte[] guidBytes;
    private final int[] guidEnds;

    private MailboxSnapshot(Builder from, MailboxStatus status, Object version) {
        this.status = status;
        this.version = version;
        this.size = from.size;
        this.uids = Arrays.copyOf(from.uids, size);
        this.flags = Arrays.copyOf(from.flags, size);
        this.keywordSets = Arrays.copyOf(from.keywordSets, size);
        this.keywordTable = List.copyOf(from.keywordTable);
        this.modSeqs = Arrays.copyOf(from.modSeqs, size);
        this.received = Arrays.copyOf(from.received, size);
        this.guidBytes = Arrays.copyOf(from.guidBytes, size == 0 ? 0 : from.guidEnds[size - 1]);
        this.guidEnds = Arrays.copyOf(from.guidEnds, size);
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
        return size;
    }

    public long uid(int row) {
        return Integer.toUnsignedLong(uids[check(row)]);
    }

    public MailGuid guid(int row) {
        int start = check(row) == 0 ? 0 : guidEnds[row - 1];
        return new MailGuid(new String(guidBytes, start, guidEnds[row] - start, StandardCharsets.UTF_8));
    }

    /** Whether a mail here has the GUID of a mail there, without making either into an object. */
    public boolean sameGuid(int row, MailboxSnapshot other, int otherRow) {
        int start = check(row) == 0 ? 0 : guidEnds[row - 1];
        int otherStart = other.check(otherRow) == 0 ? 0 : other.guidEnds[otherRow - 1];
        return Arrays.equals(guidBytes, start, guidEnds[row], other.guidBytes, otherStart, other.guidEnds[otherRow]);
    }

    /** {@link #guidHash(MailGuid)} of a row's GUID, without making it into an object. */
    public int guidHash(int row) {
        return hash(guidBytes, check(row) == 0 ? 0 : guidEnds[row - 1], guidEnds[row]);
    }

    /** A hash of a GUID as tables hold it. */
    public static int guidHash(MailGuid guid) {
        byte[] text = guid.value().getBytes(StandardCharsets.UTF_8);
        return hash(text, 0, text.length);
    }

    /** The first row of each of these GUIDs that is there; makes objects only of what is most likely one of them. */
    public Map<MailGuid, Integer> rowsOf(Set<MailGuid> guids) {
        Map<MailGuid, Integer> rows = new HashMap<>();
        Set<Integer> hashes = new HashSet<>();
        guids.forEach(guid -> hashes.add(guidHash(guid)));
        for (int row = 0; row < size && !hashes.isEmpty(); row++) {
            if (hashes.contains(guidHash(row))) {
                MailGuid guid = guid(row);
                if (guids.contains(guid)) {
                    rows.putIfAbsent(guid, row);
                }
            }
        }
        return rows;
    }

    private static int hash(byte[] bytes, int start, int end) {
        int hash = 1;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    /** System flags, \Recent included. */
    public Flags flags(int row) {
        return new Flags(flags[check(row)]);
    }

    public Keywords keywords(int row) {
        return keywordTable.get(keywordSets[check(row)]);
    }

    /** The mail's modseq, 0 if the storage does not track it. */
    public long modSeq(int row) {
        return modSeqs[check(row)];
    }

    /** Received date (INTERNALDATE), seconds since 1970, or {@link #RECEIVED_UNKNOWN}. */
    public long received(int row) {
        return received[check(row)];
    }

    /** "The store has to look at the mail to know." */
    public static final long RECEIVED_UNKNOWN = Long.MIN_VALUE;

    /** Differs, as good as certainly, between tables that differ in their UIDs or GUIDs; never 0. */
    public long contentHash() {
        long hash = ((long) Arrays.hashCode(uids) << 32) ^ (31L * Arrays.hashCode(guidBytes) + size);
        return hash == 0 ? 1 : hash;
    }

    /** The {@link MailboxDigest} of all mails; never 0. */
    public long digest() {
        MailboxDigest digest = new MailboxDigest(size);
        int at = 0;
        for (int row = 0; row < size; row++) {
            while (at < guidEnds[row]) {
                digest.guid(guidBytes[at++]);
            }
            digest.mail(Integer.toUnsignedLong(uids[row]), flags[row], keywordTable.get(keywordSets[row]));
        }
        return digest.value();
    }

    /** Whether status and mails are the same, received dates and versions aside. */
    public boolean sameMails(MailboxSnapshot other) {
        if (!status.equals(other.status)
                || !Arrays.equals(uids, other.uids)
                || !Arrays.equals(flags, other.flags)
                || !Arrays.equals(modSeqs, other.modSeqs)
                || !Arrays.equals(guidEnds, other.guidEnds)
                || !Arrays.equals(guidBytes, other.guidBytes)) {
            return false;
        }
        for (int row = 0; row < size; row++) {
            if (!keywords(row).sameAs(other.keywords(row))) {
                return false;
            }
        }
        return true;
    }

    /** The row of a UID, or a negative number as from {@link Arrays#binarySearch(int[], int)}. */
    public int rowOf(long uid) {
        return Uid.search(uids, size, uid);
    }

    /** The first row of a GUID, or -1. Looks at all rows. */
    public int rowOf(MailGuid guid) {
        int hash = guidHash(guid);
        for (int row = 0; row < size; row++) {
            if (guidHash(row) == hash && guid(row).equals(guid)) {
                return row;
            }
        }
        return -1;
    }

    private int check(int row) {
        if (row < 0 || row >= size) {
            throw new IndexOutOfBoundsException("row " + row + " of " + size);
        }
        return row;
    }

    /** Collects rows in rising UID order. Not safe for use by several threads. */
    public static final class Builder {
        private int size;
        private int[] uids = new int[16];
        private byte[] flags = new byte[16];
        private int[] keywordSets = new int[16];
        private final List<Keywords> keywordTable = new ArrayList<>(List.of(Keywords.NONE));
        private final Map<Keywords, Integer> keywordIndex = new HashMap<>(Map.of(Keywords.NONE, 0));
        private long[] modSeqs = new long[16];
        private long[] received = new long[16];
        private byte[] guidBytes = new byte[512];
        private int[] guidEnds = new int[16];

        /**
         * Adds a mail.
         *
         * @throws IllegalArgumentException if the UID does not rise, or the mailbox is full
         */
        public void add(long uid, MailGuid guid, Flags mailFlags, Keywords keywords, long modSeq, long receivedAt) {
            if (size == MAILS_MAX) {
                throw new IllegalArgumentException("more than " + MAILS_MAX + " mails in one mailbox");
            }
            if (size > 0 && Integer.toUnsignedLong(uids[size - 1]) >= uid) {
                throw new IllegalArgumentException("UIDs do not rise at " + uid);
            }
            if (size == uids.length) {
                grow();
            }
            byte[] text = guid.value().getBytes(StandardCharsets.UTF_8);
            int start = size == 0 ? 0 : guidEnds[size - 1];
            if (start + text.length > guidBytes.length) {
                guidBytes = Arrays.copyOf(
                        guidBytes, Math.max(start + text.length, guidBytes.length + guidBytes.length / 2));
            }
            System.arraycopy(text, 0, guidBytes, start, text.length);
            guidEnds[size] = start + text.length;
            uids[size] = (int) uid;
            flags[size] = (byte) mailFlags.bits();
            keywordSets[size] = keywords.isEmpty() ? 0 : intern(keywords);
            modSeqs[size] = modSeq;
            received[size] = receivedAt;
            size++;
        }

        /** Gives a row that was added another modseq. */
        public void modSeq(int row, long modSeq) {
            modSeqs[Objects.checkIndex(row, size)] = modSeq;
        }

        /** The finished table. */
        public MailboxSnapshot build(MailboxStatus status, Object version) {
            if (status.messages() != size) {
                throw new IllegalArgumentException("status says " + status.messages() + " mails, table has " + size);
            }
            return new MailboxSnapshot(this, status, version);
        }

        private int intern(Keywords keywords) {
            return keywordIndex.computeIfAbsent(keywords, added -> {
                keywordTable.add(added);
                return keywordTable.size() - 1;
            });
        }

        private void grow() {
            int capacity = size + size / 2;
            uids = Arrays.copyOf(uids, capacity);
            flags = Arrays.copyOf(flags, capacity);
            keywordSets = Arrays.copyOf(keywordSets, capacity);
            modSeqs = Arrays.copyOf(modSeqs, capacity);
            received = Arrays.copyOf(received, capacity);
            guidEnds = Arrays.copyOf(guidEnds, capacity);
        }
    }
}
