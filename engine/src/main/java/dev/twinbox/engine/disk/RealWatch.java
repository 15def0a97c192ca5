package dev.twinbox.engine.disk;

import dev.twinbox.engine.run.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** inotify(7), as java.nio.file has it: at most some 500 changes of each folder, then it says that it missed some. */
final class RealWatch implements FolderWatch {
    /** What the kernel sees all changes of; those of a network's files may be made elsewhere. */
    private static final Set<String> FILE_SYSTEMS =
            Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs", "tmpfs");

    /** How long the kernel may take to say what it saw, in milliseconds. */
    private static final long WAIT_MILLIS = 2_000;

    private static final WatchEvent.Kind<?>[] NAMES = {
        StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE
    };

    private final WatchService service;
    private final Clock clock;
    private final Map<WatchKey, DiskPath> folders = new HashMap<>();
    private final WatchKey marks;
    private final NameChanges changes = new NameChanges();
    private boolean missed;

    private RealWatch(WatchService service, List<DiskPath> folders, DiskPath marks, Clock clock) throws IOException {
        this.service = service;
        this.clock = clock;
        for (DiskPath folder : folders) {
            this.folders.put(JavaPaths.toJava(folder).register(service, NAMES), folder);
        }
        this.marks = JavaPaths.toJava(marks).register(service, NAMES);
    }

    /** Null if not all changes would be seen, or the kernel has no more watches to give. */
    static @Nullable RealWatch begin(List<DiskPath> folders, DiskPath marks, Clock clock) {
        WatchService service = null;
        try {
            for (DiskPath folder : folders) {
                if (!FILE_SYSTEMS.contains(
                        Files.getFileStore(JavaPaths.toJava(folder)).type())) {
                    return null;
                }
            }
            service = JavaPaths.toJava(marks).getFileSystem().newWatchService();
            RealWatch begun = new RealWatch(service, folders, marks, clock);
            service = null;
            return begun;
        } catch (IOException e) {
            return null;
        } finally {
            closeQuietly(service);
        }
    }

    private static void closeQuietly(@Nullable WatchService service) {
        try {
            if (service != null) {
                service.close();
            }
        } catch (IOException e) {
            // It has seen nothing that would be missed.
        }
    }

    @Override
    public @Nullable NameChanges changes(DiskPath mark) throws IOException {
        Path file = JavaPaths.toJava(mark);
        Files.createFile(file);
        Files.delete(file);
        long start = clock.monotonicNanos();
        try {
            boolean marked = false;
            while (!marked && !missed) {
                long waited = TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos() - start);
                WatchKey key = service.poll(Math.max(0, WAIT_MILLIS - waited), TimeUnit.MILLISECONDS);
                if (key == null) {
                    return null;
                }
                marked = take(key, file);
            }
            // What was seen before the mark is with the other folders by now.
            for (WatchKey key = service.poll(); key != null && !missed; key = service.poll()) {
                take(key, file);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        return missed ? null : changes;
    }

    /** Returns whether the mark was among what is known of one folder. */
    private boolean take(WatchKey key, Path mark) {
        boolean marked = false;
        DiskPath folder = folders.get(key);
        for (WatchEvent<?> event : key.pollEvents()) {
            if (!(event.context() instanceof Path name)) {
                missed = true; // too much happened at once
            } else if (folder == null) {
                marked |= name.equals(mark.getFileName());
            } else {
                DiskPath path = folder.resolve(JavaPaths.nameOf(name));
                for (int times = 0; times < event.count(); times++) {
                    if (event.kind().equals(StandardWatchEventKinds.ENTRY_CREATE)) {
                        changes.came(path);
                    } else {
                        changes.went(path);
                    }
                }
            }
        }
        missed |= !key.reset(); // the folder itself is gone
        return marked && key.equals(marks);
    }

    @Override
    public void close() throws IOException {
        service.close();
    }
}
