package dev.twinbox.engine.disk;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** A watch of folders of a {@link SimDisk}, which misses nothing. */
final class SimWatch implements FolderWatch {
    private final SimDisk disk;
    private final Map<SimNode.Folder, DiskPath> folders = new LinkedHashMap<>();
    private final NameChanges changes = new NameChanges();

    SimWatch(SimDisk disk) {
        this.disk = disk;
    }

    void begin(SimNode.Folder folder, DiskPath path) {
        folders.put(folder, path);
        folder.watches.add(this);
    }

    void came(SimNode.Folder folder, String name) {
        changes.came(path(folder, name));
    }

    void went(SimNode.Folder folder, String name) {
        changes.went(path(folder, name));
    }

    private DiskPath path(SimNode.Folder folder, String name) {
        return Objects.requireNonNull(folders.get(folder)).resolve(name.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public NameChanges changes(DiskPath mark) {
        return changes;
    }

    @Override
    public void close() {
        synchronized (disk.state) {
            folders.keySet().forEach(folder -> folder.watches.remove(this));
        }
    }
}
