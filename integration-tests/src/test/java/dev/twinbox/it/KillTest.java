package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The power of kill -9 at any moment: the next run ends the same, nothing lost, nothing twice, nothing stuck. */
class KillTest extends TwinboxTest {
    private static final int KILLS = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_KILLS", "6"));

    /** So long the lock of a holder who died is left alone, and a little more. */
    private static final long DEAD_HOLDER_MILLIS = 2_500;

    @Test
    @Tag("F010")
    @Tag("F313")
    void aFirstCopyKilledAtAnyMomentIsCompletedByTheNextRun() throws Exception {
        Account source = filled("source", 500);
        long whole = millisOf(source, Account.maildir(sandbox, "measured"));
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < KILLS; i++) {
            Account replica = Account.maildir(sandbox, "replica" + i);
            long delay = (long) (whole * (0.2 + 0.8 * random.nextDouble()));
            killedAfter(delay, source, replica);
            oneRunMakesItTheSame(source, replica);
            noTemporaryFiles(source, replica, delay);
        }
    }

    @Test
    @Tag("F010")
    @Tag("F313")
    void anUpdateKilledAtAnyMomentLosesNothingThatWasThere() throws Exception {
        Account source = filled("source", 300);
        Account mirrored = Account.maildir(sandbox, "mirrored");
        oneRunMakesItTheSame(source, mirrored);
        TreeSet<String> stays = new TreeSet<>(Contents.of(mirrored).keySet());
        source.doveadm("flags", "add", "\\Flagged changed", "mailbox", "INBOX", "uid", "1:200");
        source.doveadm("expunge", "mailbox", "Work", "uid", "100:130");
        source.doveadm("move", "Work", "mailbox", "INBOX", "uid", "250:280");
        for (int i = 0; i < 40; i++) {
            source.save("INBOX", "Later " + i);
        }
        stays.retainAll(Contents.of(source).keySet());
        long whole = millisOf(source, mirrored.copy("measured"));
        SplittableRandom random = new SplittableRandom(12);
        for (int i = 0; i < KILLS; i++) {
            Account replica = mirrored.copy("replica" + i);
            long delay = (long) (whole * (0.2 + 0.8 * random.nextDouble()));
            killedAfter(delay, source, replica);
            TreeSet<String> missing = new TreeSet<>(stays);
            missing.removeAll(Contents.of(replica).keySet());
            assertEquals(new TreeSet<>(), missing, "lost by a kill after " + delay + " ms");
            oneRunMakesItTheSame(source, replica);
            noTemporaryFiles(source, replica, delay);
        }
    }

    private long millisOf(Account source, Account replica) {
        long start = System.nanoTime();
        twinbox.backup(source, replica).mustEndWith(0);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    private void killedAfter(long millis, Account source, Account replica) throws Exception {
        Process process = twinbox.start("backup", "--from", source.location(), replica.location());
        process.waitFor(millis, TimeUnit.MILLISECONDS);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.waitFor();
    }

    private void noTemporaryFiles(Account source, Account replica, long delay) throws Exception {
        if (FileTree.of(sandbox, replica.home()).names().stream().anyMatch(name -> name.endsWith(".lock"))) {
            // The run came within two seconds, in which a dead holder is not sure to be dead.
            TimeUnit.MILLISECONDS.sleep(DEAD_HOLDER_MILLIS);
            oneRunMakesItTheSame(source, replica);
        }
        for (String name : FileTree.of(sandbox, replica.home()).names()) {
            boolean left = name.endsWith(".lock") || name.matches("(.*/)?tmp/.+") || name.contains("journal");
            assertEquals(false, left, () -> "left after a kill at " + delay + " ms and another run: " + name);
        }
    }
}
