package dev.twinbox.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.merge.DsyncMerge.Result;
import dev.twinbox.engine.merge.MailboxMerge.Common;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of dsync's merge, row by row (dsync wire protocol, section 3.7), and that both ends come to the same. */
class DsyncMergeTest {
    private static final int SEEDS = Integer.getInteger("twinbox.merge.seeds", 10_000);
    private static final String[] WORDS = {"\\Seen", "\\Flagged", "work", "home"};

    private final Replica left = new Replica();
    private final Replica right = new Replica();

    private void both(String... guids) {
        for (String guid : guids) {
            left.deliver(guid);
            right.deliver(guid);
        }
    }

    /** Up to where both ends are the same, as both say it after a run. */
    private record Saved(long uid, long modSeq) {
        static final Saved NOTHING = new Saved(0, 0);

        Common common() {
            return uid == 0 && modSeq == 0 ? Common.NONE : new Common(uid, modSeq);
        }
    }

    private record Halves(Result left, Result right) {}

    private static Halves halves(Replica left, Replica right, Saved saved) {
        Replica here = known(left, saved);
        Replica there = known(right, saved);
        long validity = DsyncMerge.uidValidity(left.status(), right.status());
        return new Halves(
                DsyncMerge.merge(here.input(true), said(there, saved), true, saved.common(), validity, row -> true),
                DsyncMerge.merge(there.input(true), said(here, saved), false, saved.common(), validity, row -> true));
    }

    /** With the log since the saved state only. */
    private static Replica known(Replica replica, Saved saved) {
        Replica known = replica.copy();
        known.forgetUntil(saved.modSeq());
        return known;
    }

    /** What an end says in a run that goes on from a saved state: only what is new. */
    private static MergeInput said(Replica replica, Saved saved) {
        MergeInput all = replica.input(true);
        MailboxSnapshot table = all.table();
        MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
        int listed = 0;
        for (int row = 0; row < table.size(); row++) {
            long uid = table.uid(row);
            if (uid > saved.uid()
                    || table.modSeq(row) > saved.modSeq()
                    || !all.log().of(uid).equals(Change.NONE)) {
                rows.add(uid, table.guid(row), table.flags(row), table.keywords(row), table.modSeq(row), 1000);
                listed++;
            }
        }
        MailboxStatus status = table.status();
        return new MergeInput(
                rows.build(
                        new MailboxStatus(
                                status.guid(),
                                status.uidValidity(),
                                status.uidNext(),
                                listed,
                                status.firstRecentUid(),
                                status.highestModSeq(),
                                false),
                        new Object()),
                all.log());
    }

    private Halves sync(Saved saved) {
        Halves halves = halves(left, right, saved);
        carryOut(left, right, halves);
        return halves;
    }

    private Halves sync() {
        return sync(Saved.NOTHING);
    }

    private static void apply(Replica left, Replica right, Halves halves) {
        Replica before = left.copy();
        left.apply(forReplica(halves.left().plan(), left), right);
        right.apply(forReplica(halves.right().plan(), right), before);
    }

    private static void carryOut(Replica left, Replica right, Halves halves) {
        apply(left, right, halves);
        assertEquals(mails(left, halves), mails(right, halves), "sides differ");
        assertEquals(left.uidNext, right.uidNext, "UIDNEXT differs");
        assertEquals(left.uidValidity, right.uidValidity, "UIDVALIDITY differs");
        assertEquals(halves.left().commonUid(), halves.right().commonUid(), "common UID differs");
        assertEquals(left.uidNext - 1, halves.left().commonUid(), "common UID");
    }

    /** What a store makes of it: copies what it has, and raises HIGHESTMODSEQ to the modseqs of the mails. */
    private static MailboxPlan forReplica(MailboxPlan plan, Replica replica) {
        Map<String, Long> here = new TreeMap<>();
        replica.mails.forEach((uid, mail) -> here.put(mail.guid, uid));
        List<Step> steps = new ArrayList<>();
        long highest = plan.target().highestModSeq();
        for (Step step : plan.steps()) {
            Long from = step instanceof Save save ? here.get(save.guid().value()) : null;
            if (step instanceof Save s && from != null) {
                steps.add(new Copy(from, s.newUid(), s.flags(), s.keywords(), s.modSeq(), s.received(), s.reason()));
            } else {
                steps.add(step);
            }
            highest = Math.max(highest, modSeq(step));
        }
        return new MailboxPlan(plan.target().withHighestModSeq(highest), steps);
    }

