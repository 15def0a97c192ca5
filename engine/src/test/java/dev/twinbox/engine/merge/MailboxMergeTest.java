package dev.twinbox.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.merge.MailboxMerge.Common;
import dev.twinbox.engine.merge.MailboxMerge.Mode;
import dev.twinbox.engine.merge.MailboxMerge.Result;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.Uid;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MailboxMergeTest {

    private static boolean all(int row) {
        return true;
    }

    private static boolean none(int row) {
        return false;
    }

    private final Replica left = new Replica();
    private final Replica right = new Replica();

    private void both(String... guids) {
        for (String guid : guids) {
            left.deliver(guid);
            right.deliver(guid);
        }
        sync();
    }

    private Result plan(Mode mode) {
        return MailboxMerge.merge(
                left.input(true), right.input(true), mode, Common.NONE, MailboxMergeTest::all, MailboxMergeTest::all);
    }

    private Result carryOut(Result result) {
        Replica before = left.copy();
        left.apply(result.initiatorPlan(), right);
        right.apply(result.responderPlan(), before);
        return result;
    }

    private Result sync() {
        Result result = carryOut(plan(Mode.TWO_WAY));
        assertEquals(left.status(), right.status());
        assertTrue(left.snapshot().sameMails(right.snapshot()), left + " and " + right);
        Result again = plan(Mode.TWO_WAY);
        assertTrue(MirrorMerge.isNoOp(again.initiatorPlan(), left.status()), "again: " + again);
        assertTrue(MirrorMerge.isNoOp(again.responderPlan(), right.status()), "again: " + again);
        return result;
    }

    private Result oneWay() {
        Result result = plan(Mode.INITIATOR_TO_RESPONDER);
        assertTrue(result.initiatorPlan().steps().isEmpty());
        right.apply(result.responderPlan(), left);
        Result again = plan(Mode.INITIATOR_TO_RESPONDER);
        assertTrue(MirrorMerge.isNoOp(again.responderPlan(), right.status()), "again: " + again);
        return result;
    }

    private static String guids(Replica replica) {
        TreeMap<Long, String> guids = new TreeMap<>();
        replica.mails.forEach((uid, mail) -> guids.put(uid, mail.guid));
        return guids.toString();
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
                text.append(u.visible() ? "!" : "~").append(u.uid());
            }
            text.append(' ');
        }
        return text.toString().trim();
    }

    // UIDs

    @Test
    void newMailKeepsItsUidWhereTheOtherSideHasRoom() {
        both("a", "b", "c", "d", "e");
        left.deliver("f");
        Result result = sync();
        assertEquals("+6f", words(result.responderPlan()));
        assertEquals("~6", words(result.initiatorPlan()));
        assertEquals(6, result.commonUid());
        assertEquals(List.of(), result.notes());
    }

    @Test
    @Tag("F113")
    void onlyWhatComesAfterTheFirstMismatchIsTouched() {
        for (int uid = 1; uid < 9_990; uid++) {
            left.deliver("m" + uid);
            right.deliver("m" + uid);
        }
        sync();
        left.deliver("x");
        right.deliver("y");
        left.deliver("z");
        Result result = sync();
        for (MailboxPlan plan : List.of(result.initiatorPlan(), result.responderPlan())) {
            assertTrue(plan.steps().size() <= 4, () -> words(plan));
        }
        assertTrue(guids(left).contains("9989=m9989"));
        assertEquals(9_992, left.mails.size());
    }

    @Test
    void twoMailsWithOneUidBothGetNewOnesInOrderOfGuids() {
        both("a", "b", "c", "d", "e");
        left.deliver("y");
        right.deliver("x");
        Result result = sync();
        assertEquals("{1=a, 2=b, 3=c, 4=d, 5=e, 7=x, 8=y}", guids(left));
        assertEquals("6>8 +7x", words(result.initiatorPlan()));
        assertEquals("6>7 +8y", words(result.responderPlan()));
        assertEquals(2, result.notes().size());
    }

    @Test
    void oneWayConflictLeavesTheSourceAlone() {
        both("a", "b", "c", "d", "e");
        right.expunge(1);
        left.deliver("x");
        right.deliver("y");
        Result result = oneWay();
        assertEquals("{2=b, 3=c, 4=d, 5=e, 7=x, 8=y}", guids(right));
        assertEquals("{1=a, 2=b, 3=c, 4=d, 5=e, 6=x}", guids(left));
        assertEquals(List.of(new MailboxMerge.Note(false, "UID 6 is now UID 8: " + Reasons.CONFLICT)), result.notes());
    }

    @Test
    void mailsUnderDifferentUidsAreOneMail() {
        left.deliver("a");
        right.uidNext = 5;
        right.highestModSeq = 7;
        right.deliver("a", "\\Seen");
        Result result = sync();
        assertEquals("1>5", words(result.initiatorPlan()));
        assertEquals("{5=a}", guids(left));
        assertTrue(left.get(5).words.contains("\\Seen"));
    }

    @Test
    void secondInstanceIsCopiedNotFetched() {
        both("a", "b");
        left.deliver("a");
        left.deliver("n");
        left.deliver("n");
        Result result = sync();
        assertEquals("1=3 +4n +5n", words(result.responderPlan()));
    }

    @Test
    void whenUidsAreUsedUpConflictsStay() {
        both("a");
        left.uidNext = Uid.MAX;
        right.uidNext = Uid.MAX;
        left.deliver("x");
        right.deliver("y");
        Result result = plan(Mode.TWO_WAY);
        assertEquals("", words(result.initiatorPlan()) + words(result.responderPlan()));
        assertEquals(2, result.notes().size());
    }

    @Test
    void uidValidityOfTheLargerMailboxStays() {
        both("a", "b");
        left.uidValidity = 7;
        left.expunge(2);
        sync();
        assertEquals(1234, left.uidValidity);
        left.uidValidity = 99;
        sync();
        assertEquals(1234, left.uidValidity, "the higher one on a tie");
        right.guid = new MailboxGuid(-1, 0);
        sync();
        assertEquals(new MailboxGuid(-1, 0), left.guid);
    }

    // Expunges

    @Test
    void expungeWinsOverFlagChangeAndRaisesModSeqsOnBothSides() {
        both("a", "b");
        long before = left.highestModSeq;
        left.set(1, "\\Flagged", true);
        right.expunge(1);
        Result result = sync();
        assertEquals("{2=b}", guids(left));
        assertEquals("-1a", words(result.initiatorPlan()));
        assertTrue(right.highestModSeq > before + 1);
    }

    @Test
    void onlyMailOfAFolderStaysExpunged() {
        both("a");
        left.expunge(1);
        sync();
        assertEquals("{}", guids(right));
    }

    @Test
    void oneNewMailOnEachSideOfAnEmptyFolderIsExchanged() {
        left.deliver("x");
        right.deliver("y");
        sync();
        assertEquals("{2=x, 3=y}", guids(left));
    }

    @Test
    void gapIsAnExpungeOnlyForALogThatHasForgotten() {
        both("a", "b", "c");
        left.mails.remove(2L);
        Result result = plan(Mode.TWO_WAY);
        assertEquals("+4b", words(result.initiatorPlan()), "it never was there");
        assertEquals("2>4", words(result.responderPlan()));
        left.forget();
        result = sync();
        assertEquals("-2b", words(result.responderPlan()));
        assertEquals(List.of(new MailboxMerge.Note(false, "UID 2 " + Reasons.GAP)), result.notes());
    }

    @Test
    void trailingGapIsNoExpunge() {
        both("a", "b", "c");
        left.mails.remove(3L);
        left.forget();
        sync();
        assertEquals("{1=a, 2=b, 4=c}", guids(right));
    }

    @Test
    void savedStateMakesATrailingGapAnExpunge() {
        both("a", "b", "c");
        left.mails.remove(3L);
        left.forget();
        Result result = MailboxMerge.merge(
                left.input(true),
                right.input(true),
                Mode.TWO_WAY,
                new Common(3, 5),
                MailboxMergeTest::all,
                MailboxMergeTest::all);
        assertEquals("-3c", words(result.responderPlan()));
        Result wrong = MailboxMerge.merge(
                left.input(true),
                right.input(true),
                Mode.TWO_WAY,
                new Common(4, 5),
                MailboxMergeTest::all,
                MailboxMergeTest::all);
        assertEquals("3>4", words(wrong.responderPlan()), "UID 4 cannot have been common");
    }

    @Test
    void savedStateThatContradictsTheMailsIsNotUsed() {
        both("a", "b", "c");
        left.mails.remove(2L);
        left.forget();
        right.mails.remove(3L);
        right.mails.put(3L, new Replica.Mail("other"));
        Result result = MailboxMerge.merge(
                left.input(true),
                right.input(true),
                Mode.TWO_WAY,
                new Common(3, 5),
                MailboxMergeTest::all,
                MailboxMergeTest::all);
        assertTrue(result.responderPlan().steps().stream().noneMatch(step -> step instanceof Expunge));
    }

    @Test
    void expungeWithoutGuidCountsUpToTheLastCommonUid() {
        both("a", "b", "c", "d");
        left.expunge(2);
        left.expunge(4);
        left.forgetGuids();
        sync();
        assertEquals("{1=a, 3=c, 5=d}", guids(left));
    }

    @Test
    void expungeOfAnotherMailWithTheSameUidIsNone() {
        both("a");
        left.deliver("x");
        left.expunge(2);
        right.deliver("y");
        sync();
        assertEquals("{1=a, 3=y}", guids(left));
    }

    @Test
    void movedMailIsMovedNotFetched() {
        both("a", "b");
        left.moveOutAndBack(1);
        Result result = sync();
        assertEquals("1>3", words(result.responderPlan()));
    }

    @Test
    void runCutOffAfterOneSideIsFinishedByTheNext() {
        both("a", "b");
        left.deliver("y");
        right.deliver("x");
        right.set(1, "\\Seen", true);
        left.set(2, "work", true);
        Result result = plan(Mode.TWO_WAY);
        left.apply(result.initiatorPlan(), right);
        right.set(3, "\\Flagged", true);
        sync();
        assertEquals("{1=a, 2=b, 4=x, 5=y}", guids(right));
        assertTrue(left.get(4).words.contains("\\Flagged"));
        assertEquals("[work]", right.get(2).words.toString());
    }

    // Flags

    @Test
    void changesOfDifferentFlagsAreAllKept() {
        both("a", "b");
        left.set(1, "\\Seen", true);
        right.set(1, "\\Answered", true);
        right.set(2, "Work", true);
        left.set(2, "work", true);
        sync();
        assertEquals("[\\Answered, \\Seen]", left.get(1).words.toString());
        assertEquals("[work]", left.get(2).words.toString());
        assertEquals("[Work]", right.get(2).words.toString(), "case does not count");
    }

    @Test
    void knownChangeWinsOverUnchangedValueWithAHigherModSeq() {
        both("a");
        left.set(1, "\\Seen", true);
        right.set(1, "x", true);
        right.set(1, "y", true);
        right.set(1, "z", true);
        sync();
        assertEquals("[\\Seen, x, y, z]", left.get(1).words.toString());
    }

    @Test
    void laterOfTwoOppositeChangesWins() {
        both("a");
        left.set(1, "\\Seen", true);
        sync();
        left.set(1, "\\Seen", false);
        sync();
        right.set(1, "\\Seen", true);
        left.set(1, "p", true);
        left.set(1, "q", true);
        sync();
        assertEquals("[\\Seen, p, q]", left.get(1).words.toString());
    }

    @Test
    void differenceNobodyExplainsGoesToTheHigherModSeq() {
        both("a");
        right.set(1, "\\Seen", true);
        right.forgetUntil(right.highestModSeq);
        sync();
        assertEquals("[\\Seen]", left.get(1).words.toString());
        right.get(1).words.clear();
        left.forgetUntil(left.highestModSeq);
        right.forgetUntil(right.highestModSeq);
        sync();
        assertEquals("[\\Seen]", right.get(1).words.toString(), "the initiator's on a tie");
    }

    @Test
    void flagOfAMailThatBothMovedStaysWhicheverCameLater() {
        both("a");
        left.set(1, "\\Flagged", true);
        left.moveOutAndBack(1);
        right.set(1, "x", true);
        right.set(1, "x", false);
        right.set(1, "y", true);
        right.moveOutAndBack(1);
        sync();
        assertEquals("[\\Flagged, y]", left.get(2).words.toString());
    }

    @Test
    void flagThatWasTakenAwaySinceBothMovedTheMailIsGone() {
        both("a");
        left.set(1, "\\Flagged", true);
        left.moveOutAndBack(1);
        right.set(1, "\\Flagged", true);
        right.moveOutAndBack(1);
        left.set(2, "\\Flagged", false);
        sync();
        assertEquals("[]", right.get(2).words.toString());
    }

    @Test
    void oneWayKeepsTheFlagsOfTheDestination() {
        both("a", "b", "c");
        left.set(1, "\\Seen", true);
        right.set(2, "\\Flagged", true);
        left.set(3, "\\Seen", true);
        right.set(3, "\\Answered", true);
        right.forgetUntil(right.highestModSeq);
        left.set(2, "\\Answered", true);
        left.set(2, "\\Answered", false);
        oneWay();
        assertEquals("[\\Seen]", right.get(1).words.toString());
        assertEquals("[\\Flagged]", right.get(2).words.toString());
        assertEquals("[\\Answered, \\Seen]", right.get(3).words.toString());
        assertEquals("[\\Seen]", left.get(3).words.toString());
    }

    @Test
    void oneWayBringsNothingBackAndTakesNothingElseAway() {
        both("a", "b", "c");
        left.expunge(1);
        right.expunge(2);
        right.deliver("mine");
        left.deliver("new");
        oneWay();
        assertEquals("{3=c, 5=mine, 6=new}", guids(right));
        assertEquals("{2=b, 3=c, 4=new}", guids(left));
    }

    // Filters and mailboxes without numbers

    @Test
    void filteredMailStaysWhereItIs() {
        both("a");
        left.deliver("x");
        right.deliver("y");
        carryOut(MailboxMerge.merge(
                left.input(true),
                right.input(true),
                Mode.TWO_WAY,
                Common.NONE,
                MailboxMergeTest::none,
                MailboxMergeTest::all));
        assertEquals("{1=a, 2=x, 3=y}", guids(left));
        assertEquals("{1=a, 3=y}", guids(right));
        assertEquals(left.status().uidNext(), right.status().uidNext());
        left.forget();
        right.forget();
        Result result = MailboxMerge.merge(
                left.input(true),
                right.input(true),
                Mode.TWO_WAY,
                Common.NONE,
                MailboxMergeTest::none,
                MailboxMergeTest::all);
        assertTrue(MirrorMerge.isNoOp(result.initiatorPlan(), left.status()), result.toString());
        assertTrue(MirrorMerge.isNoOp(result.responderPlan(), right.status()), result.toString());
    }

    @Test
    void sideWithoutRecordedNumbersTakesTheOthers() {
        left.provisional = true;
        left.uidValidity = 5;
        left.guid = new MailboxGuid(-5, 5);
        left.highestModSeq = 0;
        for (String guid : List.of("c", "n", "a")) {
            left.deliver(guid);
        }
        left.mails.values().forEach(mail -> mail.modSeq = 0);
        left.highestModSeq = 0;
        right.uidNext = 10;
        right.deliver("a");
        right.deliver("b");
        right.deliver("c");
        sync();
        assertEquals("{10=a, 11=b, 12=c, 13=n}", guids(left));
        assertEquals(Replica.GUID, left.guid);
        assertEquals(1234, left.uidValidity);
    }

    @Test
    void twoSidesWithoutRecordedNumbersGetSome() {
        left.provisional = true;
        right.provisional = true;
        Arrays.asList("a", "b").forEach(left::deliver);
        Arrays.asList("c", "a").forEach(right::deliver);
        sync();
        assertEquals("{1=a, 2=b, 3=c}", guids(right));
    }

    @Test
    void sourceWithoutRecordedNumbersIsMergedByGuid() {
        left.provisional = true;
        Arrays.asList("c", "a").forEach(left::deliver);
        Arrays.asList("a", "b").forEach(right::deliver);
        right.provisional = false;
        oneWay();
        assertEquals("{1=a, 2=b, 3=c}", guids(right));
    }

    @Test
    void equalSidesGetNoSteps() {
        both("a", "b");
        Result result = plan(Mode.TWO_WAY);
        assertTrue(MirrorMerge.isNoOp(result.initiatorPlan(), left.status()));
        right.firstRecentUid = 3;
        right.uidNext = 9;
        result = sync();
        assertEquals("", words(result.initiatorPlan()) + words(result.responderPlan()));
    }
}
