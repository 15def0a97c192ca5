package dev.twinbox.engine.index;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexLogCodec.Cursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes what a store wrote look like what a mail server did for a user: takes the mark of a sync off all records that came
 * into the index logs below a folder since this object was made.
 */
public final class SyncMarks {
    private final Disk disk;
    private final DiskPath root;
    private final Map<Object, Long> lengths = new HashMap<>();

    /** Looks at the logs that are there. */
    public SyncMarks(Disk disk, DiskPath root) throws IOException {
        this.disk = disk;
        this.root = root;
        walk(root, (path, info) -> lengths.put(info.fileKey(), info.size()));
    }

    private interface Visitor {
        void visit(DiskPath path, FileInfo info) throws IOException;
    }

    private void walk(DiskPath folder, Visitor visitor) throws IOException {
        if (disk.stat(folder).isEmpty()) {
            return;
        }
        for (byte[] entry : disk.list(folder)) {
            DiskPath path = folder.resolve(entry);
            FileInfo info = disk.stat(path).orElseThrow();
            if (info.isFolder()) {
                walk(path, visitor);
            } else if (new String(entry, StandardCharsets.UTF_8).startsWith("dovecot.index.log")) {
                visitor.visit(path, info);
            }
        }
    }

    /** Takes the marks off. */
    public void takeOff() throws IOException {
        walk(root, (path, info) -> {
            byte[] bytes = disk.readAll(path, IndexLogCodec.LOG_BYTES_MAX);
            int from = IndexLogCodec.decodeHeader(bytes).headerSize();
            long known = lengths.getOrDefault(info.fileKey(), 0L);
            Cursor record = new Cursor(bytes, from);
            try (DiskFile file = disk.openWrite(path, false)) {
                while (record.next()) {
                    if (record.offset() >= known && record.isSync()) {
                        byte[] type = new byte[4];
                        Bytes.put32(type, 0, Bytes.u32(bytes, record.offset() + 4) & ~IndexLogCodec.SYNC);
                        file.write(ByteBuffer.wrap(type), record.offset() + 4L);
                    }
                }
            }
        });
    }
}
