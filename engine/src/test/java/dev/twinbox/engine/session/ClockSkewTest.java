package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.transport.link.LocalPeer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock of one side goes a day wrong: what is decided by time may be decided oddly, but both decide the same. */
class ClockSkewTest {
    private static final int DAY_MILLIS = 86_400_000;
    private static final MailboxName INBOX = MailboxName.INBOX;
    private static final MailboxName WORK = name("Work");
    private static final int RANDOM_HISTORIES = 200;

    private final SimClock leftClock = new SimClock();
    private final SimClock rightClock = new SimClock();
    private MemoryAccount left = account("left", 1, leftClock);
    private MemoryAccount right = account("right", 2, rightClock);

    private static MailboxName name(String text) {
        return MailboxName.parse(text, '/');
    }

    private static MemoryAccount account(String text, long number, SimClock clock) {
        MemoryAccount account = new MemoryAccount(text, clock);
        try {
            account.client().create(INBOX, new MailboxGuid(number, 0), 1_795_303_655L);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return account;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void flagsExpungesAndMailsDoNotDependOnTime(boolean leftIsAhead) throws Exception {
        (leftIsAhead ? leftClock : rightClock).advanceMillis(DAY_MILLIS);
        deliver(left, INBOX, "m1");
        deliver(left, INBOX, "m2");
        sync();
        left.client().flag(INBOX, 1, new Flags(Flags.SEEN));
        right.client().flag(INBOX, 1, new Flags(Flags.ANSWERED));
        right.client().expunge(INBOX, 2);
        deliver(left, INBOX, "m3");
        deliver(right, INBOX, "m4");
        sync();
        try (MailStore store = left.openForReading()) {
            var table = store.open(INBOX).snapshot();
            assertEquals(3, table.size());
            assertEquals(Flags.SEEN | Flags.ANSWERED, table.flags(0).settable().bits());
        }
    }

    /** A folder that one side deleted, with new mail at the other, is kept whatever the clocks say. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void newMailKeepsItsFolder(boolean leftIsAhead) throws Exception {
        left.client().create(WORK, new MailboxGuid(1, 9), 99);
        sync();
        (leftIsAhead ? leftClock : rightClock).advanceMillis(DAY_MILLIS);
        left.client().delete(WORK);
        deliver(right, WORK, "new");
        sync();
        assertTrue(tree(left).contains("Work"), tree(left));
        right.client().delete(WORK);
        sync();
        assertTrue(!tree(left).contains("Work"), tree(left));
    }

    @Test
    void randomChangesToTheTreeEndEqualInOneRun() throws Exception {
        long first = System.nanoTime();
        for (long seed = first; seed < first + RANDOM_HISTORIES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            left = account("left", 1, leftClock);
            right = account("right", 2, rightClock);
            leftClock.setEpochMillis(SimClock.START_MILLIS + (random.nextBoolean() ? DAY_MILLIS : 0));
            rightClock.setEpochMillis(2 * SimClock.START_MILLIS + DAY_MILLIS - leftClock.epochMillis());
            List<String> history = new ArrayList<>(List.of("seed " + seed));
            for (int round = 0; round < 3; round++) {
                for (int i = random.nextInt(5); i >= 0; i--) {
                    change(random.nextBoolean() ? left : right, random, history);
                }
                history.add("sync");
                try {
                    sync();
                } catch (AssertionError e) {
                    throw new AssertionError(history + ": " + e.getMessage(), e);
                }
            }
        }
    }

    private int boxes;

    private void change(MemoryAccount account, SplittableRandom random, List<String> history) throws IOException {
        MailboxName one = name("F" + random.nextInt(3));
        MailboxName other = name("F" + random.nextInt(3));
        boolean there = isMailbox(account, one);
        boolean otherThere = isMailbox(account, other);
        int what = random.nextInt(4);
        history.add((account == left ? "left " : "right ") + what + " " + one + " " + other);
        if (!there) {
            account.client().create(one, new MailboxGuid(random.nextInt(), ++boxes), 1000 + boxes);
        } else if (what == 0) {
            account.client().delete(one);
        } else if (what == 1 && !otherThere) {
            account.client().rename(one, other);
        } else if (what == 2) {
            account.client().subscribe(one, random.nextBoolean());
        } else {
            deliver(account, one, "m" + ++boxes);
        }
        leftClock.advanceMillis(1000);
        rightClock.advanceMillis(1000);
    }

    private static boolean isMailbox(MemoryAccount account, MailboxName box) throws IOException {
        try (MailStore store = account.openForReading()) {
            return store.tree().find(box).map(MailboxNode::isMailbox).orElse(false);
        }
    }

    private static void deliver(MemoryAccount account, MailboxName box, String guid) throws IOException {
        account.client().deliver(box, new MailGuid(guid), new byte[] {'x', '\n'}, 1_700_000_000);
    }

    /** Syncs; both sides are equal then, and another run has nothing to do. */
    private void sync() throws Exception {
        assertEquals(Status.DONE, run().status());
        assertEquals(tree(left), tree(right));
        String before = tree(left);
        Outcome again = run();
        assertEquals(Status.DONE, again.status());
        assertEquals(0, again.treeChanges(), before);
        assertEquals(before, tree(left));
        assertEquals(before, tree(right));
    }

    private Outcome run() throws InterruptedException {
        LocalPeer.Pair pair = LocalPeer.pair(LocalPeer.CAPACITY_DEFAULT);
        SyncOptions options = new SyncOptions(
                SyncType.CHANGED, MailboxFilter.ALL, MailFilter.ALL, false, false, DeleteLimit.OFF, "test.example.org");
        SilentObserver nobody = new SilentObserver();
        return LocalRun.sync(
                left.openForWriting(),
                right.openForWriting(),
                false,
                pair.initiator(),
                pair.responder(),
                options,
                nobody,
                nobody);
    }

    private static String tree(MemoryAccount account) throws IOException {
        StringBuilder text = new StringBuilder();
        try (MailStore store = account.openForReading()) {
            MailboxTree tree = store.tree();
            for (MailboxNode node : tree.nodes()) {
                text.append(node.name()).append(' ').append(node.guid()).append(node.subscribed() ? " + " : " - ");
                if (node.isMailbox()) {
                    text.append(store.open(node.name()).digest());
                }
                text.append('\n');
            }
        }
        return text.toString();
    }
}
