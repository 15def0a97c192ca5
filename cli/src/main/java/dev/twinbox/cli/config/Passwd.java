package dev.twinbox.cli.config;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The machine's users: {@code /etc/passwd}, lines {@code name:x:uid:gid:comment:home:shell} (passwd(5)). Directory services
 * are not asked; for their users there is {@code mail_home}.
 */
public final class Passwd {
    /** Longest file read, bytes. */
    private static final int SIZE_MAX = 64 << 20;

    private static final DiskPath FILE = DiskPath.of("/etc/passwd");
    private static final int FIELDS = 7;

    private Passwd() {}

    /** One user. */
    public record Entry(String name, int uid, int gid, String home) {}

    /** The user of that name, or null. */
    public static @Nullable Entry byName(Disk disk, String name) throws IOException {
        return find(disk, name, -1);
    }

    /** The first user of that number, or null. */
    public static @Nullable Entry byUid(Disk disk, int uid) throws IOException {
        return find(disk, null, uid);
    }

    private static @Nullable Entry find(Disk disk, @Nullable String name, int uid) throws IOException {
        String text = new String(disk.readAll(FILE, SIZE_MAX), StandardCharsets.UTF_8);
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                end = text.length();
            }
            Entry entry = parse(text.substring(start, end));
            if (entry != null
                    && (name == null ? entry.uid() == uid : entry.name().equals(name))) {
                return entry;
            }
            start = end + 1;
        }
        return null;
    }

    /** A line, or null if it is none of a user. */
    static @Nullable Entry parse(String line) {
        String[] fields = new String[FIELDS];
        int start = 0;
        for (int i = 0; i < FIELDS; i++) {
            int end = i == FIELDS - 1 ? line.length() : line.indexOf(':', start);
            if (end < 0) {
                return null;
            }
            fields[i] = line.substring(start, end);
            start = end + 1;
        }
        try {
            return new Entry(
                    fields[0], Integer.parseUnsignedInt(fields[2]), Integer.parseUnsignedInt(fields[3]), fields[5]);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
