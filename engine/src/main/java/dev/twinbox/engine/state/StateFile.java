package dev.twinbox.engine.state;

import dev.twinbox.engine.disk.AtomicFile;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;

/**
 * A state kept in a file: the line of {@link SyncStateText} and LF, so that the file can be given to
 * {@code doveadm sync -s "$(cat FILE)"} and be made by {@code > FILE}. Replaced as a whole, never in place; a broken one is
 * told and left to be looked at until the next state is written over it. One thread at a time.
 */
public final class StateFile {
    private static final String TEMPORARY_SUFFIX = ".twinbox-tmp";

    private final Disk disk;
    private final DiskPath path;

    /** Nothing is read yet. */
    public StateFile(Disk disk, DiskPath path) {
        this.disk = disk;
        this.path = path;
    }

    /**
     * The state in the file; empty if there is no file.
     *
     * @throws IOException if it cannot be read
     */
    public SyncStateText.Result read() throws IOException {
        byte[] bytes;
        try {
            if (sizeOf() > SyncStateText.TEXT_MAX) {
                return new SyncStateText.Problem("Input too large");
            }
            bytes = disk.readAll(path, SyncStateText.TEXT_MAX);
        } catch (NoSuchFileException e) {
            return new SyncStateText.Read(SyncState.EMPTY);
        }
        return SyncStateText.decode(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private long sizeOf() throws IOException {
        return disk.stat(path).map(FileInfo::size).orElse(0L);
    }

    /**
     * Writes the state, unless the file holds exactly that already. Survives a power loss once it returned; before, the
     * file has its old content.
     */
    public void write(SyncState state) throws IOException {
        byte[] content = (SyncStateText.encode(state) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        if (Arrays.equals(content, present(content.length))) {
            return;
        }
        int mode = disk.stat(path).isPresent() ? disk.mode(path) : Disk.FILE_MODE;
        String name = new String(path.name(), StandardCharsets.ISO_8859_1) + TEMPORARY_SUFFIX;
        AtomicFile.replace(
                disk,
                path,
                path.parent().resolve(name.getBytes(StandardCharsets.ISO_8859_1)),
                content,
                mode,
                AtomicFile.Safety.CONTENT_AND_NAME);
    }

    private byte[] present(int length) {
        try {
            return sizeOf() == length ? disk.readAll(path, length) : new byte[0];
        } catch (IOException e) {
            // It is about to be replaced.
            return new byte[0];
        }
    }
}
