package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.engine.storage.Staging.Result;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What every store promises in {@link MailStore}, {@link Mailbox}, {@link Staging} and {@link MailboxPlan}. A store's test
 * extends this class and gives it a {@link StoreFixture}; nothing here knows a format. This part is about several programs
 * at once, about what goes wrong, and about random plans; the parts it extends are about mailboxes and the tree.
 */
public abstract class MailStoreContract extends MergePlanContract {
    private static final int RANDOM_MAILBOXES = 25;
    private static final int RANDOM_PLANS = 6;

    // Several programs

    @Test
    void twoRunsDoNotLockOneMailboxAtOnce() throws IOException {
        work().close();
        try (MailStore other = fixture().open();
                Mailbox mine = store().open(WORK);
                Mailbox theirs = other.open(WORK)) {
            try (Closeable lock = mine.lockForSync(0)) {
                assertNotNull(lock);
                LockBusyException e = assertThrows(LockBusyException.class, () -> theirs.lockForSync(0));
                String message = String.valueOf(e.getMessage());
                assertTrue(message.startsWith("Failed to lock mailbox " + WORK + " for dsyncing: "), message);
            }
            theirs.lockForSync(0).close();
            mine.lockForSync(0).close();
        }
    }

    @Test
    void aMailboxOpenedForReadingIsNotLocked() throws IOException {
        work().close();
        try (MailStore reading = fixture().openForReading();
                Mailbox mine = store().open(WORK);
                Mailbox theirs = reading.open(WORK);
                Closeable none = theirs.lockForSync(0);
                Closeable lock = mine.lockForSync(0)) {
            assertNotSame(none, lock);
        }
    }

    @Test
    void commitOnAnOldBasisDoesNothing() throws IOException {
        try (Mailbox box = work();
                Staging staging = box.stage()) {
            MailGuid guid = guid("mine");
            stage(staging, guid, mail("mine"));
            MailboxSnapshot basis = box.snapshot();
            deliver(WORK, 1, 2);
            assertTrue(box.changedSince(basis));
            MailboxPlan plan = new PlanBuilder(basis.status())
                    .save(1, guid, Values.of(2, DATE))
                    .build();
            assertEquals(Result.CHANGED, staging.commit(basis, plan));
            assertTrue(staging.has(guid));

            MailboxSnapshot now = box.snapshot();
            assertEquals(2, now.size());
            assertEquals(fixture().guidOf(guid("m1"), mail("m1")), now.guid(0));
            PlanBuilder again = new PlanBuilder(now.status()).save(3, guid, Values.of(9, DATE));
            done(staging, now, again.build());
        }
        try (Mailbox box = reopen().open(WORK)) {
            MailboxSnapshot table = box.snapshot();
            assertEquals(3, table.size());
            assertEquals(fixture().guidOf(guid("mine"), mail("mine")), table.guid(2));
            assertEquals(4, table.status().uidNext());
        }
    }

