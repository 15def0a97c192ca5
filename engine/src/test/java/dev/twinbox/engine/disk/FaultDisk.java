package dev.twinbox.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Any disk, with every change counted, and trouble where a test wants it.
 *
 * <p>Changes are create, append, write, truncate, setMtime, sync, syncFolder, syncFileSystem, rename, link, unlink,
 * makeFolder, removeFolder; they are numbered from 0. The usual loop:
 *
 * <pre>{@code
 * for (int n = 0; ; n++) {
 *     SimDisk disk = prepared.copy();
 *     FaultDisk faulty = new FaultDisk(disk).crashAt(n, Moment.AFTER);
 *     try {
 *         run(faulty);
 *         break; // ran through: every crash point is covered
 *     } catch (SimulatedCrash expected) {
 *         check(disk.copy()); // the process was killed; or disk.crash(random): the power was lost
 *     }
 * }
 * }</pre>
 */
public final class FaultDisk implements Disk {
    /** When, relative to an operation, a crash falls. */
    public enum Moment {
        BEFORE,
        /** Half of the bytes are written; for operations without bytes the same as AFTER. */
        MIDDLE,
        AFTER
    }

    /** What goes wrong. */
    public enum Trouble {
        NO_SPACE,
        IO_ERROR,
        DENIED
    }

    /** Is called before every operation, reads and opens included, with its name and path; may change the disk. */
    public interface Hook {
        void before(String operation, DiskPath path) throws IOException;
    }

    /** A step on the disk underneath. */
    interface Action {
        void run() throws IOException;
    }

    private static final int NEVER = -1;

    private final Disk disk;
    private final List<String> log = new ArrayList<>();
    private final List<DiskFile> openFiles = new ArrayList<>();
    private int crashAt = NEVER;
    private Moment moment = Moment.BEFORE;
    private int failAt = NEVER;
    private boolean failForEver;
    private Trouble trouble = Trouble.IO_ERROR;
    private boolean readOnly;
    private boolean crashed;
    private @Nullable Hook hook;

    /** Counts, and does no harm. */
    public FaultDisk(Disk disk) {
        this.disk = disk;
    }

    /** The process dies at change {@code n}; every operation after it dies as well. */
    public FaultDisk crashAt(int n, Moment when) {
        crashAt = n;
        moment = when;
        return this;
    }

    /** Change {@code n} fails and has no effect; with {@code forEver} every later one too. */
    public FaultDisk failAt(int n, Trouble what, boolean forEver) {
        failAt = n;
        trouble = what;
        failForEver = forEver;
        return this;
    }

    /** Every change is refused. */
    public FaultDisk readOnly() {
        readOnly = true;
        return this;
    }

    /** Somebody looks on, or interferes. */
    public FaultDisk before(Hook newHook) {
        hook = newHook;
        return this;
    }

    /** How many changes there were, attempts included. */
    public synchronized int changes() {
        return log.size();
    }

    /** How many changes of one kind, such as {@code "syncFolder"}, there were. */
    public synchronized int changes(String operation) {
        int count = 0;
        for (String line : log) {
            if (line.startsWith(operation + " ")) {
                count++;
            }
        }
        return count;
    }

    /** The changes in order, as {@code "rename /a /b"}. */
    public synchronized List<String> log() {
        return List.copyOf(log);
    }

    /** Whether the process has died. */
    public synchronized boolean crashed() {
        return crashed;
    }

    /** Files that are open now; empty after a well-behaved run. */
    public synchronized int openFiles() {
        return openFiles.size();
    }

    /** Something that changes nothing. */
    void look(String operation, DiskPath path) throws IOException {
        checkAlive(operation);
        Hook onlooker = hook;
        if (onlooker != null) {
            onlooker.before(operation, path);
        }
    }

    private synchronized void checkAlive(String operation) {
        if (crashed) {
            throw new SimulatedCrash(operation + " after the crash");
        }
    }

    void change(String operation, DiskPath path, Action whole) throws IOException {
        change(operation, path, path.toString(), whole, whole);
    }

    void change(String operation, DiskPath path, String line, Action half, Action whole) throws IOException {
        look(operation, path);
        int n;
        synchronized (this) {
            n = log.size();
            log.add(operation + " " + line);
        }
        if (readOnly) {
            throw new FileSystemException(path.toString(), null, "Read-only file system");
        }
        if (failAt != NEVER && (n == failAt || (failForEver && n > failAt))) {
            throw switch (trouble) {
                case NO_SPACE -> new FileSystemException(path.toString(), null, "No space left on device");
                case IO_ERROR -> new FileSystemException(path.toString(), null, "Input/output error");
                case DENIED -> new AccessDeniedException(path.toString());
            };
        }
        if (n != crashAt) {
            whole.run();
            return;
        }
        switch (moment) {
            case BEFORE -> {}
            case MIDDLE -> half.run();
            case AFTER -> whole.run();
        }
        die(n + ": " + operation + " " + line);
    }

    private synchronized void die(String where) throws IOException {
        crashed = true;
        // A dead process holds no lock.
        for (DiskFile file : openFiles) {
            file.close();
        }
        openFiles.clear();
        throw new SimulatedCrash("crash at change " + where);
    }

    private synchronized FaultFile opened(DiskFile file, DiskPath path) {
        openFiles.add(file);
        return new FaultFile(this, file, path);
    }

    void closed(DiskFile file) throws IOException {
        synchronized (this) {
            openFiles.remove(file);
        }
        file.close();
    }

    @Override
    public Optional<FileInfo> stat(DiskPath path) throws IOException {
        look("stat", path);
        return disk.stat(path);
    }