    private static long modSeq(Step step) {
        if (step instanceof Save s) {
            return s.modSeq();
        }
        if (step instanceof Copy c) {
            return c.modSeq();
        }
        if (step instanceof Renumber r) {
            return r.modSeq();
        }
        return step instanceof Update u ? u.modSeq() : 0;
    }

    private static Map<Long, String> mails(Replica replica) {
        Map<Long, String> mails = new TreeMap<>();
        replica.mails.forEach((uid, mail) -> mails.put(uid, mail.guid + mail.words));
        return mails;
    }

    /** Without the flags of copies that were moved: dsync moves them all, but does not say which one goes where. */
    private static Map<Long, String> mails(Replica replica, Halves halves) {
        Map<String, Integer> times = new TreeMap<>();
        replica.mails.values().forEach(mail -> times.merge(mail.guid, 1, Integer::sum));
        boolean moves = Stream.of(halves.left(), halves.right())
                .flatMap(half -> half.plan().steps().stream())
                .anyMatch(Renumber.class::isInstance);
        Map<Long, String> mails = new TreeMap<>();
        replica.mails.forEach((uid, mail) ->
                mails.put(uid, moves && times.getOrDefault(mail.guid, 0) > 1 ? mail.guid : mail.guid + mail.words));
        return mails;
    }

    private static String words(MailboxPlan plan) {
        StringBuilder text = new StringBuilder();
        for (Step step : plan.steps()) {
            if (step instanceof Save s) {
                text.append("+").append(s.newUid()).append(s.guid());
            } else if (step instanceof Expunge e) {
                text.append("-").append(e.uid()).append(e.guid());
            } else if (step instanceof Renumber r) {
                text.append(r.uid()).append(">").append(r.newUid());
            } else if (step instanceof Copy c) {
                text.append(c.fromUid()).append("=").append(c.newUid());
            } else if (step instanceof Update u) {
                text.append("!").append(u.uid());
            }
            text.append(' ');
        }
        return text.toString().trim();
    }

    private static void assertPlans(String left, String right, Halves halves) {
        assertEquals(left, words(halves.left().plan()));
        assertEquals(right, words(halves.right().plan()));
    }

    // A. The last common UID

    @Test
    void equalMailboxesNeedNothing() {
        both("a", "b", "c");
        Halves halves = sync();
        assertPlans("", "", halves);
        assertEquals(3, halves.left().commonUid());
    }

    @Test
    void emptyMailboxesNeedNothing() {
        Halves halves = sync();
        assertPlans("", "", halves);
        assertEquals(0, halves.left().commonUid());
    }

    @Test
    void aNewMailComesAtItsUid() {
        both("a", "b");
        left.deliver("c");
        assertPlans("", "+3c", sync());
    }

    @Test
    void aMailThatIsPassedOverBeforeACommonOneGoesEvenIfNoLogTellsOfIt() {
        both("a", "b", "c");
        right.expunge(2);
        right.forget();
        assertPlans("-2b", "", sync());
    }

    @Test
    void theLogsTellOfMailsThatAreGoneAtTheEnd() {
        both("a", "b", "c");
        right.expunge(2);
        right.expunge(3);
        assertPlans("-2b -3c", "", sync());
    }

    @Test
    void whatIsMissingAtTheEndWithoutALogComesBackWithNewUids() {
        both("a", "b", "c", "d");
        left.expunge(3);
        left.expunge(4);
        left.forget();
        assertPlans("+5c +6d", "3>5 4>6", sync());
    }

    @Test
    void anotherMailThatWentAwayEndsWhatIsCommon() {
        both("a");
        left.deliver("x");
        left.expunge(2);
        right.deliver("y");
        both("c");
        assertPlans("+4y", "2>4", sync());
    }

    @Test
    void theSameMailGoneFromBothStaysGone() {
        both("a", "b", "c");
        left.expunge(3);
        right.expunge(3);
        left.deliver("d");
        assertPlans("", "+4d", sync());
    }

