package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.transport.link.LocalPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SyncSmokeTest {
    @Test
    void twoWay() throws Exception {
        int failures = 0;
        for (long seed = 0; seed < Integer.getInteger("smoke", 300); seed++) {
            List<String> log = new ArrayList<>();
            try {
                one(seed, log);
            } catch (Exception | AssertionError e) {
                failures++;
                if (failures <= Integer.getInteger("show", 3)) {
                    System.err.println("seed " + seed + ": " + e + "\n" + String.join("\n", log));
                    for (StackTraceElement at : e.getStackTrace()) {
                        if (at.getClassName().startsWith("dev.twinbox")) {
                            System.err.println("    " + at);
                        }
                    }
                }
            }
        }
        assertEquals(0, failures);
    }

    private static void one(long seed, List<String> log) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        SimClock clock = new SimClock();
        MemoryAccount a = new MemoryAccount("a", clock);
        MemoryAccount b = new MemoryAccount("b", clock);
        for (MemoryAccount each : List.of(a, b)) {
            try (MailStore store = each.openForWriting()) {
                store.apply(new TreeChange.Create(
                        MailboxName.INBOX, new MailboxGuid(random.nextLong(), random.nextLong()), 1_795_303_655L));
            }
        }
        RandomLife atA = new RandomLife(random.split(), Place.of(a), new ClientUser(a.client()), n -> true, log);
        RandomLife atB = new RandomLife(random.split(), Place.of(b), new ClientUser(b.client()), n -> true, log);
        BackupWorld world = new BackupWorld(Place.of(a), Place.of(b));
        for (int round = 0; round < 3; round++) {
            log.add("-- a");
            atA.act(random.nextInt(12));
            clock.advanceMillis(1000L * random.nextInt(3));
            log.add("-- b");
            atB.act(random.nextInt(12));
            clock.advanceMillis(1000L * random.nextInt(3));
            log.add("-- sync");
            Outcome outcome = sync(a, b, log);
            assertEquals(Status.DONE, outcome.status(), outcome.toString());
            world.assertSame("after sync");
            Outcome again = sync(a, b, log);
            assertEquals(0, again.changes(), again.toString());
            assertEquals(Status.DONE, again.status());
            world.assertSame("after second sync");
        }
    }

    private static Outcome sync(MemoryAccount a, MemoryAccount b, List<String> log) throws Exception {
        LocalPeer.Pair pair = LocalPeer.pair(1024);
        Events one = new Events();
        Events two = new Events();
        try (MailStore first = a.openForWriting();
                MailStore second = b.openForWriting()) {
            return LocalRun.sync(first, second, false, pair.initiator(), pair.responder(), BackupWorld.PLAIN, one, two);
        } finally {
            one.all().forEach(line -> log.add("  a: " + line));
            two.all().forEach(line -> log.add("  b: " + line));
        }
    }
}