    @Override
    public OptionalLong ctime(DiskPath path) throws IOException {
        look("stat", path);
        return disk.ctime(path);
    }

    @Override
    public Optional<FileInfo> statFollowing(DiskPath path) throws IOException {
        look("stat", path);
        return disk.statFollowing(path);
    }

    @Override
    public List<byte[]> list(DiskPath folder) throws IOException {
        look("list", folder);
        return disk.list(folder);
    }

    @Override
    public @Nullable FolderWatch watch(List<DiskPath> folders, DiskPath marks, int names) {
        return disk.watch(folders, marks, names);
    }

    @Override
    public DiskFile openRead(DiskPath file) throws IOException {
        look("openRead", file);
        return opened(disk.openRead(file), file);
    }

    @Override
    public DiskFile openRead(DiskPath file, FileInfo seen) throws IOException {
        look("openRead", file);
        return opened(disk.openRead(file, seen), file);
    }

    @Override
    public DiskFile create(DiskPath file, int mode) throws IOException {
        FaultFile[] made = new FaultFile[1];
        change("create", file, () -> made[0] = opened(disk.create(file, mode), file));
        return made[0];
    }

    @Override
    public DiskFile openWrite(DiskPath file, boolean createIfMissing) throws IOException {
        if (createIfMissing && disk.stat(file).isEmpty()) {
            FaultFile[] made = new FaultFile[1];
            change("create", file, () -> made[0] = opened(disk.openWrite(file, true), file));
            return made[0];
        }
        look("openWrite", file);
        if (readOnly) {
            throw new FileSystemException(file.toString(), null, "Read-only file system");
        }
        return opened(disk.openWrite(file, createIfMissing), file);
    }

    @Override
    public void rename(DiskPath from, DiskPath to) throws IOException {
        Action action = () -> disk.rename(from, to);
        change("rename", from, from + " " + to, action, action);
    }

    @Override
    public void link(DiskPath existing, DiskPath added) throws IOException {
        Action action = () -> disk.link(existing, added);
        change("link", existing, existing + " " + added, action, action);
    }

    @Override
    public void unlink(DiskPath file) throws IOException {
        change("unlink", file, () -> disk.unlink(file));
    }

    @Override
    public void makeFolder(DiskPath folder, int mode) throws IOException {
        change("makeFolder", folder, () -> disk.makeFolder(folder, mode));
    }

    @Override
    public void removeFolder(DiskPath folder) throws IOException {
        change("removeFolder", folder, () -> disk.removeFolder(folder));
    }

    @Override
    public void setMtime(DiskPath path, long seconds, int nanos) throws IOException {
        change("setMtime", path, () -> disk.setMtime(path, seconds, nanos));
    }

    @Override
    public int mode(DiskPath path) throws IOException {
        look("mode", path);
        return disk.mode(path);
    }

    @Override
    public boolean isWritable(DiskPath path) {
        checkAlive("isWritable");
        return !readOnly && disk.isWritable(path);
    }

    @Override
    public void syncFolder(DiskPath folder) throws IOException {
        change("syncFolder", folder, () -> disk.syncFolder(folder));
    }

    @Override
    public void syncFileSystem(DiskPath folder) throws IOException {
        change("syncFileSystem", folder, () -> disk.syncFileSystem(folder));
    }

    /** A file of a disk with faults. */
    private static final class FaultFile implements DiskFile {
        private static final int HALF_BUFFER = 64 * 1024;

        private final FaultDisk faults;
        private final DiskFile file;
        private final DiskPath path;

        FaultFile(FaultDisk faults, DiskFile file, DiskPath path) {
            this.faults = faults;
            this.file = file;
            this.path = path;
        }

        @Override
        public long size() throws IOException {
            faults.look("size", path);
            return file.size();
        }

        @Override
        public FileInfo info() throws IOException {
            faults.look("info", path);
            return file.info();
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            faults.look("read", path);
            return file.read(into, position);
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            faults.change(
                    "append", path, path.toString(), () -> file.append(firstHalf(bytes)), () -> file.append(bytes));
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            faults.change(
                    "write",
                    path,
                    path.toString(),
                    () -> file.write(firstHalf(bytes), position),
                    () -> file.write(bytes, position));
        }

        private static ByteBuffer firstHalf(ByteBuffer bytes) {
            return bytes.slice(bytes.position(), bytes.remaining() / 2);
        }

        @Override
        public long appendAll(DiskFile source) throws IOException {
            DiskFile bare = source instanceof FaultFile wrapped ? wrapped.file : source;
            long[] copied = new long[1];
            faults.change(
                    "append", path, path.toString(), () -> appendHalf(bare), () -> copied[0] = file.appendAll(bare));
            return copied[0];
        }

        private void appendHalf(DiskFile source) throws IOException {
            long half = source.size() / 2;
            long position = 0;
            while (position < half) {
                ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(half - position, HALF_BUFFER));
                int count = source.read(buffer, position);
                if (count < 0) {
                    return;
                }
                position += count;
                file.append(buffer.flip());
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            faults.change("truncate", path, () -> file.truncate(size));
        }

        @Override
        public void setMtime(long seconds, int nanos) throws IOException {
            faults.change("setMtime", path, () -> file.setMtime(seconds, nanos));
        }

        @Override
        public void sync() throws IOException {
            faults.change("sync", path, file::sync);
        }

        @Override
        public boolean lock(long waitMillis) throws IOException {
            faults.look("lock", path);
            return file.lock(waitMillis);
        }

        @Override
        public void unlock() throws IOException {
            faults.look("unlock", path);
            file.unlock();
        }

        @Override
        public void close() throws IOException {
            faults.closed(file);
        }
    }
}
