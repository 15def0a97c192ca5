package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mails of one mailbox of an {@link Mdbox}. The mailbox's index says which they are: the extension {@code mdbox} has records
 * of 8 bytes, u32 map UID and u32 time of saving, and {@code guid} records of 16 bytes, the mail's GUID in its 128-bit form. The
 * map says where each lies. The header of the index names the map's UIDVALIDITY: under another one the map UIDs mean nothing.
 *
 * <p>A mail that the map does not know, or has in a wrong place, is looked for by its GUID in all files.
 */
final class MdboxBodies implements DboxBodies {
    static final String HEADER = "mdbox-hdr";
    static final String RECORDS = "mdbox";
    static final int RECORD_SIZE = 8;
    static final int RECORD_ALIGN = 4;
    static final String GUIDS = "guid";
    static final int GUID_SIZE = 16;

    /** How often a mail is looked for that is being moved. */
    private static final int ATTEMPTS = 3;

    private final Mdbox box;
    private final MailboxName name;
    private final String storageName;
    private final DiskPath index;
    private final MdboxFiles files;
    private long stamp;

    /**
     * Nothing is looked at yet.
     *
     * @param storageName the mailbox's name as it lies on the disk, levels separated by slashes
     * @param index where the mailbox's index is
     */
    MdboxBodies(Mdbox box, MailboxName name, String storageName, DiskPath index) {
        this.box = box;
        this.name = name;
        this.storageName = storageName;
        this.index = index;
        this.files = new MdboxFiles(box);
    }

    Mdbox box() {
        return box;
    }

    /** The files that are read. */
    MdboxFiles files() {
        return files;
    }

    @Override
    public void close() throws IOException {
        files.close();
    }

    MailboxName name() {
        return name;
    }

    String storageName() {
        return storageName;
    }

    @Override
    public boolean copiesShareMetadata() {
        return true;
    }

    @Override
    public String headerExtension() {
        return HEADER;
    }

    /** A plan is being carried out under this map. */
    void stampIs(long mapUidValidity) {
        stamp = mapUidValidity;
    }

    @Override
    public long stamp(long now) {
        return stamp;
    }

    @Override
    public Reading read(@Nullable IndexState state, DboxVersion version) {
        return new Mails(state, version);
    }

    @Override
    public Stage stage() {
        return new MdboxStage(this);
    }

    /** What an index says of a mail. */
    @SuppressWarnings("ArrayRecordComponent")
    record Entry(long mapUid, long saved, byte[] guid128) {
        private static final byte[] NO_GUID = new byte[GUID_SIZE];

        boolean hasGuid() {
            return !Arrays.equals(guid128, NO_GUID);
        }
    }

    /** What an index says of the mail in a row. */
    static Entry entry(IndexState state, int row) {
        byte[] record = record(state, RECORDS, RECORD_SIZE, row);
        ByteBuffer numbers = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        return new Entry(
                numbers.getInt(0) & 0xFFFF_FFFFL,
                numbers.getInt(4) & 0xFFFF_FFFFL,
                record(state, GUIDS, GUID_SIZE, row));
    }

    private static byte[] record(IndexState state, String extension, int size, int row) {
        IndexExtension found = state.extension(extension).orElse(null);
        return found == null || found.recordSize() != size ? new byte[size] : found.record(row);
    }

    /** A mail's {@link Entry} as the records of the two extensions have it. */
    static void put(byte[] records, byte[] guids, int row, Entry entry) {
        ByteBuffer numbers = ByteBuffer.wrap(records).order(ByteOrder.LITTLE_ENDIAN);
        numbers.putInt(row * RECORD_SIZE, (int) entry.mapUid());
        numbers.putInt(row * RECORD_SIZE + 4, (int) entry.saved());
        System.arraycopy(entry.guid128(), 0, guids, row * GUID_SIZE, GUID_SIZE);
    }

    /** A mail that can be referred to instead of being stored again. */
    record Stored(long mapUid, DboxMessage message) {}

    /** The mails as one state of the index knows them. */
    final class Mails implements Reading {
        private final @Nullable IndexState state;
        private final DboxVersion version;
        private final boolean mapped;

        Mails(@Nullable IndexState state, DboxVersion version) {
            this.state = state;
            this.version = version;
            this.mapped = state != null && isMapped(state);
        }

        Mdbox box() {
            return box;
        }

