package dev.twinbox.engine.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.StoreException;
import dev.twinbox.engine.tree.TreeChange.Create;
import dev.twinbox.engine.tree.TreeChange.CreateFolder;
import dev.twinbox.engine.tree.TreeChange.Delete;
import dev.twinbox.engine.tree.TreeChange.DeleteFolder;
import dev.twinbox.engine.tree.TreeChange.Rename;
import dev.twinbox.engine.tree.TreeChange.Subscribe;
import dev.twinbox.engine.tree.TreeChange.Unsubscribe;
import dev.twinbox.engine.tree.TreeMerge.Mode;
import dev.twinbox.engine.tree.TreeMerge.Plan;
import dev.twinbox.engine.tree.TreeMerge.Result;
import dev.twinbox.engine.tree.TreeMerge.Side;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Random histories of two accounts, with runs between them. */
class TreeMergeRandomTest {
    private static final long SEEDS = Long.getLong("twinbox.treeMergeSeeds", 2_000);
    private static final long FIRST_SEED = Long.getLong("twinbox.treeMergeFirstSeed", 1);
    private static final int ROUNDS = 3;
    private static final long DAY_MILLIS = 86_400_000;
    private static final List<String> LEAVES = List.of("A", "B", "C");

    private interface History {
        void play(SplittableRandom random) throws IOException;
    }

