package dev.twinbox.engine.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.storage.memory.MemoryStore;
import dev.twinbox.engine.tree.TreeChange.Create;
import dev.twinbox.engine.tree.TreeChange.CreateFolder;
import dev.twinbox.engine.tree.TreeChange.Delete;
import dev.twinbox.engine.tree.TreeChange.DeleteFolder;
import dev.twinbox.engine.tree.TreeChange.Rename;
import dev.twinbox.engine.tree.TreeChange.SetGuid;
import dev.twinbox.engine.tree.TreeChange.Subscribe;
import dev.twinbox.engine.tree.TreeChange.Unsubscribe;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Plans are carried out on memory accounts, which refuse what no store could do, and the result is looked at. */
class TreeMirrorTest {
    private static final int RANDOM_TREES = 20_000;
    private static final long VALIDITY = 7;

    private static MailboxName name(String text) {
        return MailboxName.parse(text, '/');
    }

    private static MailboxGuid guid(int number) {
        return new MailboxGuid(1, number);
    }

    private static Create box(String text, int number) {
        return new Create(name(text), guid(number), VALIDITY);
    }

    private static CreateFolder folder(String text) {
        return new CreateFolder(name(text));
    }

    private static Subscribe subscribed(String text) {
        return new Subscribe(name(text), 5);
    }

    private static MemoryStore store(TreeChange... made) throws IOException {
        MemoryStore store = new MemoryAccount("test", new SimClock()).openForWriting();
        for (TreeChange change : made) {
            store.apply(change);
        }
        return store;
    }

    /** Mailboxes by name, whatever holds nothing but others left out. */
    private static Map<String, MailboxGuid> mailboxes(MailboxTree tree) {
        Map<String, MailboxGuid> found = new TreeMap<>();
        for (MailboxNode node : tree.mailboxes()) {
            found.put(node.name().toString(), node.guid());
        }
        return found;
    }

    /** Folders with nothing below them. */
    private static Set<String> emptyFolders(MailboxTree tree) {
        Set<String> found = new TreeSet<>();
        for (MailboxNode node : tree.nodes()) {
            boolean parent = tree.nodes().stream()
                    .anyMatch(other -> other.existence() == Existence.EXISTS
                            && other.name().isBelow(node.name()));
            if (node.existence() == Existence.EXISTS && node.guid() == null && !parent) {
                found.add(node.name().toString());
            }
        }
        return found;
    }

    private static Set<String> subscriptions(MailboxTree tree) {
        Set<String> found = new TreeSet<>();
        for (MailboxNode node : tree.nodes()) {
            if (node.subscribed()) {
                found.add(node.name().toString());
            }
        }
        return found;
    }

    /** Carries the plan out and compares; returns it. */
    private static TreeMirror.Plan mirror(MemoryStore source, MemoryStore destination) throws IOException {
        MailboxTree wanted = source.tree();
        MailboxTree before = destination.tree();
        TreeMirror.Plan plan = TreeMirror.plan(wanted, before);
        for (TreeChange change : plan.before()) {
            destination.apply(change);
            if (change instanceof Delete || change instanceof DeleteFolder) {
                throw new AssertionError("deleted before the mails are there: " + change);
            }
        }
        checkOrigins(plan, before, destination.tree());
        for (TreeChange change : plan.after()) {
            destination.apply(change);
        }
        MailboxTree now = destination.tree();
        Map<String, MailboxGuid> expected = mailboxes(wanted);
        // INBOX stays, though perhaps with another GUID.
        now.find(MailboxName.INBOX)
                .filter(inbox -> before.find(MailboxName.INBOX).isPresent())
                .map(MailboxNode::guid)
                .ifPresent(inbox -> expected.putIfAbsent("INBOX", inbox));
        assertEquals(expected, mailboxes(now));
        assertEquals(emptyFolders(wanted), emptyFolders(now));
        assertEquals(subscriptions(wanted), subscriptions(now));
        TreeMirror.Plan next = TreeMirror.plan(wanted, now);
        assertEquals(List.of(), next.before(), "second plan");
        List<TreeChange> after = new ArrayList<>(next.after());
        // Where the source has nothing at all INBOX is emptied, however empty it is.
        boolean nothing = wanted.mailboxes().isEmpty();
        after.removeIf(change ->
                nothing && change instanceof TreeChange.Delete && change.name().isInbox());
        assertEquals(List.of(), after, "second plan");
        return plan;
    }

