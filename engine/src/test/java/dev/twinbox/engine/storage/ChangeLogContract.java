package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The part of the contract that is about what a store knows of a mailbox's past. */
abstract class ChangeLogContract extends StoreTestBase {
    private static final int COMMITS = 8;

    /** What was asked, without modseqs, which every store counts in its way. */
    private record Told(boolean reachesBack, Map<Long, Change> changes, List<String> gone, long unsynced) {}

    private static Told told(ChangeLog log) {
        List<String> gone = log.expunges().stream()
                .map(one -> one.uid() + " " + one.guid128() + (one.bySync() ? " by sync" : ""))
                .toList();
        Map<Long, Change> changes = new HashMap<>();
        log.changes().forEach((uid, c) -> {
            for (Map.Entry<String, Long> when : c.when().entrySet()) {
                assertTrue(when.getValue() > 0, () -> "UID " + uid + ": " + c);
            }
            changes.put(uid, new Change(c.added(), c.removed(), c.keywordsAdded(), c.keywordsRemoved()));
        });
        return new Told(log.reachesBack(), changes, gone, log.unsynced());
    }

    @Test
    void everyFlagAndKeywordHasTheModseqOfItsLastChange() throws IOException {
        synced();
        StoreUser user = fixture().user();
        user.flag(WORK, 1, new Flags(Flags.SEEN));
        long seen = highest();
        user.keyword(WORK, 1, Keywords.of(List.of("Word")));
        long word = highest();
        user.flag(WORK, 1, new Flags(Flags.SEEN | Flags.DRAFT));
        long draft = highest();
        try (Mailbox box = store().open(WORK)) {
            box.snapshot();
            assertEquals(
                    Map.of("\\Seen", seen, "word", word, "\\Draft", draft),
                    Objects.requireNonNull(box.changes(0).changes().get(1L)).when());
        }
    }

    private String gone(long uid, boolean bySync) {
        MailGuid guid = guid("m" + uid);
        return uid + " " + fixture().guidOf(guid, mail("m" + uid)).guid128() + (bySync ? " by sync" : "");
    }

    private Told since(long modSeq) throws IOException {
        try (Mailbox box = store().open(WORK)) {
            box.snapshot();
            return told(box.changes(modSeq));
        }
    }

    private long highest() throws IOException {
        try (Mailbox box = store().open(WORK)) {
            return box.status().highestModSeq();
        }
    }

    private interface PlanMaker {
        void make(PlanBuilder plan);
    }

    /** What a sync does. */
    private void sync(PlanMaker maker, MailGuid... staged) throws IOException {
        try (Mailbox box = store().open(WORK);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            for (MailGuid guid : staged) {
                stage(staging, guid, mail(guid.value()));
            }
            PlanBuilder plan = new PlanBuilder(basis.status()).notExact();
            maker.make(plan);
            done(staging, basis, plan.build());
        }
    }

