package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.index.IndexTransaction;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The map of an mdbox account, {@code storage/dovecot.map.index*}: where each mail lies, and how many mailboxes refer to it
 * (storage-formats.md, section 3.3).
 *
 * <p>It has the format of a mailbox's index, whose "UIDs" are map UIDs. The extension {@code map} has a header (u32 highest file
 * id, u32 rebuild count) and records of 12 bytes: u32 file id, u32 offset of the message's header, u32 size from there to the
 * end of its metadata, 0 for up to the end of the file. The extension {@code ref} has records of 2 bytes: u16 number of
 * references. A mail without references waits for a purge.
 *
 * <p>Dovecot rebuilds the whole storage if it finds, under the lock, that the log holds more than its header's tail offset says
 * is done. So every change here ends in an update of that offset, in the same write.
 *
 * <p>The order of locks is Dovecot's: the map before a mailbox's index, so that whoever holds the map's lock can count
 * references. Safe for use by several threads; only one of them changes it at a time.
 */
final class MdboxMap {
    /** First part of the files' names. */
    static final String PREFIX = "dovecot.map.index";

    /** A mail that has this many references is stored again instead of getting more. */
    static final int REFERENCES_MAX = 30_000;

    /** Most references a mail may have: beyond them Dovecot refuses to count. */
    static final int REFERENCES_HIGHEST = 32_767;

    private static final String MAP = "map";
    private static final String REF = "ref";
    private static final int MAP_HEADER = 8;
    private static final int MAP_RECORD = 12;
    private static final int MAP_ALIGN = 4;
    private static final int REF_RECORD = 2;

    private final Disk disk;
    private final DiskPath folder;
    private final Clock clock;
    private final Host host;
    private final long lockWaitMillis;
    private final boolean durable;
    private @Nullable Seen seen;

    /** Who has the lock in this process. */
    private @Nullable Writing writing;

    /**
     * The map of one account; nothing is looked at yet.
     *
     * @param folder where the index lies: {@code storage/} below the root, or below INDEX=
     */
    MdboxMap(Disk disk, DiskPath folder, Clock clock, Host host, long lockWaitMillis, boolean durable) {
        this.disk = disk;
        this.folder = folder;
        this.clock = clock;
        this.host = host;
        this.lockWaitMillis = lockWaitMillis;
        this.durable = durable;
    }

    DiskPath folder() {
        return folder;
    }

    /**
     * Where a mail lies.
     *
     * @param size from the message's header to the end of its metadata, in bytes; 0 if only the file's end ends it
     */
    record Place(long file, long offset, long size) {}

    /** The map at one moment. Immutable. */
    static final class Table {
        private final IndexState state;
        private final @Nullable IndexExtension map;
        private final @Nullable IndexExtension ref;

        Table(IndexState state) {
            this.state = state;
            this.map = sized(state, MAP, MAP_RECORD);
            this.ref = sized(state, REF, REF_RECORD);
        }

        private static @Nullable IndexExtension sized(IndexState state, String name, int size) {
            return state.extension(name).filter(ext -> ext.recordSize() == size).orElse(null);
        }

        /** Changes whenever map UIDs lose their meaning; mailboxes repeat it. */
        long uidValidity() {
            return state.header().uidValidity();
        }

        long nextUid() {
            return state.header().nextUid();
        }

        /** The highest number of an {@code m.N} that was ever made. */
        long highestFile() {
            byte[] header = map == null ? new byte[0] : map.header();
            return header.length < 4 ? 0 : le(header).getInt(0) & 0xFFFF_FFFFL;
        }

        int size() {
            return state.size();
        }

        long uid(int row) {
            return state.uid(row);
        }

        /** The row of a map UID, or a negative number. */
        int rowOf(long uid) {
            return state.rowOf(uid);
        }

        Place place(int row) {
            ByteBuffer record = le(map == null ? new byte[MAP_RECORD] : map.record(row));
            return new Place(
                    record.getInt(0) & 0xFFFF_FFFFL, record.getInt(4) & 0xFFFF_FFFFL, record.getInt(8) & 0xFFFF_FFFFL);
        }

        int references(int row) {
            return ref == null ? 0 : le(ref.record(row)).getShort(0) & 0xFFFF;
        }

        /** What was wrong with the files, in words; null if nothing was. */
        @Nullable
        String damage() {
            if (state.damage() != null) {
                return state.damage();
            }
            return state.size() > 0 && (map == null || ref == null) ? "it does not say where mails are" : null;
        }
    }

