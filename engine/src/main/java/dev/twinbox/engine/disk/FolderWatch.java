package dev.twinbox.engine.disk;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sees which names come and go in some folders, whoever makes or removes them. Used by one thread. */
public interface FolderWatch extends AutoCloseable {
    /**
     * All that happened from when the watch began until this call. Ask once.
     *
     * @param mark a path in the folder for marks, which nobody has: it comes and goes, and what is seen before it happened before
     * @return null if something may have been missed
     */
    @Nullable
    NameChanges changes(DiskPath mark) throws IOException;

    @Override
    void close() throws IOException;
}
