package dev.twinbox.engine.index;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexLogCodec.Cursor;
import dev.twinbox.engine.index.IndexLogCodec.Header;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads an index as Dovecot does (storage-formats.md, sections 2.4 and 2.5): the snapshot, if there is one, and then the
 * log from where the snapshot ends. Takes no lock; if the log is exchanged meanwhile, reads again.
 *
 * <p>What cannot be understood is left out and named in {@link IndexState#damage}, as long as something is left. A
 * transaction at the end of the log that is not complete is somebody writing just now and no damage.
 */
public final class IndexReader {
    /** Name of a mailbox's index files. */
    public static final String PREFIX = "dovecot.index";

    private IndexReader() {}

    /**
     * The index in a folder, or nothing if there is none.
     *
     * @param prefix first part of the files' names, see {@link #PREFIX}
     * @throws IndexFormatException if there is one and nothing of it can be used
     */
    public static Optional<IndexState> read(Disk disk, DiskPath folder, String prefix) throws IOException {
        return run(new Assembly(IndexFiles.read(disk, folder, prefix, false), false));
    }

    /**
     * Only the numbers, HIGHESTMODSEQ and the headers of the extensions: no mails, {@link IndexState#size} is 0. Costs
     * two small reads for most mailboxes.
     */
    public static Optional<IndexState> readHeader(Disk disk, DiskPath folder, String prefix) throws IOException {
        return run(new Assembly(IndexFiles.read(disk, folder, prefix, true), true));
    }

    /** Whether nothing has been written since somebody read the index up to there. */
    public static boolean isAt(Disk disk, DiskPath folder, String prefix, IndexPlace place) throws IOException {
        try (DiskFile log = disk.openRead(folder.resolve(prefix + IndexFiles.LOG_SUFFIX))) {
            return place.endOf(log) != null;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Nobody but the assembly knows the files then: it lets go of a large snapshot as soon as it is a table. */
    private static Optional<IndexState> run(Assembly assembly) throws IndexFormatException {
        return assembly.files.isEmpty() ? Optional.empty() : Optional.of(assembly.run());
    }

    /** A log file and its header. */
    @SuppressWarnings("ArrayRecordComponent")
    record Log(Header header, byte[] bytes) {}

    /** Puts the state together from the files' bytes. */
    static IndexState assemble(IndexFiles files, boolean headersOnly) throws IndexFormatException {
        return new Assembly(files, headersOnly).run();
    }

    /** The usable logs of an index, oldest first. */
    static List<Log> logs(IndexFiles files, List<String> damage) {
        List<Log> logs = new ArrayList<>();
        addLog(files.previousLog(), "previous log", logs, damage);
        addLog(files.log(), "log", logs, damage);
        if (logs.size() == 2) {
            Header older = logs.get(0).header();
            Header newer = logs.get(1).header();
            if (older.seq() >= newer.seq() || older.indexId() != newer.indexId()) {
                logs.remove(0);
            }
        }
        return logs;
    }

    private static void addLog(byte @Nullable [] bytes, String what, List<Log> logs, List<String> damage) {
        if (bytes == null) {
            return;
        }
        try {
            Header header = IndexLogCodec.decodeHeader(bytes);
            if (header.indexId() == 0) {
                damage.add(what + " is marked corrupt");
            } else {
                logs.add(new Log(header, bytes));
            }
        } catch (IndexFormatException e) {
            damage.add(what + ": " + e.getMessage());
        }
    }

    /** One reading. */
    private static final class Assembly {
        private IndexFiles files;
        private final boolean headersOnly;
        private final List<String> damage = new ArrayList<>();
        private IndexTable table;
        private IndexReplay replay;
        private long startSeq;
        private long startOffset;
        private long modSeq;
        private long endSeq;
        private long endOffset;
        private long baseModSeq;

        Assembly(IndexFiles files, boolean headersOnly) {
            this.files = files;
            this.headersOnly = headersOnly;
            this.table = new IndexTable(headersOnly);
            this.replay = new IndexReplay(table);
        }

        IndexState run() throws IndexFormatException {
            boolean hasSnapshot = readSnapshot();
            List<Log> logs = logs(files, damage);
            if (hasSnapshot) {
                long id = Bytes.u32(table.base, IndexHeader.AT_INDEX_ID);
                boolean others = false;
                for (int i = logs.size() - 1; i >= 0; i--) {
                    if (logs.get(i).header().indexId() != id) {
                        logs.remove(i);
                        others = true;
                    }
                }
                if (others) {
                    damage.add("snapshot and log belong to different indexes");
                }
            } else {
                startWithoutSnapshot(logs);
            }
            play(logs);
            damage.addAll(replay.notes());
            return IndexState.of(
                    table,
                    new IndexState.Position(endSeq, endOffset, Math.max(modSeq, baseModSeq)),
                    damage.isEmpty() ? null : String.join("; ", damage));
        }

        private boolean readSnapshot() {
            byte[] snapshot = files.snapshot();
            if (snapshot == null) {
                return false;
            }
            try {
                IndexSnapshotCodec.Decoded decoded = IndexSnapshotCodec.decode(snapshot, headersOnly);
                table = decoded.table();
                replay = new IndexReplay(table);
                damage.addAll(decoded.damage());
                files = new IndexFiles(null, files.log(), files.previousLog());
                startSeq = Bytes.u32(table.base, IndexHeader.AT_LOG_SEQ);
                startOffset = Bytes.u32(table.base, IndexHeader.AT_LOG_HEAD);
                endSeq = startSeq;
                endOffset = startOffset;
                baseModSeq = IndexSnapshotCodec.modSeqHeader(table).highest();
                return true;
            } catch (IndexFormatException e) {
                damage.add("snapshot: " + e.getMessage());
                return false;
            }
        }

        private void startWithoutSnapshot(List<Log> logs) throws IndexFormatException {
            while (!logs.isEmpty() && logs.get(logs.size() - 1).header().previousSeq() == 0 && logs.size() > 1) {
                logs.remove(0);
            }
            if (logs.isEmpty() || logs.get(0).header().previousSeq() != 0) {
                damage.add("no log that begins with an empty index");
                throw new IndexFormatException(String.join("; ", damage));
            }
            Header first = logs.get(0).header();
            Bytes.put32(table.base, IndexHeader.AT_INDEX_ID, first.indexId());
            startSeq = first.seq();
            startOffset = first.headerSize();
        }

        private void play(List<Log> logs) throws IndexFormatException {
            boolean started = false;
            for (Log log : logs) {
                Header header = log.header();
                boolean joined = header.previousSeq() == endSeq && header.previousOffset() == endOffset;
                if (header.seq() == startSeq && !started) {
                    if (startOffset > log.bytes().length || startOffset < header.headerSize()) {
                        damage.add("snapshot ends outside of the log");
                        continue;
                    }
                    started = true;
                    play(log, startOffset);
                } else if (header.seq() > endSeq && (joined || header.previousSeq() == 0)) {
                    started = true;
                    play(log, header.headerSize());
                } else if (header.seq() > endSeq) {
                    damage.add("log does not join what is before it");
                    return;
                }
            }
            if (!started
                    && !logs.isEmpty()
                    && logs.get(logs.size() - 1).header().seq() < startSeq) {
                damage.add("log is older than the snapshot");
            }
        }

        /** Goes through a whole log in order to count modseqs, and carries out what is at or after {@code from}. */
        private void play(Log log, long from) throws IndexFormatException {
            Header header = log.header();
            if (header.previousSeq() == 0 && from == header.headerSize()) {
                table.reset();
                Bytes.put32(table.base, IndexHeader.AT_INDEX_ID, header.indexId());
            }
            IndexSnapshotCodec.ModSeqHeader done = IndexSnapshotCodec.modSeqHeader(table);
            boolean late = done.logSeq() == header.seq() && done.logOffset() < from;
            modSeq = header.initialModSeq();
            Cursor record = new Cursor(log.bytes(), header.headerSize());
            while (record.next()) {
                modSeq = record.modSeqAfter(modSeq, header.minor());
                if (record.offset() >= from) {
                    replay.apply(record, modSeq);
                } else if (late && record.offset() >= done.logOffset()) {
                    replay.applyModSeqs(record, modSeq);
                }
            }
            if (record.end() < from) {
                damage.add("log is broken before the end of the snapshot");
                return;
            }
            baseModSeq = 0;
            endSeq = header.seq();
            endOffset = record.end();
        }
    }
}
