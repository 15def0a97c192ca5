package dev.twinbox.engine.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.tree.TreeChange.Create;
import dev.twinbox.engine.tree.TreeChange.CreateFolder;
import dev.twinbox.engine.tree.TreeChange.Delete;
import dev.twinbox.engine.tree.TreeChange.DeleteFolder;
import dev.twinbox.engine.tree.TreeChange.Rename;
import dev.twinbox.engine.tree.TreeChange.Subscribe;
import dev.twinbox.engine.tree.TreeChange.Unsubscribe;
import dev.twinbox.engine.tree.TreeMerge.Mode;
import dev.twinbox.engine.tree.TreeMerge.Result;
import dev.twinbox.engine.tree.TreeMerge.Side;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedName;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One example for each rule; each is also checked as {@link TreeWorld} does any run. */
@Tag("F130")
class TreeMergeTest {
    private final TreeWorld world = new TreeWorld(0);

    private static MailboxName name(String text) {
        return TreeWorld.name(text);
    }

    private static MailboxGuid guid(int number) {
        return TreeWorld.guid(number);
    }

    private static Create box(String text, int number) {
        return new Create(name(text), guid(number), TreeWorld.VALIDITY);
    }

    private static Rename rename(String from, String to) {
        return new Rename(name(from), name(to));
    }

    private static Delete delete(String text, int number) {
        return new Delete(name(text), guid(number));
    }

    private void both(TreeChange... changes) throws IOException {
        for (TreeChange change : changes) {
            world.user(0, change);
            world.user(1, change);
        }
    }

    private void user(int side, TreeChange... changes) throws IOException {
        for (TreeChange change : changes) {
            assertTrue(world.user(side, change), () -> "cannot be done" + world.story);
        }
    }

    private Result run() throws IOException {
        return world.run(Mode.TWO_WAY);
    }

    @SafeVarargs
    private void expect(Map.Entry<String, Integer>... boxes) {
        Map<String, MailboxGuid> expected = new java.util.TreeMap<>();
        for (Map.Entry<String, Integer> box : boxes) {
            expected.put(box.getKey(), guid(box.getValue()));
        }
        assertEquals(expected, world.mailboxes(0), () -> world.story.toString());
    }

    private boolean subscribed(int side, String text) {
        return world.ends
                .get(side)
                .store
                .tree()
                .find(name(text))
                .map(MailboxNode::subscribed)
                .orElse(false);
    }

    private boolean exists(int side, String text) {
        return world.ends
                .get(side)
                .store
                .tree()
                .find(name(text))
                .filter(node -> node.existence() == Existence.EXISTS)
                .isPresent();
    }

    @Test
    void newMailboxesOfBothSidesAreOnBoth() throws IOException {
        both(box("INBOX", 1));
        user(0, box("Here", 2));
        user(1, box("Deep/There", 3));
        run();
        expect(Map.entry("INBOX", 1), Map.entry("Here", 2), Map.entry("Deep/There", 3));
    }

    @Test
    void inboxesBecomeOneWithTheLargerGuid() throws IOException {
        user(0, box("INBOX", 1));
        user(1, box("INBOX", 2));
        Result result = run();
        expect(Map.entry("INBOX", 2));
        assertEquals(
                List.of(new TreeChange.SetGuid(name("INBOX"), guid(2))),
                result.initiator().before());
        assertEquals(List.of(), result.responder().before());
    }

    @Test
    void guidThatAnotherMailboxHasIsNotGivenToInbox() throws IOException {
        user(0, box("INBOX", 9));
        user(1, box("INBOX", 2), box("Old", 9));
        run();
        expect(Map.entry("INBOX", 2), Map.entry("Old", 9));
    }

    @Test
    void sameNewNameOnBothSidesIsOneMailbox() throws IOException {
        user(0, box("New", 5));
        user(1, box("New", 4));
        Result result = run();
        expect(Map.entry("New", 5));
        assertEquals(1, result.mailboxes().size());
    }

