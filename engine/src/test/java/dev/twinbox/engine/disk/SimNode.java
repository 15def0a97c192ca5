package dev.twinbox.engine.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An inode of a {@link SimDisk}: what the running system sees, and what would be left after a power loss. Names are held as
 * ISO 8859-1 text, one letter a byte.
 */
abstract class SimNode {
    private static final long MILLIS_PER_SECOND = 1000;
    private static final int NANOS_PER_MILLI = 1_000_000;

    final long id;
    int mode;
    long mtimeSeconds;
    int mtimeNanos;
    long ctimeSeconds;

    SimNode(long id, int mode, long nowMillis) {
        this.id = id;
        this.mode = mode;
        changed(nowMillis);
    }

    abstract FileInfo.Kind kind();

    abstract long size();

    /** The content changed now. */
    final void changed(long nowMillis) {
        mtimeSeconds = Math.floorDiv(nowMillis, MILLIS_PER_SECOND);
        mtimeNanos = (int) Math.floorMod(nowMillis, MILLIS_PER_SECOND) * NANOS_PER_MILLI;
        ctimeSeconds = mtimeSeconds;
    }

    /** The inode, but not the content, changed now. */
    final void touched(long nowMillis) {
        ctimeSeconds = Math.floorDiv(nowMillis, MILLIS_PER_SECOND);
    }

    final void copyTimes(SimNode other) {
        mode = other.mode;
        mtimeSeconds = other.mtimeSeconds;
        mtimeNanos = other.mtimeNanos;
        ctimeSeconds = other.ctimeSeconds;
    }

    final FileInfo info() {
        return new FileInfo(kind(), size(), mtimeSeconds, mtimeNanos, id);
    }

    /** A regular file. */
    static final class File extends SimNode {
        private static final int FIRST_CAPACITY = 64;

        byte[] data = new byte[0];
        int length;
        byte[] durable = new byte[0];
        long durableMtimeSeconds;
        int durableMtimeNanos;
        /** Whose fcntl lock is on the file. */
        @Nullable
        SimFile locker;

        File(long id, int mode, long nowMillis) {
            super(id, mode, nowMillis);
            durableMtimeSeconds = mtimeSeconds;
            durableMtimeNanos = mtimeNanos;
        }

        @Override
        FileInfo.Kind kind() {
            return FileInfo.Kind.FILE;
        }

        @Override
        long size() {
            return length;
        }

        void resize(int size) {
            if (size > data.length) {
                data = Arrays.copyOf(data, Math.max(size, Math.max(FIRST_CAPACITY, data.length * 2)));
            }
            if (size < length) {
                Arrays.fill(data, size, length, (byte) 0);
            }
            length = size;
        }

        void sync() {
            durable = Arrays.copyOf(data, length);
            durableMtimeSeconds = mtimeSeconds;
            durableMtimeNanos = mtimeNanos;
        }

        boolean isDurable() {
            return Arrays.equals(data, 0, length, durable, 0, durable.length)
                    && durableMtimeSeconds == mtimeSeconds
                    && durableMtimeNanos == mtimeNanos;
        }
    }

    /** A folder. */
    static final class Folder extends SimNode {
        final Map<String, SimNode> live = new TreeMap<>();
        final Map<String, SimNode> durable = new TreeMap<>();
        final List<Change> pending = new ArrayList<>();
        final List<SimWatch> watches = new ArrayList<>();
        /** The mtime that belongs to the durable names: a journal keeps the two together. */
        long durableMillis;

        Folder(long id, int mode, long nowMillis) {
            super(id, mode, nowMillis);
            durableMillis = nowMillis;
        }

        @Override
        FileInfo.Kind kind() {
            return FileInfo.Kind.FOLDER;
        }

        @Override
        long size() {
            return 4096;
        }

        Change change(@Nullable String removed, @Nullable String added, @Nullable SimNode node, long nowMillis) {
            Change change = new Change(this, removed, added, node);
            change.millis = nowMillis;
            change.applyTo(live);
            pending.add(change);
            changed(nowMillis);
            for (SimWatch watch : watches) {
                if (removed != null) {
                    watch.went(this, removed);
                }
                if (added != null) {
                    watch.came(this, added);
                }
            }
            return change;
        }
    }

    /** A symbolic link. */
    static final class Link extends SimNode {
        final DiskPath target;

        Link(long id, long nowMillis, DiskPath target) {
            super(id, 0777, nowMillis);
            this.target = target;
        }

        @Override
        FileInfo.Kind kind() {
            return FileInfo.Kind.LINK;
        }

        @Override
        long size() {
            return target.toBytes().length;
        }
    }

    /** A pipe or a device. */
    static final class Special extends SimNode {
        Special(long id, long nowMillis) {
            super(id, 0600, nowMillis);
        }

        @Override
        FileInfo.Kind kind() {
            return FileInfo.Kind.SPECIAL;
        }

        @Override
        long size() {
            return 0;
        }
    }

    /** One step in the history of a folder that a power loss may undo. */
    static final class Change {
        /** When it was made. */
        long millis;

        final Folder folder;
        final @Nullable String removed;
        final @Nullable String added;
        final @Nullable SimNode node;
        /** The other half of a rename from folder to folder: journals keep both or none. */
        @Nullable
        Change partner;

        Change(Folder folder, @Nullable String removed, @Nullable String added, @Nullable SimNode node) {
            this.folder = folder;
            this.removed = removed;
            this.added = added;
            this.node = node;
        }

        void applyTo(Map<String, SimNode> entries) {
            if (removed != null) {
                entries.remove(removed);
            }
            if (added != null && node != null) {
                entries.put(added, node);
            }
        }
    }
}