    /** A table and how its files looked before it was read. */
    private record Seen(
            Table table, @Nullable FileInfo index, @Nullable FileInfo log) {}

    /**
     * The map as it was read last, or now. Takes no lock.
     *
     * @return null if there is none
     * @throws IndexFormatException if nothing of it can be used
     */
    synchronized @Nullable Table read() throws IOException {
        Seen known = seen;
        return known == null ? refreshed() : known.table();
    }

    /** The map now. */
    synchronized @Nullable Table refreshed() throws IOException {
        Writing holder = writing;
        if (holder != null) {
            return holder.table(); // opening the log again would end the lock
        }
        FileInfo index = index();
        FileInfo log = log();
        Seen known = seen;
        if (known != null && same(known.index(), index) && same(known.log(), log)) {
            return known.table();
        }
        IndexState state = IndexReader.read(disk, folder, PREFIX).orElse(null);
        seen = state == null ? null : new Seen(new Table(state), index, log);
        return seen == null ? null : seen.table();
    }

    private synchronized @Nullable Seen lastSeen() {
        return seen;
    }

    private @Nullable FileInfo index() throws IOException {
        return disk.stat(folder.resolve(PREFIX)).orElse(null);
    }

    private @Nullable FileInfo log() throws IOException {
        return disk.stat(folder.resolve(PREFIX + ".log")).orElse(null);
    }

    private static boolean same(@Nullable FileInfo one, @Nullable FileInfo other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return one.isSameState(other);
    }

    /**
     * Takes the map's lock. While it is held, nobody but its holder may read the map in this process.
     *
     * @throws dev.twinbox.engine.storage.LockBusyException if somebody else has it for too long
     * @throws CorruptStoreException if there is a map and it is damaged
     */
    Writing lock() throws IOException {
        synchronized (this) {
            if (writing != null) {
                throw new IllegalStateException("this process has the lock on " + folder.resolve(PREFIX));
            }
        }
        IndexWriter writer =
                IndexWriter.lock(disk, folder, PREFIX, clock, host, lockWaitMillis, Disk.FILE_MODE, durable);
        boolean done = false;
        try {
            Writing taken = new Writing(writer);
            synchronized (this) {
                writing = taken;
            }
            done = true;
            return taken;
        } finally {
            if (!done) {
                writer.close();
            }
        }
    }

    /** The map under its lock, and changes to it that are written together. */
    final class Writing implements AutoCloseable {
        private final IndexWriter writer;
        private @Nullable Table table;
        private final long uidValidity;
        private long nextUid;
        private final Map<Long, Integer> counts = new TreeMap<>();
        private final Map<Long, Place> moves = new TreeMap<>();
        private final List<Place> added = new ArrayList<>();
        private final List<Integer> addedReferences = new ArrayList<>();
        private final List<Long> gone = new ArrayList<>();
        private long writtenFile;
        private long highestFile;

        private Writing(IndexWriter writer) throws IOException {
            this.writer = writer;
            IndexState state;
            try {
                Seen before = lastSeen();
                writer.reuse(before == null ? null : before.table().state);
                state = writer.current().orElse(null);
            } catch (IndexFormatException e) {
                throw damaged(String.valueOf(e.getMessage()));
            }
            String damage = state == null ? null : new Table(state).damage();
            if (damage != null) {
                throw damaged(damage);
            }
            if (state == null || !writer.canAppend()) {
                state = create(state);
            }
            Table now = new Table(state);
            table = now;
            uidValidity = now.uidValidity();
            nextUid = now.nextUid();
            writtenFile = now.highestFile();
            highestFile = writtenFile;
        }

        private CorruptStoreException damaged(String what) {
            return new CorruptStoreException(folder.resolve(PREFIX) + " is damaged: " + what + "; " + REPAIR);
        }

        /** Makes a map where there is none, or the log of one that has none, or none that ends well, because its writer died. */
        private IndexState create(@Nullable IndexState snapshot) throws IOException {
            IndexState empty = IndexState.builder()
                    .uidValidity(Math.max(1, clock.epochMillis() / 1000))
                    .records(IndexExtension.of(MAP, 0, new byte[MAP_HEADER], MAP_RECORD, MAP_ALIGN, new byte[0]))
                    .records(IndexExtension.of(REF, 0, new byte[0], REF_RECORD, REF_RECORD, new byte[0]))
                    .build();
            writer.replace(snapshot == null ? empty : snapshot.counted(), false, IndexWriter.Witness.NONE);
            syncNames();
            return writer.current().orElseThrow();
        }