    @Test
    void renameIsRepeatedWithItsTimeAndTakesChildrenAlong() throws IOException {
        both(box("Work", 1), box("Work/Sub", 2));
        user(1, box("Work/New", 3));
        user(0, rename("Work", "Job"));
        Result result = run();
        expect(Map.entry("Job", 1), Map.entry("Job/Sub", 2), Map.entry("Job/New", 3));
        long time =
                world.ends.get(0).store.tree().find(name("Job")).orElseThrow().lastRenamedOrCreated();
        assertEquals(
                new Rename(name("Work"), name("Job"), time),
                result.responder().before().get(0));
        assertEquals(name("Work/New"), result.responder().origins().get(name("Job/New")));
    }

    @Test
    void laterRenameOfTheSameMailboxWins() throws IOException {
        both(box("Work", 1), box("Work/Sub", 2));
        user(0, rename("Work", "Early"));
        user(1, rename("Work", "Late"));
        run();
        expect(Map.entry("Late", 1), Map.entry("Late/Sub", 2));
    }

    @Test
    void laterRenameKeepsTheNameAndTheOtherMailboxGoesBack() throws IOException {
        both(box("One", 1), box("Two", 2));
        user(0, rename("One", "Same"));
        user(1, rename("Two", "Same"));
        run();
        expect(Map.entry("One", 1), Map.entry("Same", 2));
    }

    @Test
    void swappedNamesAreSwappedOnTheOtherSide() throws IOException {
        both(box("A", 1), box("B", 2));
        user(0, rename("A", "C"), rename("B", "A"), rename("C", "B"));
        Result result = run();
        expect(Map.entry("A", 2), Map.entry("B", 1));
        assertEquals(3, result.responder().before().size());
    }

    @Test
    void parentAndChildChangePlaces() throws IOException {
        both(box("A", 1), box("A/B", 2));
        user(0, rename("A/B", "B"), rename("A", "B/A"));
        run();
        expect(Map.entry("B", 2), Map.entry("B/A", 1));
    }

    @Test
    void mailboxMovesBelowItsOwnName() throws IOException {
        both(box("A", 1));
        user(0, rename("A", "X"), rename("X", "A/A"));
        run();
        expect(Map.entry("A/A", 1));
    }

    @Test
    void eachMovedBelowTheOtherEndsInOneOfTheTwo() throws IOException {
        both(box("A", 1), box("B", 2));
        user(0, rename("A", "B/A"));
        user(1, rename("B", "A/B"));
        run();
        expect(Map.entry("A", 1), Map.entry("A/B", 2));
    }

    @Test
    void newMailboxUnderTheOldNameOfARenamedOne() throws IOException {
        both(box("A", 1));
        user(0, rename("A", "B"), box("A", 2));
        run();
        expect(Map.entry("A", 2), Map.entry("B", 1));
    }

    @Test
    void deletionWinsOverRename() throws IOException {
        both(box("A", 1), box("B", 2));
        user(0, delete("A", 1));
        user(1, rename("A", "C"));
        Result result = run();
        expect(Map.entry("B", 2));
        assertTrue(result.responder().before().isEmpty());
        assertEquals(1, result.responder().after().size());
    }

    @Test
    void mailboxWithUnseenMailsOutlivesItsDeletion() throws IOException {
        both(box("A", 1));
        user(0, delete("A", 1));
        world.deliver(1, name("A"));
        Result result = run();
        expect(Map.entry("A", 1));
        assertFalse(result.initiator().notes().isEmpty());
    }

    @Test
    void deletedAndMadeAnewIsTheNewOneAndChildrenStay() throws IOException {
        both(box("A", 1), box("A/x", 3));
        user(0, delete("A", 1), box("A", 2));
        run();
        expect(Map.entry("A", 2), Map.entry("A/x", 3));
    }

    @Test
    void deletedParentOfANewMailboxBecomesAFolder() throws IOException {
        both(box("A", 1));
        user(0, delete("A", 1));
        user(1, box("A/new", 2));
        run();
        expect(Map.entry("A/new", 2));
    }

    @Test
    void recordOfWhatIsThereAgainIsVoid() {
        MailboxNode node = MailboxNode.mailbox(name("A"), guid(1), 7, 1);
        MailboxDeletes deletes = new MailboxDeletes(
                '/', '%', List.of(new MailboxDeletes.DeletedMailbox(guid(1), 5)), List.of(), List.of());
        Result result = TreeMerge.merge(
                new Side(new MailboxTree(List.of(node), deletes), Set.of()),
                new Side(new MailboxTree(List.of(node), MailboxDeletes.NONE), Set.of()),
                Mode.TWO_WAY);
        assertTrue(result.responder().after().isEmpty());
        assertEquals(1, result.mailboxes().size());
    }