    /** A mailbox that keeps its GUID keeps its mails: the mails at {@code origins} are those that are there now. */
    private static void checkOrigins(TreeMirror.Plan plan, MailboxTree before, MailboxTree now) {
        Map<MailboxName, MailboxName> expected = new HashMap<>();
        for (MailboxNode node : now.mailboxes()) {
            before.find(java.util.Objects.requireNonNull(node.guid()))
                    .ifPresent(was -> expected.put(node.name(), was.name()));
        }
        for (TreeChange change : plan.before()) {
            if (change instanceof SetGuid) {
                expected.remove(change.name());
            }
        }
        expected.forEach((there, was) -> {
            boolean made = plan.before().stream()
                    .anyMatch(
                            change -> change instanceof Create && change.name().equals(there));
            if (!made) {
                assertEquals(was, plan.origins().get(there), "origin of " + there);
            }
        });
    }

    private static List<TreeChange> changes(TreeMirror.Plan plan) {
        List<TreeChange> all = new ArrayList<>(plan.before());
        all.addAll(plan.after());
        return all;
    }

    @Test
    void doesNothingToEqualTrees() throws IOException {
        TreeMirror.Plan plan = mirror(
                store(box("INBOX", 1), box("Work", 2), folder("F"), subscribed("Work")),
                store(box("INBOX", 1), box("Work", 2), folder("F"), subscribed("Work")));
        assertEquals(List.of(), changes(plan));
    }

    @Test
    void createsWhatIsMissingAndDeletesWhatIsSurplusLast() throws IOException {
        TreeMirror.Plan plan = mirror(
                store(box("INBOX", 1), box("Work", 2), subscribed("Work")),
                store(box("INBOX", 1), box("Old", 3), box("Old/Kid", 4), subscribed("Old")));
        assertEquals(List.of(box("Work", 2), subscribed("Work"), new Unsubscribe(name("Old"), 0)), plan.before());
        assertEquals(List.of(new Delete(name("Old/Kid"), guid(4)), new Delete(name("Old"), guid(3))), plan.after());
    }

    @Test
    void renamesWhatHasTheSameGuid() throws IOException {
        TreeMirror.Plan plan = mirror(
                store(box("INBOX", 1), box("New", 2), box("New/Kid", 3)),
                store(box("INBOX", 1), box("Old", 2), box("Old/Kid", 3)));
        assertEquals(List.of(new Rename(name("Old"), name("New"))), changes(plan));
        assertEquals(name("Old/Kid"), plan.origins().get(name("New/Kid")));
    }

    @Test
    void swapsTwoNames() throws IOException {
        TreeMirror.Plan plan = mirror(store(box("A", 1), box("B", 2)), store(box("A", 2), box("B", 1)));
        assertTrue(plan.before().stream().allMatch(change -> change instanceof Rename));
        assertEquals(name("B"), plan.origins().get(name("A")));
    }

    @Test
    void turnsACycleOfNames() throws IOException {
        TreeMirror.Plan plan =
                mirror(store(box("A", 1), box("B", 2), box("C", 3)), store(box("A", 2), box("B", 3), box("C", 1)));
        assertTrue(plan.before().stream().allMatch(change -> change instanceof Rename));
    }

    @Test
    void renamesBelowItself() throws IOException {
        mirror(store(box("A/B", 1)), store(box("A", 1)));
    }