        /** What is written to a file is lost if its name is. */
        private void syncNames() throws IOException {
            if (durable) {
                disk.syncFolder(folder);
            }
        }

        /** The map as it is now. */
        Table table() throws IOException {
            synchronized (MdboxMap.this) {
                Table known = table;
                if (known == null) {
                    known = new Table(writer.current().orElseThrow());
                    table = known;
                }
                return known;
            }
        }

        long uidValidity() {
            return uidValidity;
        }

        /** The number of the next file to be made; each call is another one. */
        long nextFile() {
            highestFile++;
            return highestFile;
        }

        /** A mail has come; returns its map UID. */
        long add(Place place, int references) {
            added.add(place);
            addedReferences.add(references);
            return nextUid + added.size() - 1;
        }

        /** A mail that is there has so many more references, or fewer. */
        void count(long uid, int difference) {
            counts.merge(uid, difference, Integer::sum);
        }

        /** A mail has one reference less, if it has any. */
        void release(long uid) throws IOException {
            int row = table().rowOf(uid);
            if (row >= 0 && table().references(row) + counted(uid) > 0) {
                count(uid, -1);
            }
        }

        /** What {@link #count} was told of a mail and is not written yet. */
        int counted(long uid) {
            return counts.getOrDefault(uid, 0);
        }

        /** A mail lies elsewhere now. */
        void move(long uid, Place place) {
            moves.put(uid, place);
        }

        /** A mail is no more. */
        void remove(long uid) {
            gone.add(uid);
        }

        /** Writes all changes at once, if there are any. */
        void write() throws IOException {
            counts.values().removeIf(difference -> difference == 0);
            if (added.isEmpty()
                    && counts.isEmpty()
                    && moves.isEmpty()
                    && gone.isEmpty()
                    && highestFile == writtenFile) {
                return;
            }
            IndexTransaction changes = new IndexTransaction();
            long first = nextUid;
            for (int i = 0; i < added.size(); i++) {
                changes.append(first + i, 0);
            }
            mapRecords(changes, first);
            references(changes, first);
            for (long uid : gone) {
                changes.expunge(uid, new byte[IndexTransaction.GUID_SIZE]);
            }
            synchronized (MdboxMap.this) {
                writer.appendSettled(changes);
                table = null;
            }
            nextUid += added.size();
            writtenFile = highestFile;
            forget();
        }

        private void mapRecords(IndexTransaction changes, long first) {
            if (added.isEmpty() && moves.isEmpty() && highestFile == writtenFile) {
                return;
            }
            changes.in(MAP, MAP_HEADER, MAP_RECORD, MAP_ALIGN);
            if (highestFile != writtenFile) {
                changes.part(0, le(new byte[4]).putInt((int) highestFile).array());
            }
            moves.forEach((uid, place) -> changes.record(uid, bytes(place)));
            for (int i = 0; i < added.size(); i++) {
                changes.record(first + i, bytes(added.get(i)));
            }
        }

        private void references(IndexTransaction changes, long first) {
            if (added.isEmpty() && counts.isEmpty()) {
                return;
            }
            changes.in(REF, 0, REF_RECORD, REF_RECORD);
            for (int i = 0; i < added.size(); i++) {
                changes.record(
                        first + i,
                        le(new byte[REF_RECORD])
                                .putShort((short) (int) addedReferences.get(i))
                                .array());
            }
            counts.forEach(changes::increment);
        }

        private void forget() {
            added.clear();
            addedReferences.clear();
            counts.clear();
            moves.clear();
            gone.clear();
        }

        /** Releases the lock; what was not written is dropped. */
        @Override
        public void close() throws IOException {
            synchronized (MdboxMap.this) {
                seen = null;
                try (writer) {
                    if (writer.rotateIfLong()) {
                        syncNames();
                    } else {
                        // Under the lock the files stand still, so this is how they look with what they say.
                        seen = new Seen(table(), index(), log());
                    }
                } finally {
                    writing = null;
                }
            }
        }
    }

    private static byte[] bytes(Place place) {
        return le(new byte[MAP_RECORD])
                .putInt((int) place.file())
                .putInt((int) place.offset())
                .putInt((int) place.size())
                .array();
    }

    private static ByteBuffer le(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What an administrator can do about a damaged map. */
    static final String REPAIR = "'doveadm force-resync' with a mailbox of the account rebuilds it from the mails";
}