        private boolean isMapped(IndexState of) {
            try {
                MdboxMap.Table map = box.map().refreshed();
                DboxIndexHeader header = DboxIndexHeader.of(of, HEADER);
                // An index made just now may have no mails and not know the map yet.
                return map != null && header != null && header.stamp() == map.uidValidity();
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public @Nullable MailGuid guid(long uid) {
            return null; // the index has 128 bits of it, and the GUID may be any text
        }

        private Entry entryOf(long uid) {
            IndexState known = state;
            int row = known == null ? -1 : known.rowOf(uid);
            if (known == null || row < 0) {
                throw new IllegalArgumentException(name + ": the index has no UID " + uid);
            }
            return entry(known, row);
        }

        @Override
        public Opened open(long uid) throws IOException {
            Entry entry = entryOf(uid);
            MdboxMap.Table map = mapped ? refreshed() : null;
            int row = map == null ? -1 : map.rowOf(entry.mapUid());
            String problem = missing(entry);
            for (int attempt = 0; map != null && row >= 0 && attempt < ATTEMPTS; attempt++) {
                if (map.references(row) == 0 && isChanged()) {
                    throw gone();
                }
                MdboxMap.Place place = map.place(row);
                try {
                    return open(place, entry);
                } catch (NoSuchFileException e) {
                    problem = box.file(place.file()) + " is missing";
                } catch (CorruptStoreException e) {
                    problem = String.valueOf(e.getMessage());
                }
                // A purge may just have moved it.
                map = refreshed();
                row = map == null ? -1 : map.rowOf(entry.mapUid());
                if (map == null || row < 0 || map.place(row).equals(place)) {
                    break;
                }
            }
            if (isChanged()) {
                throw gone();
            }
            return rescue(uid, entry, problem);
        }

        private boolean isChanged() throws IOException {
            return !version.provesSame(DboxVersion.look(box.context().disk(), index));
        }

        private BodyGoneException gone() {
            return new BodyGoneException(name + ": mail was expunged meanwhile");
        }

        private String missing(Entry entry) {
            return mapped
                    ? "the map of " + box.folder() + " has no mail " + entry.mapUid()
                    : "the map of " + box.folder() + " is lost, or is not the one the mailbox was written with";
        }

        private MdboxMap.@Nullable Table refreshed() throws IOException {
            try {
                return box.map().refreshed();
            } catch (IndexFormatException e) {
                return null;
            }
        }

        private Opened open(MdboxMap.Place place, Entry entry) throws IOException {
            MdboxFiles.Lease file = files.open(place.file());
            boolean done = false;
            try {
                DboxMessage message = DboxMessage.readAt(file, place.offset(), file.messageHeader());
                MailGuid guid = message.metadata().guid();
                if (guid != null && entry.hasGuid() && !Arrays.equals(guid.to128(), entry.guid128())) {
                    throw new CorruptStoreException("another mail is there than the index says");
                }
                done = true;
                return new OpenedMail(file, message);
            } catch (CorruptStoreException e) {
                throw box.damaged(place.file(), place.offset(), String.valueOf(e.getMessage()));
            } finally {
                if (!done) {
                    file.close();
                }
            }
        }

        /** Looks in all files for the mail, which is not where it should be. */
        private Opened rescue(long uid, Entry entry, String problem) throws IOException {
            MdboxMap.Place place = entry.hasGuid() ? box.scan().find(entry.guid128()) : null;
            if (place != null) {
                try {
                    Opened found = open(place, entry);
                    box.warnOnce(
                            null,
                            problem + "; the mail was found by looking through all files; 'doveadm force-resync' with a"
                                    + " mailbox of the account repairs the map");
                    return found;
                } catch (NoSuchFileException | CorruptStoreException e) {
                    // It was there a moment ago; what is wrong has been said.
                    box.context().report().debug(name, "UID " + uid + ": " + e.getMessage());
                }
            }
            throw new CorruptStoreException(problem);
        }

        /** The mail itself, as long as it can be referred to; null if not. */
        @Nullable
        Stored stored(long uid) throws IOException {
            if (!mapped) {
                return null;
            }
            Entry entry = entryOf(uid);
            MdboxMap.Table map = box.map().refreshed();
            int row = map == null ? -1 : map.rowOf(entry.mapUid());
            if (map == null || row < 0 || map.references(row) == 0 || map.references(row) >= MdboxMap.REFERENCES_MAX) {
                return null;
            }
            try (Opened mail = open(map.place(row), entry)) {
                return new Stored(entry.mapUid(), mail.message());
            } catch (NoSuchFileException | CorruptStoreException e) {
                return null; // whoever reads it will be told
            }
        }

        /** Looks at one mail only, the last that was saved in the account. */
        @Override
        public boolean isAhead(long nextUid) throws IOException {
            IndexState known = state;
            if (!mapped || known == null) {
                return false;
            }
            long highest = 0;
            for (int row = 0; row < known.size(); row++) {
                highest = Math.max(highest, entry(known, row).mapUid());
            }
            return box.isLastOrphanOf(storageName, highest);
        }

        /**
         * No mail of an mdbox has a UID but in the index. A mailbox that is only read has had one. One that we are to write to
         * may never have: its maker may have died.
         *
         * @throws CorruptStoreException if the account is only read, and has mails
         */
        @Override
        public List<Long> unindexed() throws IOException {
            if (state != null || box.files().isEmpty()) {
                return List.of();
            }
            String what = "the index in " + index + " is lost, and with it which mails of " + box.folder()
                    + " are in the mailbox; 'doveadm force-resync' brings them back into it";
            if (box.context().readOnly()) {
                throw new CorruptStoreException(what);
            }
            if (box.hasOrphanOf(storageName)) {
                box.warnOnce(name, what);
            }
            return List.of();
        }
    }

    /** A mail in a file that may be open for others, too. */
    private record OpenedMail(DiskFile file, DboxMessage message) implements Opened {
        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
