package dev.twinbox.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;

/**
 * Replaces the whole content of a file: written beside it, then renamed over it, so that readers and crashes find the old
 * content or the new one.
 */
public final class AtomicFile {
    /** What has to survive a power loss after the call. */
    public enum Safety {
        /** The kernel decides when; after a power loss the file may even be empty. */
        NONE,
        /** The file has its old content or the new one. */
        CONTENT,
        /** The file has the new content. */
        CONTENT_AND_NAME
    }

    /** Writes the new content. */
    public interface Content {
        /** Is called once with the empty file; may set its mtime last. */
        void writeTo(DiskFile file) throws IOException;
    }

    /** Not a lambda: the first one costs a short run several milliseconds. */
    private static final class Bytes implements Content {
        private final byte[] bytes;

        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void writeTo(DiskFile file) throws IOException {
            file.append(ByteBuffer.wrap(bytes));
        }
    }

    private AtomicFile() {}

    /** As {@link #replace(Disk, DiskPath, DiskPath, int, Safety, Content)} with the content at hand. */
    public static void replace(Disk disk, DiskPath target, DiskPath temporary, byte[] content, int mode, Safety safety)
            throws IOException {
        replace(disk, target, temporary, mode, safety, new Bytes(content));
    }

    /**
     * Replaces the target, which need not exist.
     *
     * @param temporary a name in the same folder that nobody else uses at this time; what lies there is left from a
     *     crash and removed
     * @param mode permission bits of the new file
     * @throws IOException if it failed; then the target is untouched, and the temporary file removed if that was
     *     possible, unless only the sync of the folder failed
     */
    public static void replace(Disk disk, DiskPath target, DiskPath temporary, int mode, Safety safety, Content content)
            throws IOException {
        prepare(disk, temporary, mode, safety, content);
        try {
            disk.rename(temporary, target);
        } catch (IOException | RuntimeException e) {
            remove(disk, temporary, e);
            throw e;
        }
        if (safety == Safety.CONTENT_AND_NAME) {
            disk.syncFolder(target.parent());
        }
    }

    /**
     * The first half of {@link #replace(Disk, DiskPath, DiskPath, int, Safety, Content) replace}: afterwards the new content lies
     * in the temporary file, whose name is not synced.
     *
     * @throws IOException if it failed; then the temporary file was removed if that was possible
     */
    public static void prepare(Disk disk, DiskPath temporary, int mode, Safety safety, Content content)
            throws IOException {
        DiskFile file;
        try {
            file = disk.create(temporary, mode);
        } catch (FileAlreadyExistsException e) {
            disk.unlink(temporary);
            file = disk.create(temporary, mode);
        }
        try (DiskFile open = file) {
            content.writeTo(open);
            if (safety != Safety.NONE) {
                open.sync();
            }
        } catch (IOException | RuntimeException e) {
            remove(disk, temporary, e);
            throw e;
        }
    }

    private static void remove(Disk disk, DiskPath temporary, Exception why) {
        try {
            disk.unlink(temporary);
        } catch (IOException again) {
            why.addSuppressed(again);
        }
    }
}
