package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.storage.account.Settlement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The names in {@code new/} and {@code cur/} of a live Maildir.
 *
 * <p>Listing a folder is not atomic: a file that is renamed while readdir(3) runs, as happens at every change of a flag,
 * may be missed or seen twice. So the folders are listed again until a listing is known to be whole: neither folder's mtime
 * moved while it was made, and both are older than the clock tick that mtimes are made of. If others never stand still, a
 * mail counts as gone only if {@value #PASSES_MAX} listings in a row missed it; a listing misses a mail that is being
 * renamed with a chance of about one in 250 under the heaviest use measured.
 *
 * @param fresh names in {@code new/}
 * @param cur names in {@code cur/}
 * @param stamp the folders' state the names belong to
 */
record FolderListing(List<byte[]> fresh, List<byte[]> cur, Stamp stamp) {
    /** Listings of a folder that never stands still. */
    static final int PASSES_MAX = 6;

    /** Looks at folders in which somebody seems to be at work. */
    private static final int SUM_PASSES_MAX = 3;

    static final long TICK_MILLIS = Settlement.TICK_MILLIS;

    /**
     * What can be seen of the folders from outside.
     *
     * @param certain whether a change after this stamp is sure to give another stamp
     */
    record Stamp(FolderTime fresh, FolderTime cur, boolean certain) {
        /** Whether there are no folders: the mailbox is gone. */
        boolean isMissing() {
            return fresh.sameAs(FolderTime.MISSING) && cur.sameAs(FolderTime.MISSING);
        }

        boolean sameAs(Stamp other) {
            return fresh.sameAs(other.fresh) && cur.sameAs(other.cur);
        }
    }

    /** When a folder last changed; {@code -1} nanos if it does not exist. */
    record FolderTime(long seconds, int nanos) {
        static final FolderTime MISSING = new FolderTime(0, -1);

        /** Not {@code equals}: what Java derives for records is made at run time and costs every start some 20 ms. */
        boolean sameAs(FolderTime other) {
            return seconds == other.seconds && nanos == other.nanos;
        }
    }

    static FolderListing read(Disk disk, Clock clock, DiskPath freshFolder, DiskPath curFolder) throws IOException {
        List<FolderListing> passes = new ArrayList<>();
        Stamp before = stamp(disk, clock, freshFolder, curFolder);
        if (!before.certain) {
            clock.sleepMillis(TICK_MILLIS); // a listing that began now could not be known to be whole
            before = stamp(disk, clock, freshFolder, curFolder);
        }
        while (true) {
            List<byte[]> fresh = list(disk, freshFolder);
            List<byte[]> cur = list(disk, curFolder);
            Stamp after = stamp(disk, clock, freshFolder, curFolder);
            boolean still = before.sameAs(after);
            passes.add(new FolderListing(fresh, cur, new Stamp(after.fresh, after.cur, still && before.certain)));
            if ((still && before.certain) || passes.size() == PASSES_MAX) {
                return merged(passes);
            }
            if (still || !after.certain) {
                clock.sleepMillis(TICK_MILLIS);
                after = stamp(disk, clock, freshFolder, curFolder);
            }
            before = after;
        }
    }

    /**
     * The sum of the names, if the folders stood still while they were listed.
     *
     * @param sum of both folders
     * @param stamp a certain one
     */
    record Summed(NameSum sum, Stamp stamp) {}

    /** The names, without keeping any of them; null if somebody is at work in the folders. */
    static @Nullable Summed sum(Disk disk, Clock clock, DiskPath freshFolder, DiskPath curFolder) throws IOException {
        Stamp before = stamp(disk, clock, freshFolder, curFolder);
        for (int pass = 0; pass < SUM_PASSES_MAX; pass++) {
            if (!before.certain) {
                clock.sleepMillis(TICK_MILLIS);
                before = stamp(disk, clock, freshFolder, curFolder);
            }
            NameSum sum = new NameSum();
            add(disk, freshFolder, true, sum);
            add(disk, curFolder, false, sum);
            Stamp after = stamp(disk, clock, freshFolder, curFolder);
            if (before.certain && before.sameAs(after)) {
                return new Summed(sum, before);
            }
            before = after;
        }
        return null;
    }

    private static void add(Disk disk, DiskPath folder, boolean fresh, NameSum sum) throws IOException {
        try {
            disk.eachName(folder, new Consumer<>() {
                @Override
                public void accept(byte[] name) {
                    sum.add(name, fresh);
                }
            });
        } catch (NoSuchFileException e) {
            // It holds nothing.
        }
    }

    /** One pass over the folders, which may miss what is renamed meanwhile. */
    static FolderListing glance(Disk disk, DiskPath freshFolder, DiskPath curFolder) throws IOException {
        Stamp unknown = new Stamp(FolderTime.MISSING, FolderTime.MISSING, false);
        return new FolderListing(list(disk, freshFolder), list(disk, curFolder), unknown);
    }

    static Stamp stamp(Disk disk, Clock clock, DiskPath freshFolder, DiskPath curFolder) throws IOException {
        FolderTime fresh = time(disk, freshFolder);
        FolderTime cur = time(disk, curFolder);
        long now = clock.epochMillis();
        return new Stamp(fresh, cur, isOld(fresh, now) && isOld(cur, now));
    }

    /** A time in the future was set by hand and moves at the next change as well. */
    private static boolean isOld(FolderTime time, long nowMillis) {
        if (time.nanos < 0) {
            return true;
        }
        long millis = time.seconds * 1000 + time.nanos / 1_000_000;
        return nowMillis - millis >= TICK_MILLIS || millis - nowMillis > 1000;
    }

    private static FolderTime time(Disk disk, DiskPath folder) throws IOException {
        Optional<FileInfo> info = disk.stat(folder);
        if (info.isEmpty() || !info.get().isFolder()) {
            return FolderTime.MISSING;
        }
        return new FolderTime(info.get().mtimeSeconds(), info.get().mtimeNanos());
    }

    private static List<byte[]> list(Disk disk, DiskPath folder) throws IOException {
        try {
            return disk.list(folder);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** The last listing and, if it may not be whole, what only earlier ones saw. */
    private static FolderListing merged(List<FolderListing> passes) {
        FolderListing last = passes.get(passes.size() - 1);
        if (last.stamp.certain || passes.size() == 1) {
            return last;
        }
        Set<String> seen = last.bases();
        List<byte[]> fresh = new ArrayList<>(last.fresh);
        List<byte[]> cur = new ArrayList<>(last.cur);
        for (int i = passes.size() - 2; i >= 0; i--) {
            addMissed(seen, passes.get(i).cur, cur);
            addMissed(seen, passes.get(i).fresh, fresh);
        }
        return new FolderListing(fresh, cur, last.stamp);
    }

    /** The names as they stay when flags change. */
    Set<String> bases() {
        Set<String> bases = new HashSet<>();
        addBases(bases, fresh);
        addBases(bases, cur);
        return bases;
    }

    private static void addBases(Set<String> seen, List<byte[]> names) {
        for (byte[] name : names) {
            seen.add(base(name));
        }
    }

    private static void addMissed(Set<String> seen, List<byte[]> names, List<byte[]> into) {
        for (byte[] name : names) {
            if (seen.add(base(name))) {
                into.add(name);
            }
        }
    }

    /** What of a file's name stays when flags change, one character for each byte. */
    static String base(byte[] name) {
        return new String(name, 0, baseLength(name), StandardCharsets.ISO_8859_1);
    }

    /** How much of a file's name stays when flags change. */
    static int baseLength(byte[] name) {
        int end = 0;
        while (end < name.length && name[end] != ':') {
            end++;
        }
        return end;
    }
}
