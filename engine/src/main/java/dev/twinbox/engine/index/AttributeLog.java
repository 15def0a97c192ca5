package dev.twinbox.engine.index;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexLogCodec.Cursor;
import dev.twinbox.engine.index.IndexReader.Log;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a mailbox's log and its predecessor say of changes to METADATA entries (storage-formats.md, section 2.3, record
 * 0x00100000). The values are elsewhere. Pure but for {@link #read}.
 *
 * <pre>
 * { '+' set or '-' deleted | 'p' private or 's' shared | name | NUL } for each entry | NUL | pad to 4 |
 * { u32 seconds since 1970 | with '+': u32 length of the value in bytes } for each entry
 * </pre>
 */
public final class AttributeLog {
    /** Most entries that are kept in mind of one mailbox; the log may tell of more. */
    public static final int ENTRIES_MAX = 20_000;

    /**
     * The last change of an entry.
     *
     * @param shared below {@code /shared/}, otherwise below {@code /private/}
     * @param name the rest of its name
     * @param time when, seconds since 1970
     * @param modSeq the modseq of the record
     * @param bySync a sync did it
     */
    public record Change(boolean shared, String name, boolean deleted, long time, long modSeq, boolean bySync) {}

    private AttributeLog() {}

    /** The last change of every entry the logs tell of, in order of their first mention; none if there is no log. */
    public static List<Change> read(Disk disk, DiskPath folder, String prefix) throws IOException {
        IndexFiles files = IndexFiles.read(disk, folder, prefix, true);
        byte[] previous = files.previousLog();
        if (previous == null && files.log() != null) {
            Object key = disk.stat(folder.resolve(prefix + IndexFiles.LOG_SUFFIX))
                    .map(FileInfo::fileKey)
                    .orElse(null);
            previous = IndexFiles.readPrevious(disk, folder, prefix, key);
        }
        return changes(new IndexFiles(null, files.log(), previous));
    }

    static List<Change> changes(IndexFiles files) {
        Map<String, Change> found = new LinkedHashMap<>();
        for (Log log : IndexReader.logs(files, new ArrayList<>())) {
            long modSeq = log.header().initialModSeq();
            Cursor record = new Cursor(log.bytes(), log.header().headerSize());
            while (record.next()) {
                modSeq = record.modSeqAfter(modSeq, log.header().minor());
                if (record.type() == IndexLogCodec.ATTRIBUTE_UPDATE) {
                    note(record, modSeq, found);
                }
            }
        }
        return List.copyOf(found.values());
    }

    private static void note(Cursor record, long modSeq, Map<String, Change> found) {
        byte[] log = record.log;
        int at = record.body();
        List<String> keys = new ArrayList<>();
        while (at < record.end() && log[at] != 0) {
            int start = at;
            while (at < record.end() && log[at] != 0) {
                at++;
            }
            keys.add(Bytes.text(log, start, at));
            at++;
        }
        at = record.body() + Bytes.align(at + 1 - record.body(), 4);
        for (String key : keys) {
            boolean deleted = key.charAt(0) == '-';
            int size = deleted ? 4 : 8;
            if (key.length() < 3 || at + size > record.end()) {
                return;
            }
            String id = key.substring(1);
            if (found.size() < ENTRIES_MAX || found.containsKey(id)) {
                found.put(
                        id,
                        new Change(
                                key.charAt(1) == 's',
                                key.substring(2),
                                deleted,
                                Bytes.u32(log, at),
                                modSeq,
                                record.isSync()));
            }
            at += size;
        }
    }
}