    @Test
    void renamesToANameAboveItself() throws IOException {
        TreeMirror.Plan plan = mirror(store(box("A", 1)), store(box("A/B", 1)));
        assertTrue(plan.after().isEmpty());
        mirror(store(box("A", 1), box("A/C", 2)), store(box("A/B", 1), box("A/C", 2)));
    }

    @Test
    void exchangesParentAndChild() throws IOException {
        mirror(store(box("A", 1), box("A/B", 2)), store(box("A", 2), box("A/B", 1)));
    }

    @Test
    void movesAStrangerOutOfTheWay() throws IOException {
        TreeMirror.Plan plan = mirror(store(box("New", 1)), store(box("Old", 1), box("New", 2), box("New/Kid", 3)));
        assertTrue(plan.before().stream().noneMatch(change -> change instanceof SetGuid));
        assertEquals(2, plan.after().size());
    }

    @Test
    void movesAFolderOutOfTheWay() throws IOException {
        mirror(store(box("New", 1)), store(box("Old", 1), folder("New")));
        mirror(store(box("New", 1)), store(box("Old", 1), folder("New/Kid")));
        mirror(store(box("New", 1), folder("New/Kid")), store(box("Old", 1), folder("New/Kid")));
    }

    @Test
    void givesAMailboxOfAnotherGuidTheSourcesIdentity() throws IOException {
        TreeMirror.Plan plan = mirror(store(box("INBOX", 1), box("Work", 2)), store(box("INBOX", 5), box("Work", 6)));
        assertEquals(List.of(new SetGuid(name("INBOX"), guid(1)), new SetGuid(name("Work"), guid(2))), changes(plan));
    }

    @Test
    void takesInboxsGuidFromTheMailboxThatHasIt() throws IOException {
        mirror(store(box("INBOX", 1), box("Work", 2)), store(box("INBOX", 2), box("Work", 1)));
        mirror(store(box("INBOX", 1)), store(box("INBOX", 2), box("Work", 1)));
        mirror(store(box("INBOX", 1)), store(box("Work", 1)));
        mirror(store(box("A", 1), box("INBOX", 2)), store(box("INBOX", 1)));
        mirror(store(box("A", 1), box("INBOX", 2), box("Z", 3)), store(box("INBOX", 3), box("Z", 1), box("A", 2)));
    }

    @Test
    void holdsDeletionsBackWhileAMailboxOfTheSourceCannotBeRead() throws IOException {
        MailboxTree source = new MailboxTree(
                List.of(
                        MailboxNode.mailbox(MailboxName.INBOX, guid(1), VALIDITY, 1),
                        new MailboxNode(name("Bad"), Existence.UNREADABLE, null, 0, 0, 0, false, 0)),
                MailboxDeletes.NONE);
        MailboxTree destination =
                store(box("INBOX", 1), box("Bad", 2), box("Old", 3)).tree();
        TreeMirror.Plan plan = TreeMirror.plan(source, destination);
        assertEquals(List.of(), changes(plan));
        assertEquals(List.of(name("Old")), plan.deletionsHeldBack());
    }

    @Test
    void doesNotMakeAMailboxOverOneThatCannotBeRead() throws IOException {
        MailboxTree destination = new MailboxTree(
                List.of(new MailboxNode(name("Bad"), Existence.UNREADABLE, null, 0, 0, 0, false, 0)),
                MailboxDeletes.NONE);
        assertEquals(List.of(), changes(TreeMirror.plan(store(box("Bad", 2)).tree(), destination)));
    }

    @Test
    void cleansUpTemporaryNamesOfARunThatDied() throws IOException {
        MemoryStore source = store(box("A", 1), box("B", 2));
        MemoryStore destination = store(box("A", 2), box("B", 1));
        List<TreeChange> whole =
                TreeMirror.plan(source.tree(), destination.tree()).before();
        for (int done = 0; done <= whole.size(); done++) {
            MemoryStore died = store(box("A", 2), box("B", 1));
            for (TreeChange change : whole.subList(0, done)) {
                died.apply(change);
            }
            mirror(source, died);
        }
    }