    @Test
    void mailboxOnOneSideAndChildOfItsNameOnTheOther() throws IOException {
        user(0, box("a/b", 1));
        user(1, box("a", 2));
        run();
        expect(Map.entry("a", 2), Map.entry("a/b", 1));
    }

    @Test
    void mailboxIsRenamedToTheNameOfAFolder() throws IOException {
        both(box("Old", 1));
        user(0, box("A/x", 2));
        user(1, rename("Old", "A"));
        run();
        expect(Map.entry("A", 1), Map.entry("A/x", 2));
    }

    @Test
    void renamedFolderTakesNewMailboxesAlong() throws IOException {
        both(box("F/x", 1));
        user(0, rename("F", "G"));
        user(1, box("F/y", 2));
        run();
        expect(Map.entry("G/x", 1), Map.entry("G/y", 2));
    }

    @Test
    void emptyFoldersAreMadeAndDeleted() throws IOException {
        user(0, new CreateFolder(name("F")));
        run();
        assertTrue(exists(1, "F"));
        user(1, new DeleteFolder(name("F")));
        run();
        assertFalse(exists(0, "F"));
    }

    @Test
    void folderRecordsAreFoundBySeparatorAndEscapeOfTheSender() {
        MailboxNode folder = MailboxNode.folder(new MailboxName(List.of("a.b", "c%")));
        String spelled = MailboxDeletes.hash("a%2eb.c%25");
        MailboxDeletes deletes =
                new MailboxDeletes('.', '%', List.of(), List.of(new DeletedName(spelled, 5)), List.of());
        Result result = TreeMerge.merge(
                new Side(new MailboxTree(List.of(), deletes), Set.of()),
                new Side(new MailboxTree(List.of(folder), MailboxDeletes.NONE), Set.of()),
                Mode.TWO_WAY);
        assertEquals(List.of(), result.initiator().before());
        assertTrue(result.responder().before().get(0) instanceof DeleteFolder);
    }

    @Test
    void laterSubscriptionChangeWins() throws IOException {
        both(box("A", 1), box("B", 2), new Subscribe(name("A"), 0), new Subscribe(name("B"), 0));
        run();
        user(0, new Unsubscribe(name("A"), 0));
        run();
        assertFalse(subscribed(1, "A"));
        user(0, new Unsubscribe(name("B"), 0));
        user(1, new Unsubscribe(name("B"), 0), new Subscribe(name("B"), 0));
        run();
        assertTrue(subscribed(0, "B"));
        assertTrue(subscribed(1, "B"));
    }

    @Test
    void unsubscribedNameThatIsGoneIsUnsubscribedThere() throws IOException {
        both(new Subscribe(name("Gone"), 0));
        user(0, new Unsubscribe(name("Gone"), 0));
        run();
        assertFalse(subscribed(1, "Gone"));
    }

    @Test
    void equalTimesMeanSubscribed() throws IOException {
        both(box("A", 1));
        world.user(0, new Subscribe(name("A"), 50));
        world.user(1, new Subscribe(name("A"), 40));
        world.user(1, new Unsubscribe(name("A"), 50));
        run();
        assertTrue(subscribed(1, "A"));
    }

    /** The newer name of what is above does not come true, so it does not make the one below newer, either. */
    @Test
    void nameBelowANameThatIsTakenIsAsOldAsTheOneThatIsLeft() throws IOException {
        both(box("INBOX", 1), box("Work", 2), box("Work/Sub", 3));
        user(0, rename("Work/Sub", "B"));
        user(1, rename("Work", "A"));
        user(0, box("A", 4));
        world.run(Mode.INITIATOR_TO_RESPONDER);
        assertEquals(world.mailboxes(0), world.mailboxes(1), () -> world.story.toString());
    }

    /** A Dovecot at the source's end goes on to call its mailbox by the GUID that it has there. */
    @Test
    void oneWayRunTakesTheGuidOfTheSource() throws IOException {
        both(box("INBOX", 1));
        user(0, box("Work", 2));
        user(1, box("Work", 3));
        world.run(Mode.INITIATOR_TO_RESPONDER);
        assertEquals(guid(2), world.mailboxes(1).get("Work"));
        assertEquals(guid(2), world.mailboxes(0).get("Work"));
    }

