package dev.twinbox.engine.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Standard input and output as ways to a peer, over real pipes: whoever waits for the peer can be woken up. */
@Timeout(60)
class StandardStreamsTest {
    /** More than a pipe takes. */
    private static final int MUCH = 1 << 20;

    @TempDir
    private Path folder;

    /** A pipe with both ends open, so that nobody has to wait for the other one. */
    private RandomAccessFile pipe() throws IOException, InterruptedException {
        Path path = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
        return new RandomAccessFile(path.toFile(), "rw");
    }

    private interface Use {
        void run() throws IOException;
    }

    /** Starts it, and waits until it stands still in a read or write of the kernel's. */
    private static Thread blocked(Use use, AtomicReference<String> end) throws InterruptedException {
        Thread thread = new Thread(() -> {
            try {
                use.run();
                end.set("came to the end");
            } catch (IOException e) {
                end.set(e.toString());
            }
        });
        thread.setDaemon(true);
        thread.start();
        while (!isInKernel(thread)) {
            Thread.onSpinWait();
        }
        return thread;
    }

    private static boolean isInKernel(Thread thread) {
        StackTraceElement[] trace = thread.getStackTrace();
        return trace.length > 0
                && trace[0].isNativeMethod()
                && trace[0].getMethodName().matches("(read|write)0");
    }

    @Test
    void aWriterWhomNobodyReadsIsWokenUp() throws Exception {
        try (RandomAccessFile pipe = pipe()) {
            StandardOutput output = new StandardOutput(pipe.getFD());
            AtomicReference<String> end = new AtomicReference<>("");
            Thread writer = blocked(() -> output.write(new byte[MUCH], 0, MUCH), end);
            output.close();
            writer.join();
            assertTrue(String.valueOf(end.get()).contains("cut off here"), end::toString);
        }
    }

    @Test
    void aReaderToWhomNobodySpeaksIsWokenUp() throws Exception {
        try (RandomAccessFile pipe = pipe()) {
            StandardInput input = new StandardInput(pipe.getFD());
            AtomicReference<String> end = new AtomicReference<>("");
            Thread reader = blocked(() -> input.read(new byte[10], 0, 10), end);
            input.close();
            reader.join();
            assertTrue(String.valueOf(end.get()).contains("cut off here"), end::toString);
        }
    }

    @Test
    void whatIsWrittenArrives() throws Exception {
        try (RandomAccessFile pipe = pipe()) {
            FileDescriptor same = pipe.getFD();
            StandardOutput output = new StandardOutput(same);
            output.write(new byte[] {9, 1, 2, 3, 9}, 1, 3);
            output.write(4);
            byte[] heard = new byte[4];
            new StandardInput(same).readNBytes(heard, 0, 4);
            assertArrayEquals(new byte[] {1, 2, 3, 4}, heard);
        }
    }
}
