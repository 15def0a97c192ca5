package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.BackupWorld.Run;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.storage.memory.MemoryClient;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.ModSeq;
import java.io.IOException;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A backup takes the METADATA entries along. */
class BackupAttributesTest {
    private static final MailboxName INBOX = MailboxName.INBOX;
    private static final MailboxName WORK = MailboxName.parse("Work", '/');
    private static final long RANDOM_LIVES = 60;

    private final SimClock clock = new SimClock();
    private final MemoryAccount account = new MemoryAccount("source", clock);
    private final MemoryClient source = account.client();

    private void makeSource() throws IOException {
        source.create(INBOX, new MailboxGuid(1, 1), 7);
        source.create(WORK, new MailboxGuid(1, 2), 8);
        source.deliver(WORK, new MailGuid("w1"), new byte[] {'x', '\n'}, 1000);
    }

    private List<Place> places() throws IOException {
        return List.of(Place.of(new MemoryAccount("replica", clock)), Place.maildirWithAttributes(clock));
    }

    private static Run done(BackupWorld world) throws IOException, InterruptedException {
        Run run = world.backup(BackupWorld.PLAIN);
        assertEquals(Status.DONE, run.outcome().status(), run::toString);
        assertEquals(List.of(), run.events().damages());
        world.assertSame(run.toString());
        return run;
    }

    private static NavigableMap<String, String> values(Place place, MailboxName name) throws IOException {
        TreeMap<String, String> values = new TreeMap<>();
        try (MailStore store = place.openForReading();
                Mailbox box = store.open(name)) {
            for (MailboxAttribute each : box.attributes().present()) {
                values.put((each.shared() ? "s/" : "p/") + each.key(), String.valueOf(each.value()));
            }
        }
        return values;
    }

    private void assertEqual(Place replica, String what) throws IOException {
        for (MailboxName name : List.of(INBOX, WORK)) {
            assertEquals(values(Place.of(account), name), values(replica, name), what + " " + name);
        }
    }

    @Test
    void entriesAreSetChangedAndUnset() throws Exception {
        makeSource();
        for (Place replica : places()) {
            BackupWorld world = new BackupWorld(Place.of(account), replica);
            source.setAttribute(WORK, false, "comment", "my note");
            source.setAttribute(INBOX, true, "vendor/x", "a\tb\nc");
            done(world);
            assertEqual(replica, "first");

            Run idle = done(world);
            assertEquals(0, idle.outcome().changes());
            assertTrue(idle.outcome().mailboxes().stream().allMatch(Outcome.MailboxResult::skipped), idle::toString);

            source.setAttribute(WORK, false, "comment", "changed");
            source.setAttribute(WORK, true, "more", "");
            source.setAttribute(INBOX, true, "vendor/x", null);
            done(world);
            assertEqual(replica, "changed");
            assertEquals("changed", values(replica, WORK).get("p/comment"));
            idle = done(world);
            assertTrue(idle.outcome().mailboxes().stream().allMatch(Outcome.MailboxResult::skipped), idle::toString);
        }
    }

    @Test
    void destinationsOwnEntriesGo() throws Exception {
        makeSource();
        for (Place replica : places()) {
            BackupWorld world = new BackupWorld(Place.of(account), replica);
            source.setAttribute(WORK, false, "comment", "right");
            done(world);
            try (MailStore store = replica.open();
                    Mailbox box = store.open(WORK)) {
                box.applyAttributes(List.of(
                        new MailboxAttribute(false, "comment", "wrong, later", false, false, 0, ModSeq.NONE),
                        new MailboxAttribute(true, "surplus", "x", false, false, 0, ModSeq.NONE)));
            }
            done(world);
            assertEqual(replica, "again");
        }
    }

    @Test
    void sourceThatKeepsNoneTakesNoneAway() throws Exception {
        makeSource();
        source.setAttribute(WORK, false, "comment", "stays");
        for (Place replica : places()) {
            BackupWorld world = new BackupWorld(Place.of(account), replica);
            done(world);
            world.wrapSource(store -> new StoreWrapper(store) {
                @Override
                public boolean keepsAttributes() {
                    return false;
                }
            });
            Run run = world.backup(BackupWorld.FULL);
            assertEquals(Status.DONE, run.outcome().status(), run::toString);
            assertEquals("stays", values(replica, WORK).get("p/comment"));
        }
    }

    @Test
    void destinationThatKeepsNoneIsLikeTheSourceOtherwise() throws Exception {
        makeSource();
        source.setAttribute(WORK, false, "comment", "x");
        BackupWorld world = new BackupWorld(Place.of(account), Place.maildir(clock));
        done(world);
        assertEquals(0, done(world).outcome().changes());
    }

    @Test
    void dryRunChangesNothing() throws Exception {
        makeSource();
        Place replica = Place.maildirWithAttributes(clock);
        BackupWorld world = new BackupWorld(Place.of(account), replica);
        done(world);
        source.setAttribute(WORK, false, "comment", "x");
        int before = replica.mutations();
        world.backup(BackupWorld.dry(BackupWorld.PLAIN));
        assertEquals(before, replica.mutations());
        assertEquals(new TreeMap<>(), values(replica, WORK));
    }

    @Test
    void failureToSetEntriesIsToldAndMadeUpForLater() throws Exception {
        makeSource();
        source.setAttribute(WORK, false, "comment", "x");
        MemoryAccount replica = new MemoryAccount("replica", clock);
        BackupWorld world = new BackupWorld(Place.of(account), Place.of(replica));
        world.wrapDestination(store -> new StoreWrapper(store) {
            @Override
            Attributes attributes(Mailbox box) throws IOException {
                throw new IOException("disk trouble");
            }
        });
        for (int i = 0; i < 2; i++) {
            Run run = world.backup(BackupWorld.PLAIN);
            assertEquals(Status.TEMPORARY, run.outcome().status(), run::toString);
            try (MailStore store = replica.openForReading();
                    Mailbox box = store.open(WORK)) {
                assertEquals(1, box.status().messages());
            }
        }
        world.wrapDestination(store -> store);
        done(world);
        assertEqual(Place.of(replica), "repaired");
    }

    @Test
    void randomLivesEndEqual() throws Exception {
        makeSource();
        for (long seed = 0; seed < RANDOM_LIVES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Place replica = places().get((int) (seed % 2));
            BackupWorld world = new BackupWorld(Place.of(account), replica);
            for (int round = 0; round < 5; round++) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    MailboxName name = random.nextBoolean() ? INBOX : WORK;
                    if (random.nextInt(3) == 0) {
                        source.deliver(name, new MailGuid("m" + seed + "-" + round + "-" + i), new byte[] {'y'}, 1000);
                    } else {
                        source.setAttribute(
                                name,
                                random.nextBoolean(),
                                "k" + random.nextInt(3),
                                random.nextInt(3) == 0 ? null : "v" + random.nextInt(3));
                    }
                    clock.advanceMillis(random.nextInt(3000));
                }
                done(world);
                assertEqual(replica, "seed " + seed + " round " + round);
            }
        }
    }
}
