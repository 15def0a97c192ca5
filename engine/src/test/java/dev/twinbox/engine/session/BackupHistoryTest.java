package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Whatever was done to the source, and to the destination behind our back, one run makes them equal and the next one finds
 * nothing to do. The number of histories can be set by the system property or the environment variable
 * {@code TWINBOX_HISTORIES}.
 */
class BackupHistoryTest {
    private static final int MEMORY_HISTORIES = 200;
    private static final int MAILDIR_HISTORIES = 60;
    private static final int BOTH_MAILDIR_HISTORIES = 40;
    private static final int ROUNDS = 3;
    private static final int ACTIONS_MAX = 25;
    private static final long SECOND = 1000;

    /** Seeds that once failed, tried first in every test. */
    private static final long[] REGRESSIONS = {1, 2, 7, 9, 12, 21, 227, 233, 422};

    private static int histories(int usual) {
        String wanted = System.getProperty("TWINBOX_HISTORIES", System.getenv("TWINBOX_HISTORIES"));
        return wanted == null ? usual : Integer.parseInt(wanted);
    }

    /** Makes the two accounts of a history. */
    private interface Setting {
        History make(SplittableRandom random, List<String> log) throws IOException;
    }

    private record History(Place source, MailUser user, Place destination, SimClock clock) {}

    private static void forAll(int usual, Setting setting) throws Exception {
        for (long seed : REGRESSIONS) {
            tell(seed, setting);
        }
        for (long seed = 0; seed < histories(usual); seed++) {
            tell(seed, setting);
        }
    }

