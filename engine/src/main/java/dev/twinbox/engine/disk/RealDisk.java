package dev.twinbox.engine.disk;

import dev.twinbox.engine.run.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The disk of a Linux machine, by java.nio.file. Safe for use by several threads.
 *
 * <p>Written for few system calls, since a first copy is bound by them. Per copied mail: {@code stat} 1,
 * {@code openRead(file, seen)} 1, {@code create} 1, {@code appendAll} 2, {@code setMtime} 2, two closes, {@code rename}
 * 1: ten calls in all.
 *
 * <p>Known limits of Java 17: a file is opened for reading without O_NONBLOCK, so {@link #openRead(DiskPath)} looks
 * first (one lstat more) and a pipe that is put there between the two would block; there is no fstat, see
 * {@link DiskFile#info}; there is no syncfs, so coreutils' {@code sync} is run for it.
 */
public final class RealDisk implements Disk {
    /** The bits of a mode that say what a path is, and what they are for a socket. */
    private static final int TYPE_MASK = 0170000;

    private static final int TYPE_SOCKET = 0140000;

    private static final LinkOption NOFOLLOW = LinkOption.NOFOLLOW_LINKS;
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, NOFOLLOW);
    private static final Set<OpenOption> WRITE = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, NOFOLLOW);
    private static final Set<OpenOption> WRITE_OR_CREATE =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE, NOFOLLOW);
    private static final Set<OpenOption> CREATE =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, NOFOLLOW);
    private static final PosixFilePermission[] BITS = {
        PosixFilePermission.OTHERS_EXECUTE, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_READ,
        PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_READ,
        PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_READ
    };

    /** Size of the copy buffer, bytes. A mail shorter than this is copied by one read and one write. */
    static final int COPY_BUFFER = 128 * 1024;

    private static final int GROUP_AND_OTHERS = 0077;

    /** Fewer names than these are listed faster than a watch is begun. */
    static final int WATCHED_MIN = 20_000;

    private final Clock clock;
    private final FileAttribute<?> fileMode = modeAttribute(FILE_MODE);
    private final FileAttribute<?> folderMode = modeAttribute(FOLDER_MODE);
    private final AtomicReference<@Nullable ByteBuffer> spareBuffer = new AtomicReference<>();

    /**
     * A view of the machine's disk.
     *
     * @param clock what lock waits are measured with
     */
    public RealDisk(Clock clock) {
        this.clock = clock;
    }

    /**
     * The path that a path given by a person leads to once every link in it, the last level included, is followed. An
     * account's root is put through this once; below it, links are not followed.
     */
    public DiskPath resolveLinks(DiskPath path) throws IOException {
        try {
            Path real = JavaPaths.toJava(path).toRealPath();
            return DiskPath.of(JavaPaths.toBytes(real));
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public Optional<FileInfo> stat(DiskPath path) throws IOException {
        return Optional.ofNullable(look(path, JavaPaths.toJava(path), NOFOLLOW));
    }

    @Override
    public Optional<FileInfo> statFollowing(DiskPath path) throws IOException {
        return Optional.ofNullable(look(path, JavaPaths.toJava(path)));
    }

    /** One lstat(2) or stat(2). */
    static @Nullable FileInfo look(DiskPath path, Path java, LinkOption... options) throws IOException {
        try {
            BasicFileAttributes found = Files.readAttributes(java, BasicFileAttributes.class, options);
            Instant mtime = found.lastModifiedTime().toInstant();
            return new FileInfo(
                    kind(found),
                    found.size(),
                    mtime.getEpochSecond(),
                    mtime.getNano(),
                    Objects.requireNonNull(found.fileKey()));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public OptionalLong ctime(DiskPath path) throws IOException {
        try {
            FileTime ctime = (FileTime) Files.getAttribute(JavaPaths.toJava(path), "unix:ctime", NOFOLLOW);
            return OptionalLong.of(ctime.toInstant().getEpochSecond());
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    private static FileInfo.Kind kind(BasicFileAttributes found) {
        if (found.isRegularFile()) {
            return FileInfo.Kind.FILE;
        }
        if (found.isDirectory()) {
            return FileInfo.Kind.FOLDER;
        }
        return found.isSymbolicLink() ? FileInfo.Kind.LINK : FileInfo.Kind.SPECIAL;
    }

    private static Object required(Map<String, Object> found, String name) {
        return Objects.requireNonNull(found.get(name), name);
    }

    private static BasicFileAttributes brief(DiskPath path, Path java) throws IOException {
        try {
            return Files.readAttributes(java, BasicFileAttributes.class, NOFOLLOW);
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public List<byte[]> list(DiskPath folder) throws IOException {
        NameList names = new NameList();
        eachName(folder, new Consumer<>() {
            @Override
            public void accept(byte[] name) {
                names.append(name);
            }
        });
        return names;
    }

    @Override
    public void eachName(DiskPath folder, Consumer<byte[]> taker) throws IOException {
        Path java = JavaPaths.toJava(folder);
        if (!brief(folder, java).isDirectory()) {
            throw new NotDirectoryException(folder.toString());
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(java)) {
            for (Path entry : entries) {
                taker.accept(JavaPaths.nameOf(entry));
            }
        } catch (DirectoryIteratorException e) {
            throw JavaPaths.named(Objects.requireNonNull(e.getCause()), folder);
        } catch (IOException e) {
            throw JavaPaths.named(e, folder);
        }
    }

    @Override
    public @Nullable FolderWatch watch(List<DiskPath> folders, DiskPath marks, int names) {
        return names < WATCHED_MIN ? null : RealWatch.begin(folders, marks, clock);
    }

    @Override
    public DiskFile openRead(DiskPath file) throws IOException {
        Path java = JavaPaths.toJava(file);
        BasicFileAttributes found = brief(file, java);
        if (!found.isRegularFile()) {
            throw notRegular(file);
        }
        return open(file, java, READ, found.fileKey(), found.size());
    }

    @Override
    public DiskFile openRead(DiskPath file, FileInfo seen) throws IOException {
        if (!seen.isFile()) {
            throw notRegular(file);
        }
        return open(file, JavaPaths.toJava(file), READ, seen.fileKey(), seen.size());
    }

    private static FileSystemException notRegular(DiskPath file) {
        return new FileSystemException(file.toString(), null, "not a regular file");
    }

    @Override
    public DiskFile create(DiskPath file, int mode) throws IOException {
        Path java = JavaPaths.toJava(file);
        RealFile made = open(file, java, CREATE, null, 0, mode == FILE_MODE ? fileMode : modeAttribute(mode));
        made.startEmpty();
        try {
            passUmask(file, java, mode);
        } catch (IOException e) {
            made.close();
            throw e;
        }
        return made;
    }

    @Override
    public DiskFile openWrite(DiskPath file, boolean createIfMissing) throws IOException {
        Path java = JavaPaths.toJava(file);
        // Opening for reading and writing never blocks, not even on a pipe, so one look afterwards will do.
        RealFile open = createIfMissing
                ? open(file, java, WRITE_OR_CREATE, null, -1, fileMode)
                : open(file, java, WRITE, null, -1);
        try {
            if (!open.info().isFile()) {
                throw notRegular(file);
            }
        } catch (IOException e) {
            open.close();
            throw e;
        }
        return open;
    }

    private RealFile open(
            DiskPath path,
            Path java,
            Set<OpenOption> options,
            @Nullable Object fileKey,
            long expectedSize,
            FileAttribute<?>... attributes)
            throws IOException {
        try {
            return new RealFile(this, path, java, FileChannel.open(java, options, attributes), fileKey, expectedSize);
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public void rename(DiskPath from, DiskPath to) throws IOException {
        try {
            Files.move(JavaPaths.toJava(from), JavaPaths.toJava(to), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw JavaPaths.named(e, from, to);
        }
    }

    @Override
    public void link(DiskPath existing, DiskPath added) throws IOException {
        try {
            Files.createLink(JavaPaths.toJava(added), JavaPaths.toJava(existing));
        } catch (FileAlreadyExistsException e) {
            throw JavaPaths.named(e, added, existing);
        } catch (IOException e) {
            throw JavaPaths.named(e, existing, added);
        }
    }

    @Override
    public void unlink(DiskPath file) throws IOException {
        Path java = JavaPaths.toJava(file);
        // Files.delete would remove an empty folder as well.
        if (brief(file, java).isDirectory()) {
            throw new FileSystemException(file.toString(), null, "is a folder");
        }
        delete(file, java);
    }

    @Override
    public void removeFolder(DiskPath folder) throws IOException {
        Path java = JavaPaths.toJava(folder);
        if (!brief(folder, java).isDirectory()) {
            throw new NotDirectoryException(folder.toString());
        }
        delete(folder, java);
    }

    private static void delete(DiskPath path, Path java) throws IOException {
        try {
            Files.delete(java);
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public void makeFolder(DiskPath folder, int mode) throws IOException {
        Path java = JavaPaths.toJava(folder);
        try {
            Files.createDirectory(java, mode == FOLDER_MODE ? folderMode : modeAttribute(mode));
        } catch (IOException e) {
            throw JavaPaths.named(e, folder);
        }
        passUmask(folder, java, mode);
    }

    /** The umask may have taken bits for the group and others away; the owner's it leaves alone in practice. */
    private static void passUmask(DiskPath path, Path java, int mode) throws IOException {
        if ((mode & GROUP_AND_OTHERS) != 0) {
            try {
                Files.setPosixFilePermissions(java, permissions(mode));
            } catch (IOException e) {
                throw JavaPaths.named(e, path);
            }
        }
    }

    private static FileAttribute<?> modeAttribute(int mode) {
        return PosixFilePermissions.asFileAttribute(permissions(mode));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < BITS.length; i++) {
            if ((mode & (1 << i)) != 0) {
                set.add(BITS[i]);
            }
        }
        return set;
    }

    @Override
    public void setMtime(DiskPath path, long seconds, int nanos) throws IOException {
        Path java = JavaPaths.toJava(path);
        BasicFileAttributes found = brief(path, java);
        if (!found.isRegularFile() && !found.isDirectory()) {
            // Java opens what it stamps, and a pipe would block it.
            throw notRegular(path);
        }
        stamp(path, java, seconds, nanos, NOFOLLOW);
    }

    /** Sets access and modification time alike: keeping the former would cost one more look. */
    static void stamp(DiskPath path, Path java, long seconds, int nanos, LinkOption... options) throws IOException {
        // Java 17 makes 1970 of a time before it with a fraction of a second.
        FileTime time = FileTime.from(Instant.ofEpochSecond(seconds, seconds < 0 ? 0 : nanos));
        try {
            Files.getFileAttributeView(java, BasicFileAttributeView.class, options)
                    .setTimes(time, time, null);
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public int mode(DiskPath path) throws IOException {
        try {
            return (Integer) Files.getAttribute(JavaPaths.toJava(path), "unix:mode", NOFOLLOW) & 0777;
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public boolean isSocket(DiskPath path) throws IOException {
        try {
            Integer mode = (Integer) Files.getAttribute(JavaPaths.toJava(path), "unix:mode", NOFOLLOW);
            return (mode & TYPE_MASK) == TYPE_SOCKET;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public FileOwner owner(DiskPath path) throws IOException {
        try {
            Map<String, Object> found = Files.readAttributes(JavaPaths.toJava(path), "unix:uid,gid", NOFOLLOW);
            return new FileOwner((Integer) required(found, "uid"), (Integer) required(found, "gid"));
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public DiskPath realPath(DiskPath path) throws IOException {
        DiskPath there = path;
        while (true) {
            try {
                DiskPath real = resolveLinks(there);
                byte[] missing = Arrays.copyOfRange(path.toBytes(), there.toBytes().length, path.toBytes().length);
                return missing.length == 0 ? real : DiskPath.of(concat(real.toBytes(), missing));
            } catch (NoSuchFileException e) {
                if (there.equals(there.parent()) || stat(there).isPresent()) {
                    throw e; // a link to nowhere
                }
                there = there.parent();
            }
        }
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + 1 + second.length);
        both[first.length] = '/'; // the root's path ends in one; a doubled slash is harmless
        System.arraycopy(second, 0, both, first.length + 1, second.length);
        return both;
    }

    @Override
    public boolean isWritable(DiskPath path) {
        return Files.isWritable(JavaPaths.toJava(path));
    }

    @Override
    public void syncFolder(DiskPath folder) throws IOException {
        try (FileChannel open = FileChannel.open(JavaPaths.toJava(folder), READ)) {
            open.force(true);
        } catch (IOException e) {
            throw JavaPaths.named(e, folder);
        }
    }

    @Override
    public void syncFileSystem(DiskPath folder) throws IOException {
        SyncCommand.run(folder);
    }

    @Override
    public Optional<Closeable> flock(DiskPath file) throws IOException {
        return FlockCommand.take(file);
    }

    Clock clock() {
        return clock;
    }

    /** A direct buffer of {@link #COPY_BUFFER} bytes, cleared; to be given back. */
    ByteBuffer borrowBuffer() {
        ByteBuffer spare = spareBuffer.getAndSet(null);
        return spare == null ? ByteBuffer.allocateDirect(COPY_BUFFER) : spare.clear();
    }

    void giveBack(ByteBuffer buffer) {
        spareBuffer.set(buffer);
    }
}
