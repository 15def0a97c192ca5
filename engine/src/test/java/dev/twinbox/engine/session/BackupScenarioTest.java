package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.BackupWorld.Run;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.storage.memory.MemoryClient;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BackupScenarioTest {
    private static final MailboxName INBOX = MailboxName.INBOX;
    private static final MailboxName WORK = MailboxName.parse("Work", '/');
    private static final MailboxName ARCHIVE = MailboxName.parse("Archive", '/');
    private static final MailboxName TRASH = MailboxName.parse("Trash", '/');
    private static final MailboxGuid WORK_GUID = new MailboxGuid(1, 2);
    private static final long DATE = 1_704_103_205;
    private static final long VALIDITY = 1_795_303_655;

    private MemoryClient source;
    private MailUser destination;
    private MemoryAccount sourceAccount;
    private MemoryAccount destinationAccount;
    private BackupWorld world;

    /** INBOX with two mails, Work with five, an empty Trash. */
    @BeforeEach
    void makeAccounts() throws IOException {
        SimClock clock = new SimClock();
        sourceAccount = new MemoryAccount("source", clock);
        destinationAccount = new MemoryAccount("replica", clock);
        source = sourceAccount.client();
        destination = new PlanUser(Place.of(destinationAccount));
        world = new BackupWorld(Place.of(sourceAccount), Place.of(destinationAccount));
        source.create(INBOX, new MailboxGuid(1, 1), VALIDITY);
        source.create(WORK, WORK_GUID, VALIDITY + 1);
        source.create(TRASH, new MailboxGuid(1, 3), VALIDITY + 2);
        source.subscribe(WORK, true);
        deliver(INBOX, "i1", "i2");
        deliver(WORK, "w1", "w2", "w3", "w4", "w5");
        source.flag(WORK, 2, new Flags(Flags.SEEN | Flags.ANSWERED));
        source.keyword(WORK, 3, Keywords.of(List.of("Important", "$Forwarded")));
    }

    private void deliver(MailboxName mailbox, String... guids) throws IOException {
        for (String guid : guids) {
            source.deliver(mailbox, new MailGuid(guid), mail(guid), DATE + guid.hashCode());
        }
    }

    private static byte[] mail(String subject) {
        return ("Subject: " + subject + "\n\nText\n").getBytes(StandardCharsets.UTF_8);
    }

    private Run done(SyncOptions options) throws IOException, InterruptedException {
        Run run = world.backup(options);
        assertEquals(Status.DONE, run.outcome().status(), run::toString);
        return run;
    }

    private Run same(int requests) throws IOException, InterruptedException {
        Run run = done(BackupWorld.PLAIN);
        world.assertSame(run.toString());
        assertEquals(requests, run.requests(), run::toString);
        return run;
    }

    @Test
    void firstRunCopiesEverything() throws Exception {
        Run run = same(7);
        assertEquals(List.of(), run.events().damages());
    }

    @Test
    void secondRunChangesNothing() throws Exception {
        same(7);
        List<String> before = world.picture();
        try (MailStore store = destinationAccount.openForReading();
                Mailbox work = store.open(WORK)) {
            var table = work.snapshot();
            for (SyncOptions options : List.of(
                    BackupWorld.PLAIN,
                    BackupWorld.FULL,
                    BackupWorld.limit(BackupWorld.FULL, DeleteLimit.DEFAULT),
                    BackupWorld.dry(BackupWorld.FULL))) {
                Run run = done(options);
                assertEquals(0, run.outcome().changes());
                assertEquals(List.of(), run.events().changes());
                assertEquals(0, run.requests());
                assertFalse(work.changedSince(table), "not even the version changes");
            }
        }
        assertEquals(before, world.picture());
    }

    @Test
    void aMailAddedAtTheDestinationIsTakenAway() throws Exception {
        same(7);
        destination.deliver(WORK, new MailGuid("stranger"), mail("stranger"), DATE);
        assertEquals(1, same(0).outcome().changes());
    }

    @Test
    void aMailExpungedAtTheDestinationIsFetchedAloneEvenFromTheMiddle() throws Exception {
        same(7);
        destination.expunge(WORK, 2);
        assertEquals(1, same(1).outcome().changes());
    }

    @Test
    void flagsAndKeywordsChangedAtTheDestinationAreReverted() throws Exception {
        same(7);
        destination.flag(WORK, 2, new Flags(Flags.DELETED));
        destination.keyword(WORK, 3, Keywords.of(List.of("other")));
        assertEquals(2, same(0).outcome().changes());
    }

    @Test
    void aMailRenumberedAtTheDestinationIsRenumberedBack() throws Exception {
        same(7);
        destination.renumber(WORK, 2, 77);
        assertEquals(1, same(0).outcome().changes());
    }

    @Test
    void aMailMovedAtTheDestinationIsPutBack() throws Exception {
        same(7);
        destination.copy(WORK, 2, INBOX);
        destination.expunge(WORK, 2);
        assertEquals(2, same(1).outcome().changes());
    }

    @Test
    void aMailboxMadeAtTheDestinationIsDeletedAndOneDeletedThereComesBack() throws Exception {
        same(7);
        destination.create(ARCHIVE, new MailboxGuid(9, 9), VALIDITY);
        destination.delete(WORK, WORK_GUID);
        same(5);
    }

    @Test
    void aMailboxRenamedAtTheSourceIsRenamedAndNotCopied() throws Exception {
        same(7);
        source.rename(WORK, ARCHIVE);
        Run run = same(0);
        assertTrue(run.events().changes().contains(new TreeChange.Rename(WORK, ARCHIVE).toString()), run::toString);
    }

    @Test
    void aMailboxThatIsAnotherNowIsFetchedThoughAllNumbersAreEqual() throws Exception {
        same(7);
        source.delete(WORK);
        source.create(WORK, new MailboxGuid(8, 8), VALIDITY + 1);
        deliver(WORK, "n1", "n2", "n3", "n4", "n5");
        source.flag(WORK, 2, Flags.NONE);
        source.flag(WORK, 2, Flags.NONE);
        same(5);
    }

    @Test
    void deletingComesLast() throws Exception {
        same(7);
        source.create(ARCHIVE, new MailboxGuid(1, 5), VALIDITY);
        source.move(WORK, 1, ARCHIVE);
        source.delete(TRASH);
        Run run = same(1);
        List<String> all = run.events().all();
        assertEquals(
                all.size() - 1,
                all.indexOf(new TreeChange.Delete(TRASH, new MailboxGuid(1, 3)).toString()),
                run::toString);
    }

    @Test
    void inboxTakesOverTheSourcesIdentity() throws Exception {
        destination.create(INBOX, new MailboxGuid(7, 7), VALIDITY - 5);
        destination.deliver(INBOX, new MailGuid("i1"), mail("i1"), DATE + "i1".hashCode());
        same(6);
        setUpAgainWithLimit();
    }

    private void setUpAgainWithLimit() throws Exception {
        makeAccounts();
        destination.create(INBOX, new MailboxGuid(7, 7), VALIDITY - 5);
        destination.deliver(INBOX, new MailGuid("i1"), mail("i1"), DATE + "i1".hashCode());
        done(BackupWorld.limit(BackupWorld.PLAIN, DeleteLimit.DEFAULT));
        world.assertSame("with a planning pass");
    }

    @Test
    void dryRunSaysWhatTheRunThenDoesAndChangesNothing() throws Exception {
        same(7);
        source.rename(WORK, ARCHIVE);
        deliver(ARCHIVE, "new");
        source.delete(TRASH);
        source.create(WORK, new MailboxGuid(4, 4), VALIDITY);
        deliver(WORK, "x");
        destination.deliver(INBOX, new MailGuid("stranger"), mail("stranger"), DATE);
        destination.renumber(WORK, 2, 40);
        List<String> before = world.picture();
        Run dry = done(BackupWorld.dry(BackupWorld.PLAIN));
        assertEquals(before, world.picture());
        assertEquals(0, dry.requests());
        Run real = same(2);
        assertEquals(
                dry.events().changes().stream().sorted().toList(),
                real.events().changes().stream().sorted().toList());
        assertEquals(dry.outcome().changes(), real.outcome().changes());
    }

    private void refused(DeleteLimit limit) throws Exception {
        List<String> before = world.picture();
        Run run = world.backup(BackupWorld.limit(BackupWorld.PLAIN, limit));
        assertEquals(Status.GUARDED, run.outcome().status(), run::toString);
        assertEquals(before, world.picture());
        assertEquals(0, run.requests());
    }

    @Test
    void anEmptySourceIsRefused() throws Exception {
        same(7);
        BackupWorld real = world;
        MemoryAccount empty = new MemoryAccount("empty", new SimClock());
        empty.client().create(INBOX, new MailboxGuid(6, 6), VALIDITY);
        world = new BackupWorld(Place.of(empty), Place.of(destinationAccount));
        refused(DeleteLimit.DEFAULT);
        refused(DeleteLimit.ofMails(1000));
        same(0);
        world = real;
        same(7);
    }

    @Test
    void aMissingSourceIsRefusedUnlessDeletingIsAllowed() throws Exception {
        same(7);
        world = new BackupWorld(Place.of(new MemoryAccount("none", new SimClock())), Place.of(destinationAccount));
        refused(DeleteLimit.DEFAULT);
        refused(DeleteLimit.ofPercent(100));
        done(BackupWorld.limit(BackupWorld.PLAIN, DeleteLimit.OFF));
        long left = 0;
        try (MailStore store = destinationAccount.openForReading()) {
            for (MailboxNode node : store.tree().mailboxes()) {
                left += store.open(node.name()).status().messages();
            }
        }
        assertEquals(0, left);
    }

    @Test
    void takingAwayMoreThanAllowedIsRefused() throws Exception {
        same(7);
        for (int uid = 1; uid <= 4; uid++) {
            source.expunge(WORK, uid);
        }
        refused(DeleteLimit.ofMails(3));
        refused(DeleteLimit.ofPercent(50));
        done(BackupWorld.limit(BackupWorld.PLAIN, DeleteLimit.ofMails(4)));
        world.assertSame("allowed");
    }

    @Test
    void takingAwayMoreThanHalfOfALargeAccountIsRefused() throws Exception {
        for (int i = 0; i < 250; i++) {
            deliver(TRASH, "t" + i);
        }
        same(257);
        source.delete(TRASH);
        refused(DeleteLimit.DEFAULT);
        done(BackupWorld.limit(BackupWorld.PLAIN, DeleteLimit.ofPercent(98)));
        world.assertSame("allowed");
    }

    @Test
    void withoutALimitNothingIsPlannedFirst() throws Exception {
        same(7);
        deliver(INBOX, "i3");
        AtomicBoolean limited = new AtomicBoolean();
        int[] tables = {0, 0};
        world.wrapSource(store -> new StoreWrapper(store) {
            @Override
            void beforeStatus(MailboxName name) {
                tables[limited.get() ? 1 : 0]++;
            }
        });
        done(BackupWorld.PLAIN);
        deliver(INBOX, "i4");
        limited.set(true);
        done(BackupWorld.limit(BackupWorld.PLAIN, DeleteLimit.DEFAULT));
        assertEquals(3, tables[0], "each mailbox once");
        assertTrue(tables[1] > 3, "some twice");
    }

    @Test
    void onlyTheNamedMailboxTakesPart() throws Exception {
        SyncOptions only = BackupWorld.only(BackupWorld.PLAIN, new MailboxFilter(Set.of(WORK), null, List.of()));
        destination.create(INBOX, new MailboxGuid(7, 7), VALIDITY);
        destination.deliver(INBOX, new MailGuid("mine"), mail("mine"), DATE);
        List<String> before = world.picture();
        assertEquals(5, done(only).requests());
        assertTrue(world.picture().containsAll(before));
        assertFalse(world.picture().stream().anyMatch(line -> line.startsWith("Trash")));
        SyncOptions byGuid = BackupWorld.only(BackupWorld.PLAIN, new MailboxFilter(null, WORK_GUID, List.of()));
        assertEquals(0, done(byGuid).outcome().changes());
        source.rename(WORK, ARCHIVE);
        Run renamed = done(byGuid);
        assertEquals(0, renamed.requests());
        assertTrue(renamed.events().changes().contains(new TreeChange.Rename(WORK, ARCHIVE).toString()));
    }

    @Test
    void anExcludedMailboxIsLeftAlone() throws Exception {
        SyncOptions without =
                BackupWorld.only(BackupWorld.PLAIN, new MailboxFilter(null, null, List.of("W*", "Tr?sh")));
        destination.create(TRASH, new MailboxGuid(7, 7), VALIDITY);
        destination.deliver(TRASH, new MailGuid("mine"), mail("mine"), DATE);
        List<String> before = world.picture();
        assertEquals(2, done(without).requests());
        assertTrue(world.picture().containsAll(before));
        assertFalse(world.picture().stream().anyMatch(line -> line.startsWith("Work")));
    }

    @Test
    void aRenameDoesNotTakeAnExcludedMailboxAlong() throws Exception {
        same(7);
        MailboxName kept = MailboxName.parse("Work/Keep", '/');
        destination.create(kept, new MailboxGuid(7, 7), VALIDITY);
        destination.deliver(kept, new MailGuid("mine"), mail("mine"), DATE);
        List<String> before = world.picture(node -> node.name().equals(kept));
        source.rename(WORK, ARCHIVE);
        done(BackupWorld.only(BackupWorld.PLAIN, new MailboxFilter(null, null, List.of("*Keep"))));
        assertEquals(before, world.picture(node -> node.name().equals(kept)));
        assertTrue(world.picture().stream().anyMatch(line -> line.startsWith("Archive 5 w5")));
    }

    @Test
    void aGuidInUseByAMailboxLeftOutIsNotGivenToAnother() throws Exception {
        same(7);
        destination.rename(WORK, ARCHIVE);
        List<String> before = world.picture();
        deliver(INBOX, "i3");
        Run run = world.backup(BackupWorld.only(BackupWorld.PLAIN, new MailboxFilter(null, null, List.of("Archive"))));
        assertEquals(Status.DAMAGED, run.outcome().status(), run::toString);
        assertTrue(world.picture().stream().anyMatch(line -> line.startsWith("INBOX 3 i3")), run::toString);
        before.removeIf(line -> line.startsWith("INBOX "));
        assertTrue(world.picture().containsAll(before), run::toString);
        same(0);
    }

    @Test
    void mailFiltersFetchLessButTakeNothingAway() throws Exception {
        source.flag(WORK, 1, new Flags(Flags.FLAGGED));
        Run flagged = done(BackupWorld.mails(BackupWorld.PLAIN, new MailFilter(0, 0, 0, "\\Flagged")));
        assertEquals(1, flagged.requests());
        Run without = done(BackupWorld.mails(BackupWorld.PLAIN, new MailFilter(0, 0, 0, "-Important")));
        assertEquals(5, without.requests(), "all but w3 and what is there");
        Run word = done(BackupWorld.mails(BackupWorld.PLAIN, new MailFilter(0, 0, 0, "important")));
        assertEquals(1, word.requests());
        world.assertSame("all three together");
        assertEquals(
                0,
                done(BackupWorld.mails(BackupWorld.PLAIN, new MailFilter(0, 1, 0, null)))
                        .outcome()
                        .changes());
    }

    @Test
    @Tag("F163")
    @Tag("F164")
    void datesAndSizesLimitWhatIsFetched() throws Exception {
        source.deliver(TRASH, new MailGuid("old"), mail("old"), 1000);
        source.deliver(TRASH, new MailGuid("mid"), mail("mid"), 2000);
        source.deliver(TRASH, new MailGuid("big"), mail("big".repeat(1000)), 3000);
        SyncOptions trash = BackupWorld.only(BackupWorld.PLAIN, new MailboxFilter(Set.of(TRASH), null, List.of()));
        assertEquals(
                0,
                done(BackupWorld.mails(trash, new MailFilter(0, 999, 0, null))).requests());
        assertEquals(
                1,
                done(BackupWorld.mails(trash, new MailFilter(2000, 2999, 0, null)))
                        .requests());
        assertEquals(
                1,
                done(BackupWorld.mails(trash, new MailFilter(0, 0, 100, null))).requests());
        assertEquals(1, done(trash).requests());
    }

    @Test
    void aMailboxThatCannotBeReadAtTheSourceLeavesTheOthersAndEverythingAtTheDestination() throws Exception {
        same(7);
        deliver(INBOX, "i3");
        deliver(WORK, "w6");
        source.delete(TRASH);
        for (SyncOptions options :
                List.of(BackupWorld.PLAIN, BackupWorld.limit(BackupWorld.PLAIN, DeleteLimit.DEFAULT))) {
            world.wrapSource(store -> new StoreWrapper(store) {
                @Override
                void beforeSnapshot(MailboxName name) throws IOException {
                    if (name.equals(WORK)) {
                        throw new CorruptStoreException("made up");
                    }
                }
            });
            Run run = world.backup(options);
            assertEquals(Status.DAMAGED, run.outcome().status(), run::toString);
            assertTrue(world.picture().stream().anyMatch(line -> line.startsWith("INBOX 3 i3")), run::toString);
            assertTrue(world.picture().stream().anyMatch(line -> line.startsWith("Work 5 w5")));
            assertTrue(world.picture().stream().anyMatch(line -> line.startsWith("Trash EXISTS")), "nothing deleted");
        }
        world.wrapSource(store -> store);
        same(1);
    }

    @Test
    void aMailboxThatCannotBeReadAtTheDestinationLeavesTheOthers() throws Exception {
        same(7);
        deliver(INBOX, "i3");
        deliver(WORK, "w6");
        for (SyncOptions options :
                List.of(BackupWorld.limit(BackupWorld.PLAIN, DeleteLimit.DEFAULT), BackupWorld.PLAIN)) {
            world.wrapDestination(store -> new StoreWrapper(store) {
                @Override
                void beforeSnapshot(MailboxName name) throws IOException {
                    if (name.equals(INBOX)) {
                        throw new CorruptStoreException("made up");
                    }
                }
            });
            Run run = world.backup(options);
            assertEquals(Status.DAMAGED, run.outcome().status(), run::toString);
            assertTrue(world.picture().stream().anyMatch(line -> line.startsWith("Work 6 w6")), run::toString);
        }
    }

    private Run withBodyTrouble(IOException trouble) throws Exception {
        world.wrapSource(store -> new StoreWrapper(store) {
            @Override
            void beforeBody(MailboxName name, Uid uid) throws IOException {
                if (name.equals(WORK) && uid.value() == 3) {
                    throw trouble;
                }
            }
        });
        Run run = world.backup(BackupWorld.PLAIN);
        assertTrue(world.picture().stream().anyMatch(line -> line.startsWith("Work 4 w4")), run::toString);
        assertFalse(world.picture().stream().anyMatch(line -> line.startsWith("Work 3 w3")), run::toString);
        assertTrue(world.picture().stream().anyMatch(line -> line.startsWith("INBOX 2 i2")), run::toString);
        return run;
    }

    @Test
    void aMailThatCannotBeReadIsMissedAndTheRunSaysSo() throws Exception {
        Run run = withBodyTrouble(new CorruptStoreException("made up"));
        assertEquals(Status.DAMAGED, run.outcome().status(), run::toString);
        assertEquals(1, run.events().damages().size());
        world.wrapSource(store -> store);
        assertEquals(1, world.backup(BackupWorld.PLAIN).requests(), "even the fast run knows that one is missing");
        world.assertSame("healed");
    }

    @Test
    void aMailThatIsGoneMeanwhileMakesTheRunSayChanged() throws Exception {
        Run run = withBodyTrouble(new BodyGoneException("made up"));
        assertEquals(Status.CHANGED, run.outcome().status(), run::toString);
    }

    private Run withChangingDestination(int times) throws Exception {
        int[] left = {times};
        world.wrapDestination(store -> new StoreWrapper(store) {
            @Override
            Staging.Result beforeCommit(MailboxName name) throws IOException {
                if (name.equals(WORK) && left[0]-- > 0) {
                    destination.deliver(WORK, new MailGuid("n" + left[0]), mail("n"), DATE);
                }
                return Staging.Result.DONE;
            }
        });
        return world.backup(BackupWorld.PLAIN);
    }

    @Test
    void aDestinationChangedByAnotherBeforeTheCommitIsPlannedAnew() throws Exception {
        Run run = withChangingDestination(1);
        assertEquals(Status.DONE, run.outcome().status(), run::toString);
        assertEquals(7, run.requests(), "nothing is fetched twice");
        world.assertSame(run.toString());
    }

    @Test
    void aDestinationThatNeverStandsStillMakesTheRunSayChanged() throws Exception {
        Run run = withChangingDestination(Integer.MAX_VALUE);
        assertEquals(Status.CHANGED, run.outcome().status(), run::toString);
        assertTrue(world.picture().stream().anyMatch(line -> line.startsWith("INBOX 2 i2")));
    }

    @Test
    void aSourceThatChangesDuringTheRunMakesTheRunSayChanged() throws Exception {
        AtomicBoolean once = new AtomicBoolean();
        world.wrapSource(store -> new StoreWrapper(store) {
            @Override
            void beforeBody(MailboxName name, Uid uid) throws IOException {
                if (name.equals(WORK) && !once.getAndSet(true)) {
                    deliver(INBOX, "late");
                }
            }
        });
        assertEquals(Status.CHANGED, world.backup(BackupWorld.PLAIN).outcome().status());
        same(1);
    }

    @Test
    void aMailMovedDuringTheRunToAMailboxReadBeforeIsNotMissingAtTheEnd() throws Exception {
        same(7);
        AtomicBoolean once = new AtomicBoolean();
        world.wrapSource(store -> new StoreWrapper(store) {
            @Override
            void beforeStatus(MailboxName name) throws IOException {
                if (name.equals(WORK) && !once.getAndSet(true)) {
                    source.move(WORK, 4, INBOX); // INBOX has been through already
                }
            }
        });
        Run run = world.backup(BackupWorld.PLAIN);
        assertTrue(run.outcome().status().compareTo(Status.CHANGED) <= 0, run::toString);
        world.assertSame(run.toString());
    }

    @Test
    void oneItemInTheLinkIsEnough() throws Exception {
        world.capacity(1);
        same(7);
        source.rename(WORK, ARCHIVE);
        deliver(INBOX, "i3");
        done(BackupWorld.limit(BackupWorld.FULL, DeleteLimit.DEFAULT));
        world.assertSame("capacity 1");
    }

    @Test
    void aBugAtTheDestinationEndsBothSides() throws Exception {
        world.capacity(1).wrapDestination(store -> new StoreWrapper(store) {
            @Override
            Staging.Result beforeCommit(MailboxName name) {
                throw new IllegalStateException("made up");
            }
        });
        String message = "";
        try {
            world.backup(BackupWorld.PLAIN);
        } catch (IllegalStateException e) {
            message = String.valueOf(e.getMessage());
        }
        assertEquals("made up", message);
    }

    @Test
    void theTwoAccountsAreNotTheSameBeforeTheRun() throws Exception {
        assertNotEquals(0, world.compare().total());
    }
}