    @Test
    void anExpungeOfAMailThatWasNeverHereIsNothing() {
        both("a");
        right.deliver("b");
        right.expunge(2);
        right.deliver("c");
        assertPlans("+3c", "", sync());
    }

    @Test
    void anExpungeWithoutAGuidDecidesNothing() {
        both("a", "b", "c");
        right.expunge(2);
        right.forgetGuids();
        assertPlans("-2b", "", sync());
    }

    @Test
    void unwantedMailsAreNeitherFetchedNorTheEndOfWhatIsCommon() {
        both("a");
        right.deliver("x");
        right.deliver("y");
        long validity = left.uidValidity;
        Result result =
                DsyncMerge.merge(left.input(true), right.input(true), true, Common.NONE, validity, row -> row != 1);
        assertEquals("+3y", words(result.plan()));
    }

    // B. Mails that both had

    @Test
    void aStatefulRunTakesTheExpungesThatAreSaid() {
        both("a", "b", "c");
        Saved saved = new Saved(3, left.highestModSeq);
        right.expunge(2);
        assertPlans("-2b", "", sync(saved));
    }

    @Test
    void aStatefulRunTakesFlagsThatAreSaid() {
        both("a", "b", "c");
        Saved saved = new Saved(3, left.highestModSeq);
        right.set(2, "\\Seen", true);
        left.set(1, "work", true);
        assertPlans("!2", "!1", sync(saved));
    }

    @Test
    void aStatefulRunGivesUidsAboveTheSavedOneOnly() {
        both("a", "b", "c");
        Saved saved = new Saved(3, left.highestModSeq);
        left.deliver("y");
        right.deliver("x");
        assertPlans("4>6 +5x", "4>5 +6y", sync(saved));
    }

    @Test
    void anExpungeOfAnotherMailIsAMismatchAndExpungesNothing() {
        both("a", "b");
        right.mails.put(2L, new Replica.Mail("z"));
        right.expunge(2);
        Saved saved = new Saved(2, left.highestModSeq - 1);
        Halves halves = halves(left, right, saved);
        assertEquals("", words(halves.left().plan()));
        assertEquals(List.of(2L), halves.left().mismatches());
    }

    @Test
    void flagsOfAnotherMailAreAMismatchAndChangeNothing() {
        both("a", "b");
        Saved saved = new Saved(2, left.highestModSeq);
        right.mails.put(2L, new Replica.Mail("z"));
        right.set(2, "\\Seen", true);
        Halves halves = halves(left, right, saved);
        assertEquals("", words(halves.left().plan()));
        assertEquals(List.of(2L), halves.left().mismatches());
    }

    @Test
    void anExpungeAboveWhatIsCommonIsIgnored() {
        both("a");
        left.deliver("y");
        left.deliver("c");
        right.deliver("x");
        right.deliver("c");
        right.expunge(3);
        sync();
        assertTrue(left.mails.values().stream().anyMatch(mail -> mail.guid.equals("c")), left::toString);
    }

    // C. UIDs

    /** The man page's story. */
    @Test
    void twoMailsWithOneUidBothGetNewOnesInOrderOfGuids() {
        both("a", "b", "c", "d", "e");
        left.deliver("y");
        right.deliver("x");
        assertPlans("6>8 +7x", "6>7 +8y", sync());
        assertEquals(
                "{1=a[], 2=b[], 3=c[], 4=d[], 5=e[], 7=x[], 8=y[]}", mails(left).toString());
    }

    @Test
    void aMailThatBothGotUnderDifferentUidsTakesTheUsableOne() {
        both("a", "b", "c", "d", "e");
        left.deliver("x");
        right.deliver("y");
        right.deliver("x");
        assertPlans("6>7 +8y", "6>8", sync());
        assertEquals("x[]", mails(left).get(7L));
    }

    @Test
    void aUidThatTheOtherEndHasNotReachedIsKept() {
        both("a");
        left.deliver("gone");
        left.expunge(2);
        left.deliver("c");
        assertPlans("", "+3c", sync());
        assertEquals(4, right.uidNext);
    }