    /** Mails m1, m2, m3 by a sync. */
    private long synced() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 3);
        return highest();
    }

    private void delivery(long uid) throws IOException {
        fixture().user().deliver(WORK, guid("m" + uid), mail("m" + uid), DATE);
    }

    private static Change change(int added, int removed, List<String> wordsAdded, List<String> wordsRemoved) {
        return new Change(new Flags(added), new Flags(removed), wordsAdded, wordsRemoved);
    }

    @Test
    void whatASyncBringsIsNoNews() throws IOException {
        long base = synced();

        assertEquals(new Told(true, Map.of(), List.of(), ChangeLog.ALL_SYNCED), since(base));
        assertEquals(Map.of(), since(0).changes());
        assertEquals(ChangeLog.ALL_SYNCED, since(0).unsynced());
    }

    @Test
    void whatAUserBringsIsUnsyncedUntilTheNextSync() throws IOException {
        long base = synced();
        delivery(4);
        delivery(5);

        assertEquals(new Told(true, Map.of(), List.of(), 4), since(base));
        assertEquals(4, since(highest()).unsynced(), "whatever the modseq");
        fixture().user().expunge(WORK, 4);
        assertEquals(5, since(base).unsynced());
        sync(plan -> {});
        assertEquals(ChangeLog.ALL_SYNCED, since(base).unsynced());
        delivery(6);
        assertEquals(6, since(base).unsynced());
        assertEquals(6, since(0).unsynced());
    }

    @Test
    void whatAUserDoesToFlagsIsNews() throws IOException {
        long base = synced();
        StoreUser user = fixture().user();
        user.flag(WORK, 1, new Flags(Flags.SEEN | Flags.FLAGGED));
        long middle = highest();
        user.flag(WORK, 1, new Flags(Flags.FLAGGED | Flags.DRAFT));
        user.keyword(WORK, 2, Keywords.of(List.of("one", "two")));
        user.keyword(WORK, 2, Keywords.of(List.of("TWO", "three")));

        Map<Long, Change> all = Map.of(
                1L, change(Flags.FLAGGED | Flags.DRAFT, Flags.SEEN, List.of(), List.of()),
                2L, change(0, 0, List.of("three", "two"), List.of("one")));
        assertEquals(new Told(true, all, List.of(), ChangeLog.ALL_SYNCED), since(base));
        assertEquals(all, since(0).changes());
        assertEquals(
                change(Flags.DRAFT, Flags.SEEN, List.of(), List.of()),
                since(middle).changes().get(1L));
        assertEquals(new Told(true, Map.of(), List.of(), ChangeLog.ALL_SYNCED), since(highest()));
    }

    @Test
    void aMailThatIsMovedWithinItsMailboxTakesItsNewsAlong() throws IOException {
        long base = synced();
        StoreUser user = fixture().user();
        user.flag(WORK, 1, new Flags(Flags.SEEN));
        user.keyword(WORK, 1, Keywords.of(List.of("one")));
        user.flag(WORK, 1, Flags.NONE);
        user.keyword(WORK, 1, Keywords.NONE);
        user.deliver(WORK, guid("m1"), mail("m1"), DATE);
        user.expunge(WORK, 1);
        user.flag(WORK, 2, new Flags(Flags.SEEN));
        user.deliver(WORK, guid("m2"), mail("m2"), DATE);

        Change moved = change(0, Flags.SEEN, List.of(), List.of("one"));
        Map<Long, Change> all = Map.of(2L, change(Flags.SEEN, 0, List.of(), List.of()), 4L, moved);
        assertEquals(new Told(true, all, List.of(gone(1, false)), 4), since(base));
        user.flag(WORK, 4, new Flags(Flags.SEEN));
        assertEquals(
                change(Flags.SEEN, 0, List.of(), List.of("one")),
                since(base).changes().get(4L));
    }

    @Test
    void aMailThatASyncGivesAnotherUidTakesItsNewsAlong() throws IOException {
        long base = synced();
        StoreUser user = fixture().user();
        user.flag(WORK, 2, new Flags(Flags.SEEN));
        user.keyword(WORK, 2, Keywords.of(List.of("one")));
        user.flag(WORK, 3, new Flags(Flags.SEEN));
        sync(plan -> plan.renumber(2, 7, Values.of(1, DATE + 2).with(Flags.SEEN | Flags.FLAGGED, "one", "two"))
                .expunge(3, guid("m3")));

        Map<Long, Change> news = Map.of(7L, change(Flags.SEEN, 0, List.of("one"), List.of()));
        assertEquals(new Told(true, news, List.of(gone(2, true), gone(3, true)), ChangeLog.ALL_SYNCED), since(base));
    }

    @Test
    void ofOneOfSeveralCopiesNobodyKnowsWhichWasMoved() throws IOException {
        long base = synced();
        StoreUser user = fixture().user();
        user.flag(WORK, 1, new Flags(Flags.SEEN));
        user.flag(WORK, 1, Flags.NONE);
        for (int i = 0; i < 2; i++) {
            user.deliver(WORK, guid("m1"), mail("m1"), DATE);
        }
        user.expunge(WORK, 1);
        user.expunge(WORK, 4);

        assertEquals(Map.of(), since(base).changes());
    }

    @Test
    void whatASyncTouchesIsNoNewsAnyMore() throws IOException {
        long base = synced();
        StoreUser user = fixture().user();
        user.flag(WORK, 1, new Flags(Flags.SEEN | Flags.FLAGGED));
        user.keyword(WORK, 1, Keywords.of(List.of("one", "two")));
        sync(plan -> plan.update(1, Values.of(1, DATE + 1).with(Flags.SEEN | Flags.ANSWERED, "two", "three")));

        Map<Long, Change> rest = Map.of(1L, change(Flags.SEEN, 0, List.of("two"), List.of()));
        assertEquals(rest, since(base).changes());
        user.flag(WORK, 1, new Flags(Flags.SEEN | Flags.ANSWERED | Flags.FLAGGED));
        assertEquals(
                change(Flags.SEEN | Flags.FLAGGED, 0, List.of("two"), List.of()),
                since(base).changes().get(1L));
    }

    @Test
    void expungesAreKnownByTheirGuid() throws IOException {
        long base = synced();
        fixture().user().expunge(WORK, 2);
        long middle = highest();

        assertEquals(new Told(true, Map.of(), List.of(gone(2, false)), ChangeLog.ALL_SYNCED), since(base));
        sync(plan -> plan.expunge(1, guid("m1")));
        assertEquals(List.of(gone(1, true), gone(2, false)), since(base).gone());
        assertEquals(List.of(gone(1, true), gone(2, false)), since(0).gone());
        assertEquals(List.of(gone(1, true)), since(middle).gone());
        assertEquals(List.of(), since(highest()).gone());
        try (Mailbox box = store().open(WORK)) {
            long last = 0;
            for (Expunge one : box.changes(base).expunges()) {
                assertTrue(one.modSeq() > base && one.modSeq() <= highest(), one.toString());
                last = Math.max(last, one.modSeq());
            }
            assertTrue(last > middle);
        }
    }

    @Test
    void aMailWithAnotherUidIsGoneFromTheOldOne() throws IOException {
        long base = synced();
        sync(plan -> plan.renumber(2, 7, Values.of(1, DATE + 2)).copy(1, 8, Values.of(1, DATE + 1)));

        assertEquals(new Told(true, Map.of(), List.of(gone(2, true)), ChangeLog.ALL_SYNCED), since(base));
    }

    @Test
    void historyOutlivesManyCommits() throws IOException {
        long base = synced();
        fixture().user().expunge(WORK, 2);
        fixture().user().flag(WORK, 1, new Flags(Flags.SEEN));
        delivery(4);
        for (int i = 0; i < COMMITS; i++) {
            String word = "word" + i;
            int uid = 5 + i;
            sync(
                    plan -> plan.update(3, Values.of(1, DATE).with(Flags.SEEN, word))
                            .save(uid, guid("m" + uid), Values.of(1, DATE).with(Flags.FLAGGED, word)),
                    guid("m" + uid));
            reopen();
        }

        Map<Long, Change> seen = Map.of(1L, change(Flags.SEEN, 0, List.of(), List.of()));
        assertEquals(new Told(true, seen, List.of(gone(2, false)), ChangeLog.ALL_SYNCED), since(base));
    }

    @Test
    void exactNumbersThatAreReachedKeepTheHistory() throws IOException {
        long base = synced();
        fixture().user().expunge(WORK, 2);
        long far = highest() + 100;
        try (Mailbox box = store().open(WORK);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            done(
                    staging,
                    basis,
                    new PlanBuilder(basis.status())
                            .update(1, Values.of(far, DATE + 1).with(Flags.SEEN, "one", "two"))
                            .build());
        }

        assertEquals(far, highest());
        assertEquals(new Told(true, Map.of(), List.of(gone(2, false)), ChangeLog.ALL_SYNCED), since(base));
    }

    @Test
    void numbersThatGoDownEndTheHistory() throws IOException {
        synced();
        fixture().user().expunge(WORK, 2);
        try (Mailbox box = store().open(WORK);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            done(
                    staging,
                    basis,
                    new PlanBuilder(basis.status())
                            .identity(boxGuid(9), VALIDITY + 1)
                            .numbers(9, 4, basis.status().highestModSeq())
                            .build());
        }

        assertTrue(since(highest()).reachesBack());
        assertEquals(List.of(), since(0).gone());
        assertEquals(ChangeLog.ALL_SYNCED, since(0).unsynced());
    }
}
