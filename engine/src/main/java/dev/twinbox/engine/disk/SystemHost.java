package dev.twinbox.engine.disk;

import dev.twinbox.engine.run.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** This machine, as /proc shows it; which is why it lives here and not beside its port. Immutable. */
public final class SystemHost implements Host {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final Path SELF = Path.of("/proc/self");
    private static final Path PROCESSES = Path.of("/proc");

    private final String name;
    private final long pid;

    /** Asks the kernel for name and number. */
    public SystemHost() {
        name = readName();
        pid = readPid();
    }

    /** By /proc, since the first use of ProcessHandle costs a short run more than 10 ms. */
    private static long readPid() {
        try {
            return Long.parseLong(Files.readSymbolicLink(SELF).toString());
        } catch (IOException | NumberFormatException e) {
            return ProcessHandle.current().pid();
        }
    }

    /** The kernel's own word, as gethostname(2) gives it; Java's way asks the resolver and may change it. */
    private static String readName() {
        try {
            String name = new String(Files.readAllBytes(HOST_NAME), StandardCharsets.UTF_8).trim();
            if (!name.isEmpty()) {
                return name;
            }
        } catch (IOException e) {
            // No /proc: ask Java below.
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public boolean isAlive(long other) {
        if (Files.exists(PROCESSES.resolve(Long.toString(pid)))) {
            return Files.exists(PROCESSES.resolve(Long.toString(other)));
        }
        Optional<ProcessHandle> handle = ProcessHandle.of(other);
        return handle.isPresent() && handle.get().isAlive();
    }

    @Override
    public long startedEpochMillis() {
        Optional<Instant> start = ProcessHandle.current().info().startInstant();
        return start.isPresent() ? start.get().toEpochMilli() : Host.super.startedEpochMillis();
    }

    @Override
    public ZoneId zone() {
        return ZoneId.systemDefault();
    }
}
