package dev.twinbox.cli.command;

import dev.twinbox.cli.TestClock;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.cli.output.Output;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.run.SystemClock;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All that a whole command line touches: a folder, an environment, a clock, an engine that does as it is told. */
final class CommandWorld {
    private static final Disk DISK = new RealDisk(new SystemClock());

    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final Map<String, String> environment = new HashMap<>(Map.of("USER", "me", "HOME", "/nonexistent"));
    final TestClock clock = new TestClock();
    final FakeEngine engine = new FakeEngine(clock);
    String calledAs = "twinbox";

    private final Path folder;

    CommandWorld(Path folder) {
        this.folder = folder;
    }

    int run(String... words) {
        return Commands.run(context(words));
    }

    /** Of a process that was started with these words. */
    Context context(String... words) {
        Host host = new Host() {
            @Override
            public String name() {
                return "host.example";
            }

            @Override
            public long pid() {
                return 1;
            }

            @Override
            public boolean isAlive(long pid) {
                return false;
            }
        };
        return new Context(
                List.of(words),
                calledAs,
                environment,
                folder.toString(),
                InputStream.nullInputStream(),
                false,
                DISK,
                clock,
                host,
                engine,
                new Messages(err),
                new Output(out),
                new Interruption(Thread.currentThread()));
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
