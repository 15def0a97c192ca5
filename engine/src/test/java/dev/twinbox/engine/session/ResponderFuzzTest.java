package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.RemoteRun.Mode;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.transport.dsync.DsyncPeer;
import dev.twinbox.transport.link.StreamLink;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs Jazzer, in a process of its own, on {@link ResponderFuzz}, beginning with what an initiator says in each mode. {@code
 * TWINBOX_FUZZ_SECONDS} sets how long; {@code TWINBOX_FUZZ_CORPUS} names a directory that keeps what was found to be worth
 * another try.
 */
class ResponderFuzzTest {
    private static final String SECONDS = System.getenv().getOrDefault("TWINBOX_FUZZ_SECONDS", "3");

    @TempDir
    private Path directory;

    @Test
    void noInitiatorBreaksIt() throws Exception {
        Path output = directory.resolve("output");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + ResponderFuzz.class.getName(),
                "--instrumentation_includes=dev.twinbox.**",
                "--reproducer_path=" + directory,
                "-artifact_prefix=" + directory + "/",
                "-max_total_time=" + SECONDS,
                "-timeout=60")); // the first try loads and instruments all classes
        String kept = System.getenv("TWINBOX_FUZZ_CORPUS");
        Path corpus = kept == null ? directory.resolve("corpus") : Path.of(kept).toAbsolutePath();
        command.add(Files.createDirectories(corpus.resolve("responderfuzz")).toString());
        command.add(seeds().toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exit = process.waitFor();
        String said = new String(Files.readAllBytes(output), StandardCharsets.ISO_8859_1);
        assertEquals(0, exit, () -> String.join(" ", command) + "\n" + said);
    }

    /** What an initiator says to just the account of the target, in each mode. */
    private Path seeds() throws Exception {
        Path seeds = Files.createDirectories(directory.resolve("seeds"));
        for (Mode mode : Mode.values()) {
            for (SyncType type : SyncType.values()) {
                byte[] said = conversation(mode, type);
                ResponderFuzz.fuzzerTestOneInput(said);
                Files.write(seeds.resolve(mode + "-" + type), said);
            }
        }
        return seeds;
    }

    private static byte[] conversation(Mode mode, SyncType type) throws Exception {
        SimClock clock = new SimClock();
        MemoryAccount own = new MemoryAccount("own", clock);
        own.client().create(MailboxName.INBOX, new MailboxGuid(1, 7), 78);
        byte[] text = "Subject: new\n\n.new\n".getBytes(StandardCharsets.US_ASCII);
        own.client().deliver(MailboxName.INBOX, new MailGuid("new"), text, clock.epochMillis() / 1000);
        own.client().create(MailboxName.parse("Lists", '/'), new MailboxGuid(9, 9), 79);
        Pipe out = Pipe.open();
        Pipe in = Pipe.open();
        Recorder recorder = new Recorder(Channels.newOutputStream(out.sink()));
        StreamLink here = new StreamLink("there", Channels.newInputStream(in.source()), recorder);
        StreamLink there =
                new StreamLink("here", Channels.newInputStream(out.source()), Channels.newOutputStream(in.sink()));
        Thread responder = new Thread(() -> ResponderFuzz.respond(ResponderFuzz.prepared(), there));
        responder.setDaemon(true);
        responder.start();
        SyncOptions options = new SyncOptions(
                type,
                MailboxFilter.ALL,
                MailFilter.ALL,
                false,
                false,
                DeleteLimit.OFF,
                "alpha.example.org",
                SyncState.EMPTY);
        try (MailStore store = own.openForWriting()) {
            RemoteRun.initiate(
                    store,
                    mode,
                    new DsyncPeer(Role.INITIATOR, here, ResponderFuzz.TIMEOUT_SECONDS),
                    "there",
                    options,
                    RemoteAsk.NOTHING,
                    seconds -> () -> {},
                    new SilentObserver(),
                    new SilentObserver());
        }
        responder.join();
        return recorder.said.toByteArray();
    }

    /** Keeps what goes through it. */
    private static final class Recorder extends FilterOutputStream {
        private final ByteArrayOutputStream said = new ByteArrayOutputStream();

        Recorder(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            said.write(bytes, offset, length);
            out.write(bytes, offset, length);
        }
    }
}