    @Test
    void oneWayRunChangesOnlyTheDestinationAndSaysWhereTheSourcesMailboxesAre() throws IOException {
        both(box("A", 1));
        user(1, rename("A", "B"), box("Own", 2));
        user(0, box("New", 3));
        Result result = world.run(Mode.INITIATOR_TO_RESPONDER);
        assertEquals(List.of(), result.initiator().before());
        assertEquals(name("A"), result.initiator().origins().get(name("B")));
        assertEquals(
                List.of(name("B"), name("New")),
                result.mailboxes().stream().map(MailboxNode::name).toList());
        assertEquals(Map.of("B", guid(1), "New", guid(3), "Own", guid(2)), world.mailboxes(1));
    }

    @Test
    void destinationFollowsADeletionOfTheSourceOnly() throws IOException {
        both(box("A", 1), box("B", 2));
        user(0, delete("A", 1));
        user(1, delete("B", 2));
        world.run(Mode.INITIATOR_TO_RESPONDER);
        assertEquals(Map.of(), world.mailboxes(1));
        assertEquals(Map.of("B", guid(2)), world.mailboxes(0));
    }

    @Test
    void whatCannotBeReadAndAllAboveItKeepsItsName() {
        List<MailboxNode> here = new ArrayList<>();
        here.add(MailboxNode.mailbox(name("P"), guid(1), 7, 1));
        here.add(new MailboxNode(name("P/u"), Existence.UNREADABLE, null, 0, 0, 0, false, 0));
        List<MailboxNode> there = new ArrayList<>();
        there.add(new MailboxNode(name("Q"), Existence.EXISTS, guid(1), 7, 1, 99, false, 0));
        there.add(MailboxNode.mailbox(name("P/u"), guid(2), 7, 1));
        there.add(MailboxNode.mailbox(name("P/u/deep"), guid(3), 7, 1));
        there.add(MailboxNode.mailbox(name("Free"), guid(4), 7, 1));
        Result result = TreeMerge.merge(
                new Side(new MailboxTree(here, MailboxDeletes.NONE), Set.of()),
                new Side(new MailboxTree(there, MailboxDeletes.NONE), Set.of()),
                Mode.TWO_WAY);
        assertEquals(List.of(box("Free", 4)), result.initiator().before());
        assertEquals(List.of(), result.responder().before());
        assertEquals(List.of(), result.responder().after());
        assertEquals(1, result.mailboxes().size());
    }

    @Test
    void deletionDoesNotTakeWhatCannotBeReadOnTheOtherSide() {
        MailboxNode node = MailboxNode.mailbox(name("A"), guid(1), 7, 1);
        MailboxNode broken = new MailboxNode(name("A"), Existence.UNREADABLE, null, 0, 0, 0, false, 0);
        MailboxDeletes deletes = new MailboxDeletes(
                '/', '%', List.of(new MailboxDeletes.DeletedMailbox(guid(1), 5)), List.of(), List.of());
        Result result = TreeMerge.merge(
                new Side(new MailboxTree(List.of(broken), deletes), Set.of()),
                new Side(new MailboxTree(List.of(node), MailboxDeletes.NONE), Set.of()),
                Mode.TWO_WAY);
        assertEquals(List.of(), result.responder().after());
        assertEquals(List.of(), result.mailboxes());
    }

    @Test
    void leftoverTemporaryNameGivesWay() throws IOException {
        both(box("A", 1));
        user(0, rename("A", "A-temp-1"));
        run();
        expect(Map.entry("A", 1));
    }

    @Test
    void clockADayAheadDecidesWhoWinsAndNothingElse() throws IOException {
        TreeWorld skewed = new TreeWorld(86_400_000);
        for (int side = 0; side < 2; side++) {
            skewed.user(side, box("A", 1));
        }
        skewed.user(1, rename("A", "B"));
        skewed.user(0, rename("A", "C"));
        skewed.run(Mode.TWO_WAY);
        assertEquals(Map.of("B", guid(1)), skewed.mailboxes(0));
    }
}
