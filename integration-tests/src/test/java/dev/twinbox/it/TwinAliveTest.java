package dev.twinbox.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Twinboxes that wait for one another with little patience ({@code -T 2}): for one at work, and for one that was stopped. */
class TwinAliveTest extends TwinboxTest {
    private static final int SECONDS_MAX = 60;

    /** Three times as long as anybody waits for somebody who is not heard of. */
    private static final long WORK_MILLIS = 6000;

    private static List<Object> words(Account account, String... words) {
        List<Object> all = new ArrayList<>(List.of("-O", "-D", "-o", "mail_location=" + account.location()));
        all.addAll(Arrays.asList(words));
        return all;
    }

    /** The other end cannot commit, because somebody has the lock of the mailbox. */
    @Test
    @Tag("F179")
    void anEndThatIsLongAtWorkIsWaitedFor() throws Exception {
        Account source = filled("source", 3);
        Account replica = Account.maildir(sandbox, "replica");
        List<Object> words = words(source, "backup", "-T", "2");
        words.addAll(
                twinbox.nestedCommand("-O", "-o", "mail_location=" + replica.location(), "dsync-server", "-T", "2"));
        twinbox.run(words.toArray()).mustEndWith(0);
        source.save("INBOX", "One more");
        Path lock = replica.maildir().resolve("dovecot-uidlist.lock");
        Ran taken = sandbox.shell(
                "echo \"$2:$(hostname)\" > \"$1\"",
                lock,
                ProcessHandle.current().pid());
        Expect.equal(0, taken.exit(), taken::toString);
        Thread holder = new Thread(() -> {
            try {
                TimeUnit.MILLISECONDS.sleep(WORK_MILLIS);
                Files.delete(lock);
            } catch (InterruptedException | IOException e) {
                throw new IllegalStateException(e);
            }
        });
        long begun = System.nanoTime();
        holder.start();
        Ran ran = twinbox.run(words.toArray()).mustEndWith(0);
        holder.join();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        Expect.that(millis >= WORK_MILLIS, () -> "nobody waited: " + millis + " ms, " + ran);
        Expect.that(!ran.err().contains("connecting again"), ran::toString);
        mustBeTheSame(source, replica, "a run whose other end had to wait");
    }

    @Test
    @Tag("F179")
    void anEndThatWasStoppedIsGivenUp() throws Exception {
        Account source = Bench.source(sandbox, new BenchAccount("C", 200, 1, 50_000, 0.1, 0));
        Account replica = Account.maildir(sandbox, "replica");
        BlockingQueue<Process> servers = new LinkedBlockingQueue<>();
        List<Object> server = words(replica, "dsync-server", "-T", "2");
        try (Relay relay = Relay.toProgram(
                () -> {
                    Process process = twinbox.open(server.toArray());
                    servers.add(process);
                    return process;
                },
                20)) {
            List<Object> words = words(source, "backup", "-T", "60", "--limit-rate", "100k");
            words.addAll(relay.command());
            Process caller = twinbox.open(words.toArray());
            try {
                Process called = servers.take();
                while (relay.bytes() < 200_000 && caller.isAlive()) {
                    TimeUnit.MILLISECONDS.sleep(10);
                }
                Expect.that(caller.isAlive() && called.isAlive(), () -> "the run is over already");
                sandbox.asMyself("kill", "-STOP", Long.toString(caller.pid())).mustEndWith(0);
                Expect.that(called.waitFor(SECONDS_MAX, TimeUnit.SECONDS), () -> "it waits for ever");
                Expect.equal(75, called.exitValue(), () -> "exit code of the server");
            } finally {
                caller.destroyForcibly();
            }
        }
    }
}