    @Test
    void everyChangeOfAnotherProgramIsNoticed() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 3);
        List<Change> changes = List.of(
                plan -> plan.update(1, Values.of(100, DATE + 1).with(Flags.SEEN)),
                plan -> plan.update(1, Values.of(101, DATE + 1).with(Flags.SEEN, "keyword")),
                plan -> plan.expunge(2, guid("m2")),
                plan -> plan.renumber(3, 5, Values.of(102, DATE + 3)),
                plan -> plan.copy(1, 6, Values.of(103, DATE)));
        for (int i = 0; i < changes.size(); i++) {
            try (Mailbox box = store().open(WORK);
                    Staging staging = box.stage()) {
                MailboxSnapshot basis = box.snapshot();
                change(changes.get(i));
                assertTrue(box.changedSince(basis), "change " + i);
                assertEquals(
                        Result.CHANGED, staging.commit(basis, new PlanBuilder(basis.status()).build()), "change " + i);
            }
        }
    }

    /** What another program does. */
    private interface Change {
        PlanBuilder in(PlanBuilder plan);
    }

    private void change(Change what) throws IOException {
        try (MailStore other = fixture().open();
                Mailbox box = other.open(WORK);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            done(staging, basis, what.in(new PlanBuilder(basis.status())).build());
        }
    }

    @Test
    void snapshotStaysAsItWasTaken() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 3);
        try (Mailbox box = store().open(WORK)) {
            MailboxSnapshot before = box.snapshot();
            change(plan ->
                    plan.expunge(1, guid("m1")).update(2, Values.of(50, DATE).with(Flags.SEEN)));
            assertEquals(3, before.size());
            assertFalse(before.flags(1).has(Flags.SEEN));
            assertEquals(2, box.snapshot().size());
        }
    }

    @Test
    void treeShowsWhatAnotherProgramDid() throws IOException {
        create(WORK, WORK_GUID);
        store().tree();
        try (MailStore other = fixture().open()) {
            other.apply(new TreeChange.Create(name("Theirs"), boxGuid(8), VALIDITY));
            other.apply(new TreeChange.Rename(WORK, name("Moved")));
            other.flush();
        }
        assertTrue(isMailbox(name("Theirs")));
        assertFalse(isMailbox(WORK));
        assertEquals(WORK_GUID, node(name("Moved")).orElseThrow().guid());
    }

    @Test
    void expungedMailIsGoneWhenItIsOpened() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 2);
        try (Mailbox box = store().open(WORK)) {
            box.snapshot();
            MailBody gone = box.body(new Uid(1));
            MailBody there = box.body(new Uid(2));
            change(plan -> plan.expunge(1, guid("m1")));
            assertThrows(BodyGoneException.class, () -> gone.open().close());
            try (InputStream in = there.open()) {
                assertTrue(in.read() >= 0);
            }
        }
    }

    @Test
    void changedFlagsDoNotHideABody() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 2);
        try (Mailbox box = store().open(WORK)) {
            box.snapshot();
            change(plan -> plan.update(1, Values.of(50, DATE + 1).with(Flags.SEEN | Flags.FLAGGED, "keyword")));
            try (InputStream in = box.body(new Uid(1)).open()) {
                assertArrayEquals(mail("m1"), in.readAllBytes());
            }
            assertEquals(DATE + 1, box.received(new Uid(1)));
        }
    }

    @Test
    void deletedMailboxIsGoneForWhoHasItOpen() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 2);
        try (Mailbox box = store().open(WORK);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            MailBody body = box.body(new Uid(1));
            stage(staging, guid("late"), mail("late"));
            try (MailStore other = fixture().open()) {
                other.apply(new TreeChange.Delete(WORK, WORK_GUID));
            }
            assertThrows(MailboxGoneException.class, box::snapshot);
            assertThrows(MailboxGoneException.class, box::status);
            assertThrows(BodyGoneException.class, () -> body.open().close());
            PlanBuilder plan = new PlanBuilder(basis.status()).save(3, guid("late"), Values.of(9, DATE));
            assertThrows(MailboxGoneException.class, () -> staging.commit(basis, plan.build()));
        }
        assertFalse(isMailbox(WORK));
    }

    // What does not happen

    @Test
    void stagingWithoutCommitLeavesNoTrace() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 2);
        try (Mailbox box = store().open(WORK)) {
            MailboxSnapshot before = box.snapshot();
            try (Staging staging = box.stage()) {
                stage(staging, guid("never"), mail("never"));
                stage(staging, guid("neither"), new byte[100_000]);
                assertFalse(staging.has(guid("other")));
                assertEquals(2, box.snapshot().size());
            }
            assertEquals(before.status(), box.snapshot().status());
        }
        fixture().checkClean();
        try (Mailbox box = reopen().open(WORK)) {
            assertEquals(2, box.snapshot().size());
            assertEquals(3, box.status().uidNext());
        }
    }

    @Test
    void mailThatIsGoneIsNotStaged() throws IOException {
        try (Mailbox box = work();
                Staging staging = box.stage()) {
            MailBody gone = () -> {
                throw new BodyGoneException("expunged");
            };
            assertThrows(BodyGoneException.class, () -> staging.save(guid("gone"), gone, DATE, Pop3.NONE));
            assertFalse(staging.has(guid("gone")));
            stage(staging, guid("next"), mail("next"));
            MailboxSnapshot basis = box.snapshot();
            PlanBuilder plan = new PlanBuilder(basis.status()).save(1, guid("next"), Values.of(2, DATE));
            done(staging, basis, plan.build());
            assertEquals(1, box.snapshot().size());
        }
    }

    @Test
    void bodyThatBreaksOffIsNotStaged() throws IOException {
        try (Mailbox box = work();
                Staging staging = box.stage()) {
            MailBody broken = BrokenStream::new;
            IOException e =
                    assertThrows(IOException.class, () -> staging.save(guid("broken"), broken, DATE, Pop3.NONE));
            assertEquals("link broke", e.getMessage());
            assertFalse(staging.has(guid("broken")));
            stage(staging, guid("broken"), mail("whole"));
        }
        fixture().checkClean();
    }

    /** Gives some bytes, then fails. */
    private static final class BrokenStream extends InputStream {
        private int left = 70_000;

        @Override
        public int read() throws IOException {
            if (left == 0) {
                throw new IOException("link broke");
            }
            left--;
            return 'x';
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            into[offset] = (byte) read();
            return 1;
        }
    }

    @Test
    void storeForReadingLeavesEverythingAlone() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 3);
        MailboxStatus before;
        try (Mailbox box = store().open(WORK)) {
            before = box.status();
        }
        try (MailStore reading = fixture().openForReading()) {
            reading.tree();
            try (Mailbox box = reading.open(WORK)) {
                assertEquals(before, box.status());
                assertEquals(before, box.snapshot().status());
                try (InputStream in = box.body(new Uid(2)).open()) {
                    assertTrue(in.read() >= 0);
                }
                assertEquals(DATE + 2, box.received(new Uid(2)));
            }
        }
        try (Mailbox box = reopen().open(WORK)) {
            assertEquals(before, box.status());
        }
    }

    @Test
    void mailboxesAreIndependent() throws IOException {
        MailboxName other = name(fixture().mailboxesHaveChildren() ? "Work/Sub" : "Workshop");
        create(MailboxName.INBOX, boxGuid(2));
        create(WORK, WORK_GUID);
        create(other, boxGuid(3));
        deliver(MailboxName.INBOX, 1, 4);
        deliver(WORK, 2, 3);
        deliver(other, 9, 9);
        store().apply(new TreeChange.Delete(other, boxGuid(3)));
        try (Mailbox inbox = store().open(MailboxName.INBOX);
                Mailbox work = store().open(WORK)) {
            assertEquals(4, inbox.snapshot().size());
            assertEquals(2, work.snapshot().size());
            assertEquals(5, inbox.status().uidNext());
            assertEquals(4, work.status().uidNext());
        }
    }

    // Random plans

    @Test
    void randomPlansEndAsTheModelSays() throws IOException {
        for (long seed = 0; seed < fixture().randomMailboxes(RANDOM_MAILBOXES); seed++) {
            try {
                playRandomly(seed);
            } catch (IOException | AssertionError | RuntimeException e) {
                fail("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private void playRandomly(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        MailboxName name = name("Random/Box " + seed);
        create(name, boxGuid(1000 + seed));
        ModelBox model = new ModelBox(boxGuid(1000 + seed), VALIDITY);
        int mails = 0;
        for (int round = 0; round < RANDOM_PLANS; round++) {
            try (Mailbox box = store().open(name);
                    Staging staging = box.stage()) {
                List<MailGuid> fresh = new ArrayList<>();
                for (int i = random.nextInt(6); i > 0; i--) {
                    fresh.add(guid("r" + seed + "-" + mails++));
                }
                MailboxSnapshot basis = box.snapshot();
                MailboxPlan plan = randomPlan(random, basis, fresh);
                for (MailGuid guid : fresh) {
                    byte[] bytes = mail(guid.value() + " ".repeat(random.nextInt(50)));
                    Pop3 pop3 = random.nextInt(4) == 0 ? new Pop3("u" + mails, mails) : Pop3.NONE;
                    long received = plannedDate(plan, guid);
                    staging.save(guid, body(bytes), received, pop3);
                    model.staged(guid, bytes, received, pop3);
                }
                done(staging, basis, plan);
                model.apply(plan);
                model.assertIs(box, fixture(), "round " + round + " " + plan);
            }
            if (random.nextBoolean()) {
                reopen();
            }
            try (Mailbox box = store().open(name)) {
                model.assertIs(box, fixture(), "opened again, round " + round);
            }
        }
    }

    private static MailboxPlan randomPlan(SplittableRandom random, MailboxSnapshot basis, List<MailGuid> fresh) {
        PlanBuilder plan = new PlanBuilder(basis.status());
        List<Long> free = new ArrayList<>();
        TreeSet<Long> used = new TreeSet<>();
        List<Integer> renumbered = new ArrayList<>();
        long last = basis.size() == 0 ? 0 : basis.uid(basis.size() - 1);
        for (long uid = 1; uid <= last + 12; uid++) {
            if (basis.rowOf(uid) < 0) {
                free.add(uid);
            }
        }
        for (int row = 0; row < basis.size(); row++) {
            long uid = basis.uid(row);
            switch (random.nextInt(8)) {
                case 0 -> {
                    plan.expunge(uid, basis.guid(row));
                    free.add(uid);
                }
                case 1 -> {
                    renumbered.add(row);
                    free.add(uid);
                }
                case 2 -> {
                    plan.update(uid, values(random));
                    used.add(uid);
                }
                default -> used.add(uid);
            }
        }
        for (int i = free.size() - 1; i > 0; i--) {
            Collections.swap(free, i, random.nextInt(i + 1));
        }
        int next = 0;
        for (int row : renumbered) {
            // A mail may come back to its own UID with a Renumber no more than any other can: skip that draw.
            if (free.get(next) == basis.uid(row)) {
                Collections.swap(free, next, free.size() - 1);
            }
            used.add(free.get(next));
            plan.renumber(basis.uid(row), free.get(next++), values(random));
        }
        for (int i = basis.size() == 0 ? 0 : random.nextInt(2); i > 0 && next < free.size(); i--) {
            used.add(free.get(next));
            plan.copy(basis.uid(random.nextInt(basis.size())), free.get(next++), values(random));
        }
        for (MailGuid guid : fresh) {
            if (random.nextInt(8) > 0 && next < free.size()) {
                used.add(free.get(next));
                plan.save(free.get(next++), guid, values(random));
            }
        }
        long uidNext = (used.isEmpty() ? 0 : used.last()) + 1 + random.nextInt(3);
        return plan.numbers(uidNext, 1 + random.nextLong(uidNext), MODSEQ_MAX).build();
    }

    /** Above all modseqs that {@link #values} gives. */
    private static final long MODSEQ_MAX = 1000;

    private static Values values(SplittableRandom random) {
        List<String> names = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            names.add("key-" + random.nextInt(10));
        }
        return Values.of(1 + random.nextLong(MODSEQ_MAX), DATE + random.nextInt(1000))
                .with(random.nextInt(Flags.SETTABLE + 1), names.toArray(new String[0]));
    }
}