    private static void eachSeed(History history) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                history.play(new SplittableRandom(seed));
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
    }

    private static TreeWorld world(SplittableRandom random) throws IOException {
        TreeWorld world = new TreeWorld((random.nextInt(3) - 1) * DAY_MILLIS);
        for (int side = 0; side < 2; side++) {
            if (random.nextInt(4) > 0) {
                world.user(side, new Create(MailboxName.INBOX, newGuid(random), TreeWorld.VALIDITY));
            }
        }
        return world;
    }

    private static MailboxGuid newGuid(SplittableRandom random) {
        return new MailboxGuid(random.nextLong(), random.nextLong());
    }

    private static MailboxName anyName(SplittableRandom random) {
        StringBuilder name = new StringBuilder();
        for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
            name.append(name.length() == 0 ? "" : "/").append(LEAVES.get(random.nextInt(LEAVES.size())));
        }
        return TreeWorld.name(name.toString());
    }

    private static MailboxName someName(TreeWorld world, int side, SplittableRandom random) {
        List<MailboxNode> nodes = List.copyOf(world.ends.get(side).store.tree().nodes());
        return nodes.isEmpty() || random.nextInt(8) == 0
                ? anyName(random)
                : nodes.get(random.nextInt(nodes.size())).name();
    }

    private static void act(TreeWorld world, int side, SplittableRandom random) throws IOException {
        MailboxName some = someName(world, side, random);
        MailboxName any = anyName(random);
        MailboxTree tree = world.ends.get(side).store.tree();
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                if (tree.find(any).filter(MailboxNode::isMailbox).isEmpty()) {
                    world.user(side, new Create(any, newGuid(random), TreeWorld.VALIDITY));
                }
            }
            case 2, 3, 4 -> world.user(side, new Rename(some, any));
            case 5 -> {
                MailboxGuid guid = tree.find(some).map(MailboxNode::guid).orElse(null);
                if (guid != null && !some.isInbox()) {
                    world.user(side, new Delete(some, guid));
                }
            }
            case 6 -> world.user(side, random.nextBoolean() ? new CreateFolder(any) : new DeleteFolder(some));
            case 7 -> world.user(side, new Subscribe(some, 0));
            case 8 -> world.user(side, new Unsubscribe(some, 0));
            default -> world.deliver(side, some);
        }
    }

    private static void live(TreeWorld world, SplittableRandom random) throws IOException {
        int events = random.nextInt(12);
        for (int i = 0; i < events; i++) {
            act(world, random.nextInt(2), random);
        }
    }

    @Test
    void everyRunMakesBothSidesEqual() {
        eachSeed(TreeMergeRandomTest::severalRuns);
    }

    static void severalRuns(SplittableRandom random) throws IOException {
        TreeWorld world = world(random);
        for (int round = 0; round < ROUNDS; round++) {
            live(world, random);
            world.run(Mode.TWO_WAY);
        }
    }

    /** Trees that are the same are not merged at length; had they been, the answer would be this one. */
    @Test
    void sameTreesAreToldAtOnce() {
        int[] same = {0};
        eachSeed(random -> {
            TreeWorld world = world(random);
            live(world, random);
            world.finish();
            Side first = world.ends.get(0).side();
            Side second = world.ends.get(1).side();
            for (Mode mode : Mode.values()) {
                assertEquals(
                        TreeMerge.mergeDifferent(first, second, mode),
                        TreeMerge.merge(first, second, mode),
                        () -> mode + " " + world.story);
            }
            same[0] += TreeMerge.isSame(first.tree(), second.tree()) ? 1 : 0;
        });
        assertTrue(same[0] > SEEDS / 20, () -> same[0] + " of " + SEEDS + " had the same trees");
    }

    @Test
    void interruptedRunComesToTheSameEnd() {
        long[] others = {0};
        eachSeed(random -> others[0] += interruption(random) ? 0 : 1);
        assertTrue(others[0] <= SEEDS / 1000 + 1, () -> others[0] + " of " + SEEDS + " came to other names");
    }

    static boolean interruption(SplittableRandom random) throws IOException {
        TreeWorld world = world(random);
        live(world, random);
        world.finish();
        live(world, random);
        TreeWorld whole = world.copy();
        whole.finish();
        int first = random.nextInt(world.steps(0) + 1);
        int second = random.nextInt(world.steps(1) + 1);
        world.story.append("\nsteps ").append(first).append(", ").append(second);
        world.story.append("\n  of ").append(world.plan(Mode.TWO_WAY));
        world.interrupted(first, second);
        world.finish();
        assertEquals(world.view(0), world.view(1), () -> "interrupted" + world.story);
        assertEquals(
                new TreeSet<>(whole.mailboxes(0).values()),
                new TreeSet<>(world.mailboxes(0).values()),
                () -> "interrupted" + world.story);
        // A log knows times by names: those of what is in a renamed folder are lost with it, and another name may win.
        return whole.view(0).equals(world.view(0));
    }

    @Test
    void oneWayRunLeavesTheSourceAndLosesNothing() {
        eachSeed(TreeMergeRandomTest::oneWay);
    }

    static void oneWay(SplittableRandom random) throws IOException {
        TreeWorld world = world(random);
        live(world, random);
        world.run(Mode.TWO_WAY);
        for (int round = 0; round < ROUNDS; round++) {
            live(world, random);
            world.run(Mode.INITIATOR_TO_RESPONDER);
        }
        live(world, random);
        world.run(Mode.RESPONDER_TO_INITIATOR);
    }

    @Test
    void whatCannotBeReadIsLeftAsItIs() {
        eachSeed(TreeMergeRandomTest::unreadable);
    }

    static void unreadable(SplittableRandom random) throws IOException {
        TreeWorld world = world(random);
        live(world, random);
        world.finish();
        live(world, random);
        List<Set<MailboxName>> broken = List.of(new TreeSet<>(), new TreeSet<>());
        Set<MailboxName> blocked = new TreeSet<>();
        for (int side = 0; side < 2; side++) {
            for (MailboxNode node : world.ends.get(side).store.tree().mailboxes()) {
                if (random.nextInt(5) == 0) {
                    broken.get(side).add(node.name());
                }
            }
            blocked.addAll(broken.get(side));
        }
        world.story.append("\nunreadable ").append(broken);
        List<Object> was = List.of(below(world, 0, blocked), below(world, 1, blocked));
        Result result = merge(world, broken);
        world.story.append("\n").append(result);
        List<Plan> plans = List.of(result.initiator(), result.responder());
        for (int side = 0; side < 2; side++) {
            List<TreeChange> changes = new ArrayList<>(plans.get(side).before());
            changes.addAll(plans.get(side).after());
            for (TreeChange change : changes) {
                try {
                    world.ends.get(side).apply(change);
                } catch (StoreException e) {
                    throw new AssertionError(e + world.story.toString(), e);
                }
            }
        }
        assertEquals(was, List.of(below(world, 0, blocked), below(world, 1, blocked)), () -> "touched" + world.story);
        for (MailboxNode node : result.mailboxes()) {
            for (int side = 0; side < 2; side++) {
                assertEquals(
                        node.guid(), world.mailboxes(side).get(node.name().toString()), () -> node + "" + world.story);
            }
        }
        Result second = merge(world, broken);
        for (Plan plan : List.of(second.initiator(), second.responder())) {
            assertEquals(List.of(), plan.before(), () -> "second run" + world.story);
            assertEquals(List.of(), plan.after(), () -> "second run" + world.story);
        }
    }

    private static Map<String, MailboxGuid> below(TreeWorld world, int side, Set<MailboxName> blocked) {
        Map<String, MailboxGuid> found = new TreeMap<>(world.mailboxes(side));
        found.keySet().removeIf(each -> {
            MailboxName name = TreeWorld.name(each);
            return blocked.stream().noneMatch(top -> name.equals(top) || name.isBelow(top));
        });
        return found;
    }

    private static MailboxNode unreadable(MailboxNode node) {
        return new MailboxNode(
                node.name(),
                Existence.UNREADABLE,
                null,
                0,
                0,
                node.lastRenamedOrCreated(),
                node.subscribed(),
                node.lastSubscriptionChange());
    }

    private static Result merge(TreeWorld world, List<Set<MailboxName>> broken) {
        List<Side> sides = new ArrayList<>();
        for (int side = 0; side < 2; side++) {
            Side real = world.ends.get(side).side();
            List<MailboxNode> nodes = new ArrayList<>();
            for (MailboxNode node : real.tree().nodes()) {
                nodes.add(broken.get(side).contains(node.name()) ? unreadable(node) : node);
            }
            sides.add(new Side(new MailboxTree(nodes, real.tree().deletes()), real.keep()));
        }
        return TreeMerge.merge(sides.get(0), sides.get(1), Mode.TWO_WAY);
    }
}