    @Test
    void copiesOfOneMailAllComeAndAreFetchedOnce() {
        both("a");
        left.deliver("z");
        left.deliver("z");
        assertPlans("", "+2z +3z", sync());
    }

    @Test
    void aFurtherCopyIsMadeFromTheOneThatIsHere() {
        both("a");
        left.deliver("y");
        right.deliver("x");
        both("z");
        left.deliver("z");
        assertPlans("2>6 +5x", "2>5 3=4 +6y", sync());
    }

    @Test
    void copiesAtDifferentUidsAreSharedOut() {
        both("a");
        left.deliver("z");
        right.deliver("y");
        right.deliver("z");
        right.deliver("z");
        sync();
        assertEquals(
                2,
                left.mails.values().stream()
                        .filter(mail -> mail.guid.equals("z"))
                        .count(),
                left::toString);
    }

    @Test
    void aMailMovedAwayAndBackIsNotFetched() {
        both("a", "b", "c");
        left.moveOutAndBack(2);
        assertPlans("", "2>4", sync());
    }

    @Test
    void aMailMovedAwayAndBackAtBothEndsIsThereOnce() {
        both("a", "b", "c");
        left.moveOutAndBack(2);
        right.moveOutAndBack(2);
        assertPlans("", "", sync());
        assertEquals("{1=a[], 3=c[], 4=b[]}", mails(left).toString());
    }

    @Test
    void theUidValidityOfTheFullerMailboxStaysAndOfEquallyFullOnesTheHigher() {
        both("a");
        right.uidValidity = 5000;
        sync();
        assertEquals(5000, left.uidValidity);
        left.uidValidity = 4000;
        left.deliver("b");
        assertEquals(4000, DsyncMerge.uidValidity(left.status(), right.status()));
    }

    // D. Flags

    private static Flags flag(char said) {
        return new Flags(said == '1' ? Flags.SEEN : 0);
    }

