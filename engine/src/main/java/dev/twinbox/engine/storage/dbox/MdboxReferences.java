package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts how many mails of all mailboxes of an account refer to each mail of its map, as the mailboxes' indexes say. True as
 * long as whoever counts has the map's lock: who adds a reference takes it, and holds it until the mailbox's index has it.
 * Immutable.
 */
final class MdboxReferences {
    /** Deepest folder that is looked into: more levels than a mailbox name can have. */
    private static final int DEPTH_MAX = 300;

    private final Disk disk;
    private final long mapUidValidity;
    private final Map<Long, Integer> counts = new HashMap<>();
    private @Nullable String trouble;

    private MdboxReferences(Disk disk, long mapUidValidity) {
        this.disk = disk;
        this.mapUidValidity = mapUidValidity;
    }

    /**
     * Reads all indexes. None of their locks may be held by this process.
     *
     * @param mailboxes the folder in which the mailboxes' indexes lie, at any depth
     * @param mapUidValidity of the map that is meant
     */
    static MdboxReferences count(Disk disk, DiskPath mailboxes, long mapUidValidity) throws IOException {
        MdboxReferences references = new MdboxReferences(disk, mapUidValidity);
        references.look(mailboxes, 0);
        return references;
    }

    /** How many mails of mailboxes are that mail. */
    int of(long mapUid) {
        return counts.getOrDefault(mapUid, 0);
    }

    /** Why there may be more than was counted; null if there are not. */
    @Nullable
    String trouble() {
        return trouble;
    }

    private void look(DiskPath folder, int depth) throws IOException {
        boolean indexed = false;
        Iterable<byte[]> entries;
        try {
            entries = disk.list(folder);
        } catch (NoSuchFileException e) {
            return;
        }
        for (byte[] entry : entries) {
            String name = new String(entry, StandardCharsets.ISO_8859_1);
            indexed |= name.equals(IndexReader.PREFIX) || name.equals(IndexReader.PREFIX + ".log");
            DiskPath path = folder.resolve(entry);
            if (!disk.stat(path).map(FileInfo::isFolder).orElse(false)) {
                continue;
            }
            if (depth == DEPTH_MAX) {
                trouble = path + " is too deep";
            } else {
                look(path, depth + 1);
            }
        }
        if (indexed) {
            read(folder);
        }
    }

    private void read(DiskPath folder) throws IOException {
        IndexState state;
        try {
            state = IndexReader.read(disk, folder, IndexReader.PREFIX).orElse(null);
        } catch (IndexFormatException e) {
            trouble = folder.resolve(IndexReader.PREFIX) + " cannot be used: " + e.getMessage();
            return;
        }
        if (state == null) {
            return;
        }
        DboxIndexHeader header = DboxIndexHeader.of(state, MdboxBodies.HEADER);
        boolean known = header != null && header.stamp() == mapUidValidity;
        if (state.damage() != null || state.size() > 0 && !known) {
            trouble = folder.resolve(IndexReader.PREFIX) + " is damaged, or was written with another map";
        }
        for (int row = 0; known && row < state.size(); row++) {
            counts.merge(MdboxBodies.entry(state, row).mapUid(), 1, Integer::sum);
        }
    }
}
