package dev.twinbox.engine.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.FaultDisk.Trouble;
import dev.twinbox.engine.run.SimClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GatheringFileTest {
    private static final DiskPath FILE = DiskPath.of("/file");

    private final SimDisk disk = new SimDisk(new SimClock());
    private final FaultDisk counted = new FaultDisk(disk);

    private GatheringFile made() throws IOException {
        return new GatheringFile(counted.create(FILE, Disk.FILE_MODE), false);
    }

    private byte[] content() throws IOException {
        return disk.readAll(FILE, 1 << 30);
    }

    private static byte[] random(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void manySmallAppendsAreFewWrites() throws Exception {
        try (GatheringFile file = made()) {
            for (int i = 0; i < 1000; i++) {
                file.append(ByteBuffer.wrap(new byte[] {(byte) i, 1, 2}));
                assertEquals(3L * i + 3, file.size());
            }
        }

        assertEquals(3000, content().length);
        assertEquals(1, counted.changes("append"));
    }

    @Test
    void theDiskIsAskedToBeginEarlyIfTheFileIsToBeSynced() throws Exception {
        for (boolean durable : new boolean[] {true, false}) {
            AtomicInteger asked = new AtomicInteger();
            DiskPath path = DiskPath.of("/durable-" + durable);
            DiskFile real = disk.create(path, Disk.FILE_MODE);
            DiskFile counting = (DiskFile) Proxy.newProxyInstance(
                    DiskFile.class.getClassLoader(), new Class<?>[] {DiskFile.class}, (proxy, method, arguments) -> {
                        asked.addAndGet(method.getName().equals("startSync") ? 1 : 0);
                        return method.invoke(real, arguments);
                    });
            try (GatheringFile file = new GatheringFile(counting, durable)) {
                for (int i = 0; i < 3 * GatheringFile.WRITE_OUT / 1024; i++) {
                    file.append(ByteBuffer.wrap(new byte[1024]));
                }
            }

            assertEquals(durable ? 3 : 0, asked.get());
        }
    }

    @Test
    void theFileIsWhatItWouldBeWithoutGathering() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        byte[] expected = new byte[0];
        try (GatheringFile file = made()) {
            for (int i = 0; i < 300; i++) {
                byte[] bytes = random(random, random.nextInt(i % 10 == 0 ? 2 * GatheringFile.ROOM : 5000));
                if (i % 7 == 3) {
                    int size = random.nextInt(expected.length + 1);
                    file.truncate(size);
                    expected = Arrays.copyOf(expected, size);
                } else if (i % 11 == 5 && expected.length >= 100) {
                    int at = random.nextInt(expected.length - 99);
                    file.write(ByteBuffer.wrap(bytes, 0, Math.min(100, bytes.length)), at);
                    System.arraycopy(bytes, 0, expected, at, Math.min(100, bytes.length));
                } else {
                    file.append(ByteBuffer.wrap(bytes));
                    ByteArrayOutputStream joined = new ByteArrayOutputStream();
                    joined.writeBytes(expected);
                    joined.writeBytes(bytes);
                    expected = joined.toByteArray();
                }
                assertEquals(expected.length, file.size());
            }
        }

        assertArrayEquals(expected, content());
    }

    @Test
    void whatCouldNotBeWrittenIsThereAfterAll() throws Exception {
        GatheringFile file = made();
        file.append(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        counted.failAt(counted.changes(), Trouble.NO_SPACE, false);

        assertThrows(IOException.class, file::sync);
        file.append(ByteBuffer.wrap(new byte[] {4}));
        file.truncate(4);
        file.close();

        assertArrayEquals(new byte[] {1, 2, 3, 4}, content());
    }

    @Test
    void whoClosesTheFileIsToldIfItIsNotWhole() throws Exception {
        GatheringFile file = made();
        file.append(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        counted.failAt(counted.changes(), Trouble.NO_SPACE, true);

        assertThrows(IOException.class, file::close);
    }

    @Test
    void whatIsDiscardedIsNotWritten() throws Exception {
        GatheringFile file = made();
        file.append(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        file.discard();

        assertTrue(content().length == 0);
    }
}