    /** One end's account of one flag: whether it is set, was added, was removed. */
    private static DsyncFlags.View view(String said) {
        return new DsyncFlags.View(
                flag(said.charAt(0)),
                Keywords.of(said.charAt(0) == '1' ? List.of("kw") : List.of()),
                new Change(
                        flag(said.charAt(1)),
                        flag(said.charAt(2)),
                        said.charAt(1) == '1' ? List.of("kw") : List.of(),
                        said.charAt(2) == '1' ? List.of("KW") : List.of(),
                        Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        // mine, theirs, if mine is preferred, if theirs is
        "000, 000, 0, 0", "100, 100, 1, 1",
        "110, 000, 1, 1", "000, 110, 1, 1", // added at one end
        "100, 001, 0, 0", "001, 100, 0, 0", // removed at one end
        "110, 001, 1, 0", "001, 110, 0, 1", // added here, removed there
        "110, 110, 1, 1", "001, 001, 0, 0", // the same at both
        "100, 000, 1, 0", "000, 100, 0, 1", // nobody can tell
    })
    void aFlagAndAKeywordAreMerged(String mine, String theirs, int preferMine, int preferTheirs) {
        DsyncFlags.View here = view(mine);
        DsyncFlags.View there = view(theirs);
        assertEquals(
                preferMine == 1 ? Flags.SEEN : 0,
                DsyncFlags.flags(here, there, false).bits());
        assertEquals(
                preferTheirs == 1 ? Flags.SEEN : 0,
                DsyncFlags.flags(here, there, true).bits());
        assertEquals(preferMine == 1, DsyncFlags.keywords(here, there, false).contains("kw"));
        assertEquals(preferTheirs == 1, DsyncFlags.keywords(here, there, true).contains("kw"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bothEndsComeToTheSameFlagsWhateverTheirLogsSay(boolean prefer) {
        for (int all = 0; all < 1 << 12; all++) {
            DsyncFlags.View here = views(all & 63);
            DsyncFlags.View there = views(all >> 6);
            assertEquals(
                    DsyncFlags.flags(here, there, prefer), DsyncFlags.flags(there, here, !prefer), here + " " + there);
        }
    }

    /** Two flags. */
    private static DsyncFlags.View views(int bits) {
        Change change = new Change(new Flags(bits >> 2 & 3), new Flags(bits >> 4), List.of(), List.of(), Map.of());
        return new DsyncFlags.View(new Flags(bits & 3), Keywords.NONE, change);
    }

    @Test
    void theHigherModSeqSettlesWhatNoLogExplains() {
        both("a");
        left.get(1).words.add("\\Seen");
        left.get(1).words.add("work");
        left.get(1).modSeq = 2;
        right.get(1).modSeq = ++right.highestModSeq;
        assertPlans("!1", "", sync());
        assertEquals("a[]", mails(left).get(1L));
    }

    @Test
    void ofEqualModSeqsTheInitiatorsCounts() {
        both("a");
        left.get(1).words.add("\\Seen");
        assertPlans("", "!1", sync());
        assertEquals("a[\\Seen]", mails(right).get(1L));
    }

    // Both ends come to the same

    /** Users of both ends do what they like, then both ends work out their halves. */
    private void history(SplittableRandom random, boolean stateful, boolean lostLogs, List<String> story) {
        for (int mails = random.nextInt(4); mails > 0; mails--) {
            both("base" + mails);
        }
        Saved saved = Saved.NOTHING;
        for (int round = random.nextInt(1, 5); round > 0; round--) {
            act(random, "a", left, lostLogs, story);
            act(random, "b", right, lostLogs, story);
            story.add("|");
            long modSeq = Math.min(left.highestModSeq, right.highestModSeq);
            if (lostLogs) {
                // Where one end knows that a mail went away and the other does not, dsync needs another run.
                apply(left, right, halves(left, right, saved));
            }
            Replica otherLeft = left.copy();
            Replica otherRight = right.copy();
            Halves swapped = halves(otherRight, otherLeft, saved);
            carryOut(otherRight, otherLeft, swapped);
            Halves halves = sync(saved);
            if (!lostLogs) {
                assertEquals(List.of(), halves.left().mismatches());
                assertEquals(List.of(), halves.right().mismatches());
            }
            assertEquals(left.mails.keySet(), otherLeft.mails.keySet(), "swapping makes a difference");
            Halves again = halves(left, right, Saved.NOTHING);
            if (mails(left).equals(mails(right))) {
                assertPlans("", "", again);
            }
            saved = stateful ? new Saved(halves.left().commonUid(), modSeq) : Saved.NOTHING;
        }
    }

    private static void act(
            SplittableRandom random, String name, Replica replica, boolean lostLogs, List<String> story) {
        for (int n = random.nextInt(6); n > 0; n--) {
            List<Long> uids = new ArrayList<>(replica.mails.keySet());
            int what = uids.isEmpty() ? 0 : random.nextInt(lostLogs ? 9 : 8);
            long uid = uids.isEmpty() ? 0 : uids.get(random.nextInt(uids.size()));
            String word = WORDS[random.nextInt(WORDS.length)];
            story.add(name + what + ":" + uid + word);
            if (what < 2) {
                String guid = (random.nextBoolean() ? name : "m" + name) + replica.highestModSeq + story.size();
                replica.deliver(guid, random.nextBoolean() ? new String[] {word} : new String[0]);
            } else if (what < 5) {
                replica.set(uid, word, random.nextBoolean());
            } else if (what == 5) {
                replica.expunge(uid);
            } else if (what == 6) {
                replica.moveOutAndBack(uid);
            } else if (what == 7) {
                replica.deliver(replica.get(uid).guid);
            } else {
                replica.forget();
            }
        }
    }

    private void histories(long first, boolean stateful, boolean lostLogs) {
        for (long seed = first; seed < first + SEEDS; seed++) {
            DsyncMergeTest one = new DsyncMergeTest();
            List<String> story = new ArrayList<>();
            try {
                one.history(new SplittableRandom(seed), stateful, lostLogs, story);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + story + " " + one.left + " / " + one.right, e);
            }
        }
    }

    @Test
    void bothEndsComeToTheSame() {
        histories(1_000_000_000L, false, false);
    }

    @Test
    void bothEndsComeToTheSameFromASavedState() {
        histories(2_000_000_000L, true, false);
    }

    @Test
    void bothEndsComeToTheSameInTwoRunsWithoutTheirLogs() {
        histories(3_000_000_000L, false, true);
    }
}