    private static void tell(long seed, Setting setting) throws Exception {
        List<String> log = new ArrayList<>();
        try {
            SplittableRandom random = new SplittableRandom(seed);
            live(random, setting.make(random, log), log);
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + String.join("\n", log), e);
        }
    }

    private static void live(SplittableRandom random, History history, List<String> log) throws Exception {
        RandomLife atSource = new RandomLife(random.split(), history.source(), history.user(), name -> true, log);
        RandomLife atDestination = new RandomLife(
                random.split(), history.destination(), new PlanUser(history.destination()), name -> true, log);
        BackupWorld world =
                new BackupWorld(history.source(), history.destination()).capacity(random.nextBoolean() ? 1 : 100);
        for (int round = 0; round < ROUNDS; round++) {
            log.add("-- source");
            atSource.act(1 + random.nextInt(ACTIONS_MAX));
            if (round > 0 && random.nextInt(3) > 0) {
                log.add("-- destination");
                atDestination.act(1 + random.nextInt(ACTIONS_MAX));
            }
            history.clock().advanceMillis(random.nextInt(3) * SECOND);
            SyncOptions options =
                    random.nextInt(4) == 0 || world.fastModeIsBlind() ? BackupWorld.FULL : BackupWorld.PLAIN;
            if (random.nextInt(3) == 0) {
                options = BackupWorld.limit(options, DeleteLimit.ofMails(1_000_000));
            }
            BackupWorld.Run run = world.backup(options);
            log.add("-- run " + run);
            assertEquals(Status.DONE, run.outcome().status());
            world.assertSame("after the run");
            int mutations = history.destination().mutations();
            BackupWorld.Run again = world.backup(options);
            assertEquals(0, again.outcome().changes(), () -> "second run: " + again);
            assertEquals(Status.DONE, again.outcome().status());
            assertEquals(mutations, history.destination().mutations(), "changes to the disk by the second run");
        }
    }

    private static void inbox(Place place, SplittableRandom random) throws IOException {
        try (MailStore store = place.open()) {
            store.apply(new TreeChange.Create(
                    MailboxName.INBOX, new MailboxGuid(random.nextLong(), random.nextLong()), 1_795_303_655L));
            store.flush();
        }
    }

    private static History fromMemory(SplittableRandom random, SimClock clock, Place destination) throws IOException {
        MemoryAccount account = new MemoryAccount("alice", clock);
        inbox(Place.of(account), random);
        return new History(Place.of(account), new ClientUser(account.client()), destination, clock);
    }

    @Test
    void memoryBecomesLikeMemory() throws Exception {
        forAll(MEMORY_HISTORIES, (random, log) -> {
            SimClock clock = new SimClock();
            return fromMemory(random, clock, Place.of(new MemoryAccount("replica", clock)));
        });
    }

    @Test
    void memoryWithTamperedNumbersBecomesLikeMemory() throws Exception {
        forAll(MEMORY_HISTORIES, (random, log) -> {
            SimClock clock = new SimClock();
            Place source = Place.of(new MemoryAccount("alice", clock));
            inbox(source, random);
            return new History(source, new PlanUser(source), Place.of(new MemoryAccount("replica", clock)), clock);
        });
    }

    @Test
    void maildirBecomesLikeMemory() throws Exception {
        forAll(MAILDIR_HISTORIES, (random, log) -> {
            SimClock clock = new SimClock();
            return fromMemory(random, clock, Place.maildir(clock));
        });
    }

    @Test
    void maildirWithNestedFoldersBecomesLikeMemory() throws Exception {
        forAll(MAILDIR_HISTORIES, (random, log) -> {
            SimClock clock = new SimClock();
            return fromMemory(random, clock, Place.maildirFs(clock));
        });
    }

    @Test
    void maildirBecomesLikeMaildir() throws Exception {
        forAll(BOTH_MAILDIR_HISTORIES, (random, log) -> {
            SimClock clock = new SimClock();
            Place source = random.nextBoolean() ? Place.maildir(clock) : Place.maildirFs(clock);
            inbox(source, random);
            return new History(
                    source,
                    new PlanUser(source),
                    random.nextBoolean() ? Place.maildir(clock) : Place.maildirFs(clock),
                    clock);
        });
    }

    /** Mailboxes that take no part, at either side, are neither made nor changed nor deleted nor moved. */
    @Test
    void mailboxesLeftOutStayUntouched() throws Exception {
        for (long seed = 0; seed < histories(MEMORY_HISTORIES / 4); seed++) {
            List<String> log = new ArrayList<>();
            try {
                filtered(new SplittableRandom(seed), log);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + String.join("\n", log), e);
            }
        }
    }

    private static void filtered(SplittableRandom random, List<String> log) throws Exception {
        SimClock clock = new SimClock();
        Place to = random.nextInt(20) == 0 ? Place.maildir(clock) : Place.of(new MemoryAccount("replica", clock));
        History history = fromMemory(random, clock, to);
        boolean one = random.nextInt(4) == 0;
        MailboxFilter filter = one
                ? new MailboxFilter(Set.of(MailboxName.parse("Work", '/')), null, List.of())
                : new MailboxFilter(null, null, List.of(random.nextBoolean() ? "*A" : "Work*"));
        RandomLife atSource = new RandomLife(random.split(), history.source(), history.user(), name -> true, log);
        RandomLife atDestination = new RandomLife(random.split(), to, new PlanUser(to), name -> true, log);
        BackupWorld world = new BackupWorld(history.source(), to);
        inbox(to, random);
        for (int round = 0; round < ROUNDS; round++) {
            atSource.act(1 + random.nextInt(ACTIONS_MAX));
            log.add("-- destination");
            atDestination.act(random.nextInt(ACTIONS_MAX));
            List<String> before = world.picture(node -> node.isMailbox() && !filter.accepts(node));
            BackupWorld.Run run = world.backup(BackupWorld.only(BackupWorld.FULL, filter));
            log.add("-- run " + run);
            assertEquals(before, world.picture(node -> node.isMailbox() && !filter.accepts(node)), "left out");
            if (run.outcome().status() == Status.DONE) {
                assertEquals(
                        0,
                        world.backup(BackupWorld.only(BackupWorld.FULL, filter))
                                .outcome()
                                .changes(),
                        "second run");
            } else {
                assertEquals(Status.DAMAGED, run.outcome().status(), "a GUID is in use by a mailbox left out");
            }
        }
    }
}
