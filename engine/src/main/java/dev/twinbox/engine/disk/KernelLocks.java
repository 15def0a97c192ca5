package dev.twinbox.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says which process has locked a file, for the message of those who wait. Reads Linux's {@code /proc/locks}, a line for each
 * lock: {@code 4: POSIX ADVISORY WRITE 17467 fe:00:2154499 0 EOF}, with the process and, last of the three numbers, the
 * file's inode. Where there is no such file, or the process cannot be seen from here, nothing is said.
 */
final class KernelLocks {
    private static final DiskPath LIST = DiskPath.of("/proc/locks");
    private static final int LIST_LIMIT = 1 << 20;
    private static final Pattern LINE =
            Pattern.compile("\\d+:\\s+POSIX\\s+\\S+\\s+\\S+\\s+(\\d+)\\s+[0-9a-f]+:[0-9a-f]+:(\\d+)\\s.*");
    private static final Pattern INODE = Pattern.compile("\\bino=(\\d+)\\b");

    private KernelLocks() {}

    /** The id of the process that has locked the file; empty if it is not known, or could be one of several. */
    static String holder(Disk disk, FileInfo file) {
        Matcher key = INODE.matcher(file.fileKey().toString());
        if (!key.find()) {
            return "";
        }
        // The kernel says of the list that it is empty, and makes it up as it is read.
        ByteBuffer list = ByteBuffer.allocate(LIST_LIMIT);
        try (DiskFile open = disk.openRead(LIST)) {
            int count = 0;
            while (count >= 0 && list.hasRemaining()) {
                count = open.read(list, list.position());
            }
            return holder(StandardCharsets.US_ASCII.decode(list.flip()).toString(), key.group(1));
        } catch (IOException e) {
            return "";
        }
    }

    static String holder(String list, String inode) {
        TreeSet<String> holders = new TreeSet<>();
        list.lines().forEach(line -> {
            Matcher lock = LINE.matcher(line);
            if (lock.matches() && lock.group(2).equals(inode) && !lock.group(1).equals("0")) {
                holders.add(lock.group(1));
            }
        });
        return holders.size() == 1 ? holders.first() : "";
    }
}
