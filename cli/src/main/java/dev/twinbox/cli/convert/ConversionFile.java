package dev.twinbox.cli.convert;

import dev.twinbox.engine.disk.AtomicFile;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A {@link ConversionRecord} in a file, replaced as a whole. One thread at a time. */
public final class ConversionFile {
    private static final String SUFFIX = ".twinbox-convert";

    private final Disk disk;
    private final DiskPath path;

    /** Nothing is read yet. */
    public ConversionFile(Disk disk, DiskPath path) {
        this.disk = disk;
        this.path = path;
    }

    /** The usual place: a hidden file beside the account. */
    public static DiskPath beside(DiskPath root) {
        String name = "." + new String(root.name(), StandardCharsets.ISO_8859_1) + SUFFIX;
        return root.parent().resolve(name.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Where it is. */
    public DiskPath path() {
        return path;
    }

    /**
     * The record; nothing if there is no file.
     *
     * @throws IOException if there is something else than a record
     */
    public Optional<ConversionRecord> read() throws IOException {
        Optional<FileInfo> info = disk.stat(path);
        if (info.isEmpty()) {
            return Optional.empty();
        }
        if (!info.get().isFile() || info.get().size() > ConversionRecord.TEXT_MAX) {
            throw new IOException("it is no record of a conversion");
        }
        String text = new String(disk.readAll(path, ConversionRecord.TEXT_MAX), StandardCharsets.UTF_8);
        Optional<ConversionRecord> record = ConversionRecord.decode(text);
        if (record.isEmpty()) {
            throw new IOException("it is no record of a conversion; move it away");
        }
        return record;
    }

    /** Writes it; survives a power loss once this returned. */
    public void write(ConversionRecord record) throws IOException {
        String name = new String(path.name(), StandardCharsets.ISO_8859_1) + ".tmp";
        AtomicFile.replace(
                disk,
                path,
                path.parent().resolve(name.getBytes(StandardCharsets.ISO_8859_1)),
                record.encode().getBytes(StandardCharsets.UTF_8),
                Disk.FILE_MODE,
                AtomicFile.Safety.CONTENT_AND_NAME);
    }
}