    /** What is at the top may be another namespace. */
    @Test
    void givesTemporaryNamesBesideTheName() throws IOException {
        TreeMirror.Plan plan = mirror(
                store(box("Archive/A", 1), box("Archive/B", 2), box("Archive/C/D", 3)),
                store(box("Archive/A", 2), box("Archive/B", 1), box("Archive/C", 3)));
        for (TreeChange change : plan.before()) {
            TreeChange.Rename rename = (TreeChange.Rename) change;
            assertTrue(rename.to().isBelow(name("Archive")), rename.toString());
        }
        assertTrue(plan.before().size() > 3);
    }

    @Test
    void keepsTemporaryNamesFree() throws IOException {
        MemoryStore source = store(box("A", 1), box("B", 2), box("A-temp-1", 3), box("B-temp-1/Kid", 4));
        MemoryStore destination =
                store(box("A", 2), box("B", 1), folder("A-temp-2"), box("B-temp-1", 5), box("A-temp-3/Kid", 6));
        mirror(source, destination);
    }

    @Test
    void cutsTemporaryNamesWithoutCuttingACharacter() throws IOException {
        String longName = "x" + "\ud83d\udce7".repeat(60);
        TreeMirror.Plan plan = mirror(store(box(longName, 1), box("B", 2)), store(box(longName, 2), box("B", 1)));
        assertFalse(plan.before().isEmpty());
    }

    private static final String[] NAMES = {
        "INBOX", "A", "A/A", "A/A/A", "A/B", "B", "B/A", "B/B", "C", "INBOX/A", "A-temp-1", "B-temp-1", "C/A/B"
    };

    private static MemoryStore randomStore(SplittableRandom random, Map<String, Integer> made) throws IOException {
        MemoryStore store = store();
        List<Integer> guids = new ArrayList<>();
        for (int i = 1; i <= NAMES.length; i++) {
            guids.add(i);
        }
        int density = 1 + random.nextInt(4);
        for (String each : NAMES) {
            int dice = random.nextInt(10);
            if (dice < 2 * density) {
                int number = guids.remove(random.nextInt(guids.size()));
                made.put(each, number);
                store.apply(box(each, number));
            } else if (dice == 8 && !each.equals("INBOX")) {
                made.put(each, 0);
                store.apply(folder(each));
            }
            if (random.nextInt(4) == 0) {
                store.apply(subscribed(each));
            }
        }
        return store;
    }

    /** Trees that are the same are not gone through at length; had they been, the answer would be this one. */
    @Test
    void sameTreesAreToldAtOnce() throws IOException {
        for (long seed = 1; seed <= 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MailboxTree tree = randomStore(random, new HashMap<>()).tree();
            List<MailboxNode> nodes = new ArrayList<>(tree.nodes());
            if (!nodes.isEmpty() && random.nextBoolean()) {
                nodes.remove(random.nextInt(nodes.size()));
            }
            MailboxTree other = new MailboxTree(nodes, tree.deletes());
            long failing = seed;
            assertEquals(
                    TreeMirror.planDifferent(tree, other, List.of()),
                    TreeMirror.plan(tree, other),
                    () -> "seed " + failing);
        }
    }

    @Test
    void makesAnyTreeLikeAnyOther() {
        for (long seed = 0; seed < RANDOM_TREES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Map<String, Integer> from = new LinkedHashMap<>();
            Map<String, Integer> to = new LinkedHashMap<>();
            List<TreeChange> planned = new ArrayList<>();
            try {
                MemoryStore source = randomStore(random, from);
                MemoryStore destination = randomStore(random, to);
                planned.addAll(changes(TreeMirror.plan(source.tree(), ((MailStore) destination).tree())));
                mirror(source, destination);
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ": " + e.getMessage() + "\nsource " + from + "\ndestination " + to + "\n"
                                + planned,
                        e);
            }
        }
    }
}
