package dev.twinbox.engine.disk;

import dev.twinbox.engine.run.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that can lose power.
 *
 * <p>{@link #copy} is the disk as a killed process leaves it: everything written is there, locks are gone. {@link #crash}
 * is the disk after a power loss: what was not synced may be gone ({@link SimPower} has the rules). {@link #process} is the
 * same disk as another process sees it, which matters for fcntl locks only.
 *
 * <p>As strict as the real one, and no less: names over 255 bytes, links, pipes, folders that are not empty are refused,
 * and a file's times are the clock's. Permissions are kept but not enforced; {@link FaultDisk} refuses.
 */
public final class SimDisk implements Disk {
    private static final int MOST_LINKS = 40;

    /** Multiplies hashes so that folders are listed in an order that looks like none. */
    private static final int SCATTER = 0x9E3779B1;

    /** What all views of one disk share. */
    static final class State {
        final Clock clock;
        final SimNode.Folder root;
        long nextId;
        int watched;

        @Nullable
        Boolean watches;

        State(Clock clock, SimNode.Folder root, long nextId) {
            this.clock = clock;
            this.root = root;
            this.nextId = nextId;
        }
    }

    final State state;
    final int owner;

    private SimDisk(State state, int owner) {
        this.state = state;
        this.owner = owner;
    }

    /** An empty disk: just the root folder. */
    public SimDisk(Clock clock) {
        this(new State(clock, new SimNode.Folder(2, FOLDER_MODE, clock.epochMillis()), 3), 1);
    }

    /** The same disk as another process sees it. */
    public SimDisk process(int otherOwner) {
        return new SimDisk(state, otherOwner);
    }

    /** A disk of its own in the same state, as after a kill: nothing written is lost, no lock is held. */
    public SimDisk copy() {
        synchronized (state) {
            return new SimDisk(new State(state.clock, SimPower.copy(state.root), state.nextId), owner);
        }
    }

    /** A disk of its own as this one might be found after a power loss. */
    public SimDisk crash(SplittableRandom random) {
        synchronized (state) {
            return new SimDisk(new State(state.clock, SimPower.crash(state.root, random), state.nextId), owner);
        }
    }

    /** Makes a folder and all above it, durably. */
    public SimDisk folders(DiskPath folder) throws IOException {
        if (stat(folder).isEmpty()) {
            folders(folder.parent());
            makeFolder(folder, FOLDER_MODE);
            syncFolder(folder.parent());
        }
        return this;
    }

    /** Plants a symbolic link, durably. */
    public void plantLink(DiskPath link, DiskPath target) throws IOException {
        synchronized (state) {
            plant(link, new SimNode.Link(state.nextId++, now(), target));
        }
    }

    /** Plants a pipe, durably. */
    public void plantSpecial(DiskPath pipe) throws IOException {
        synchronized (state) {
            plant(pipe, new SimNode.Special(state.nextId++, now()));
        }
    }

    private void plant(DiskPath path, SimNode node) throws IOException {
        SimNode.Folder folder = parentForNew(path);
        folder.change(null, nameOf(path), node, now());
        SimPower.syncFolder(folder);
    }

    @Override
    public Optional<FileInfo> stat(DiskPath path) throws IOException {
        synchronized (state) {
            SimNode node = find(path);
            return node == null ? Optional.empty() : Optional.of(node.info());
        }
    }

    @Override
    public OptionalLong ctime(DiskPath path) throws IOException {
        synchronized (state) {
            SimNode node = find(path);
            return node == null ? OptionalLong.empty() : OptionalLong.of(node.ctimeSeconds);
        }
    }

    @Override
    public Optional<FileInfo> statFollowing(DiskPath path) throws IOException {
        synchronized (state) {
            SimNode node = follow(path, find(path));
            return node == null ? Optional.empty() : Optional.of(node.info());
        }
    }

    @Override
    public List<byte[]> list(DiskPath folder) throws IOException {
        synchronized (state) {
            List<String> names =
                    new ArrayList<>(folder(folder, existing(folder)).live.keySet());
            names.sort((a, b) -> Integer.compare(a.hashCode() * SCATTER, b.hashCode() * SCATTER));
            List<byte[]> result = new ArrayList<>(names.size());
            for (String name : names) {
                result.add(name.getBytes(StandardCharsets.ISO_8859_1));
            }
            return result;
        }
    }

    /** Whether folders can be watched; if nobody has said so they can every other time. */
    public void watches(boolean always) {
        state.watches = always;
    }

    @Override
    public @Nullable FolderWatch watch(List<DiskPath> folders, DiskPath marks, int names) {
        synchronized (state) {
            state.watched++;
            Boolean always = state.watches;
            if (always == null ? state.watched % 2 == 0 : !always) {
                return null;
            }
            SimWatch watch = new SimWatch(this);
            try {
                for (DiskPath each : folders) {
                    watch.begin(folder(each, existing(each)), each);
                }
                folder(marks, existing(marks));
            } catch (IOException e) {
                watch.close();
                return null;
            }
            return watch;
        }
    }

    @Override
    public DiskFile openRead(DiskPath file) throws IOException {
        synchronized (state) {
            return new SimFile(this, file, file(file, existing(file)), false, true);
        }
    }

    @Override
    public DiskFile create(DiskPath file, int mode) throws IOException {
        synchronized (state) {
            SimNode.Folder folder = parentForNew(file);
            SimNode.File node = new SimNode.File(state.nextId++, mode, now());
            folder.change(null, nameOf(file), node, now());
            return new SimFile(this, file, node, true, false);
        }
    }

    @Override
    public DiskFile openWrite(DiskPath file, boolean createIfMissing) throws IOException {
        synchronized (state) {
            SimNode node = find(file);
            if (node == null && createIfMissing) {
                return create(file, FILE_MODE);
            }
            return new SimFile(this, file, file(file, existing(file)), true, true);
        }
    }

    @Override
    public void rename(DiskPath from, DiskPath to) throws IOException {
        synchronized (state) {
            SimNode moved = existing(from);
            SimNode.Folder source = parent(from);
            SimNode.Folder target = parent(to);
            checkName(to);
            SimNode replaced = target.live.get(nameOf(to));
            if (replaced == moved) {
                return;
            }
            if (moved instanceof SimNode.Folder) {
                if (to.startsWith(from)) {
                    throw trouble(from, "cannot be moved into itself");
                }
                if (replaced != null && !folder(to, replaced).live.isEmpty()) {
                    throw new DirectoryNotEmptyException(to.toString());
                }
            } else if (replaced instanceof SimNode.Folder) {
                throw trouble(to, "Is a directory");
            }
            long now = now();
            moved.touched(now);
            if (replaced != null) {
                replaced.touched(now);
            }
            if (source == target) {
                source.change(nameOf(from), nameOf(to), moved, now);
            } else {
                SimNode.Change added = target.change(null, nameOf(to), moved, now);
                SimNode.Change removed = source.change(nameOf(from), null, null, now);
                added.partner = removed;
                removed.partner = added;
            }
        }
    }

    @Override
    public void link(DiskPath existing, DiskPath added) throws IOException {
        synchronized (state) {
            SimNode node = existing(existing);
            if (node instanceof SimNode.Folder) {
                throw trouble(existing, "Operation not permitted");
            }
            SimNode.Folder folder = parentForNew(added);
            node.touched(now());
            folder.change(null, nameOf(added), node, now());
        }
    }

    @Override
    public void unlink(DiskPath file) throws IOException {
        synchronized (state) {
            SimNode node = existing(file);
            if (node instanceof SimNode.Folder) {
                throw trouble(file, "is a folder");
            }
            node.touched(now());
            parent(file).change(nameOf(file), null, null, now());
        }
    }

    @Override
    public void makeFolder(DiskPath folder, int mode) throws IOException {
        synchronized (state) {
            parentForNew(folder).change(null, nameOf(folder), new SimNode.Folder(state.nextId++, mode, now()), now());
        }
    }

    @Override
    public void removeFolder(DiskPath folder) throws IOException {
        synchronized (state) {
            if (!folder(folder, existing(folder)).live.isEmpty()) {
                throw new DirectoryNotEmptyException(folder.toString());
            }
            parent(folder).change(nameOf(folder), null, null, now());
        }
    }

    @Override
    public void setMtime(DiskPath path, long seconds, int nanos) throws IOException {
        synchronized (state) {
            SimNode node = existing(path);
            if (!(node instanceof SimNode.File) && !(node instanceof SimNode.Folder)) {
                throw trouble(path, "not a regular file");
            }
            setMtime(node, seconds, nanos);
        }
    }

    void setMtime(SimNode node, long seconds, int nanos) {
        node.mtimeSeconds = seconds;
        node.mtimeNanos = seconds < 0 ? 0 : nanos;
        node.touched(now());
    }

    @Override
    public int mode(DiskPath path) throws IOException {
        synchronized (state) {
            return existing(path).mode;
        }
    }

    @Override
    public boolean isWritable(DiskPath path) {
        synchronized (state) {
            try {
                return find(path) != null;
            } catch (IOException e) {
                return false;
            }
        }
    }

    @Override
    public void syncFolder(DiskPath folder) throws IOException {
        synchronized (state) {
            SimPower.syncFolder(folder(folder, existing(folder)));
        }
    }

    @Override
    public void syncFileSystem(DiskPath folder) throws IOException {
        synchronized (state) {
            folder(folder, existing(folder));
            SimPower.syncAll(state.root);
        }
    }

    long now() {
        return state.clock.epochMillis();
    }

    /** What lies at the path, links in the last level not followed. */
    @Nullable
    SimNode find(DiskPath path) throws IOException {
        return find(path, 0);
    }

    private @Nullable SimNode find(DiskPath path, int links) throws IOException {
        DiskPath above = path.parent();
        if (above.equals(path)) {
            return state.root;
        }
        checkName(path);
        SimNode folder = follow(above, find(above, links), links);
        if (folder == null) {
            return null;
        }
        if (folder instanceof SimNode.Folder inside) {
            return inside.live.get(nameOf(path));
        }
        throw trouble(path, "Not a directory");
    }

    private @Nullable SimNode follow(DiskPath path, @Nullable SimNode node) throws IOException {
        return follow(path, node, 0);
    }

    private @Nullable SimNode follow(DiskPath path, @Nullable SimNode node, int links) throws IOException {
        if (node instanceof SimNode.Link link) {
            if (links >= MOST_LINKS) {
                throw trouble(path, "Too many levels of symbolic links");
            }
            return follow(link.target, find(link.target, links + 1), links + 1);
        }
        return node;
    }

    private SimNode existing(DiskPath path) throws IOException {
        SimNode node = find(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        return node;
    }

    private SimNode.Folder parent(DiskPath path) throws IOException {
        SimNode node = follow(path.parent(), existing(path.parent()));
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        return folder(path.parent(), node);
    }

    private SimNode.Folder parentForNew(DiskPath path) throws IOException {
        checkName(path);
        SimNode.Folder folder = parent(path);
        if (folder.live.containsKey(nameOf(path))) {
            throw new FileAlreadyExistsException(path.toString());
        }
        return folder;
    }

    private static SimNode.Folder folder(DiskPath path, SimNode node) throws IOException {
        if (node instanceof SimNode.Folder folder) {
            return folder;
        }
        throw new NotDirectoryException(path.toString());
    }

    private static SimNode.File file(DiskPath path, SimNode node) throws IOException {
        if (node instanceof SimNode.File file) {
            return file;
        }
        throw trouble(path, "not a regular file");
    }

    private static void checkName(DiskPath path) throws IOException {
        if (path.name().length > DiskPath.MAX_NAME_LENGTH) {
            throw trouble(path, "File name too long");
        }
    }

    static FileSystemException trouble(DiskPath path, String reason) {
        return new FileSystemException(path.toString(), null, reason);
    }

    private static String nameOf(DiskPath path) {
        return new String(path.name(), StandardCharsets.ISO_8859_1);
    }
}
