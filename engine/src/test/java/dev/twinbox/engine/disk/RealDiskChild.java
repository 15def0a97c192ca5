package dev.twinbox.engine.disk;

import dev.twinbox.engine.run.SystemClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What {@link RealDiskTest} runs in a JVM of its own; says one word. */
final class RealDiskChild {
    private static final byte[] NAME = {(byte) 0xC3, (byte) 0xA4, (byte) 0xFF, '\n', 'x'};

    private RealDiskChild() {}

    public static void main(String[] arguments) throws IOException {
        RealDisk disk = new RealDisk(new SystemClock());
        DiskPath path = DiskPath.of(arguments[1]);
        switch (arguments[0]) {
            case "names" -> System.out.println(names(disk, path));
            case "try" -> {
                try (DiskFile file = disk.openWrite(path, false)) {
                    System.out.println(file.lock(0) ? "taken" : "refused");
                }
            }
            case "hold" -> {
                DiskFile file = disk.openWrite(path, false);
                System.out.println(file.lock(0) ? "taken" : "refused");
                // Until we are killed.
                int more = System.in.read();
                file.close();
                System.exit(more);
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static String names(RealDisk disk, DiskPath folder) throws IOException {
        DiskPath inner = folder.resolve(NAME);
        disk.makeFolder(inner, Disk.FOLDER_MODE);
        DiskPath file = inner.resolve(NAME);
        try (DiskFile made = disk.create(inner.resolve("tmp"), Disk.FILE_MODE)) {
            made.append(ByteBuffer.wrap("x".getBytes(StandardCharsets.US_ASCII)));
        }
        disk.rename(inner.resolve("tmp"), file);
        disk.setMtime(file, 1_000_000_000, 0);
        disk.syncFolder(inner);
        disk.syncFileSystem(inner);
        if (!Arrays.equals(disk.list(folder).get(0), NAME)
                || !Arrays.equals(disk.list(inner).get(0), NAME)) {
            return "list damages names";
        }
        if (!Arrays.equals(disk.resolveLinks(file).name(), NAME)) {
            return "resolveLinks damages names";
        }
        return disk.readAll(file, 9).length == 1 ? "good" : "wrong content";
    }
}
