package dev.twinbox.engine.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.tree.TreeChange.Create;
import dev.twinbox.engine.tree.TreeChange.CreateFolder;
import dev.twinbox.engine.tree.TreeChange.Delete;
import dev.twinbox.engine.tree.TreeChange.DeleteFolder;
import dev.twinbox.engine.tree.TreeChange.Rename;
import dev.twinbox.engine.tree.TreeChange.Subscribe;
import dev.twinbox.engine.tree.TreeChange.Unsubscribe;
import dev.twinbox.engine.tree.TreeMerge.Mode;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random histories of two accounts, with runs between them. */
class TreeMergeRandomTest {
    private static final long SEEDS = Long.getLong("twinbox.treeMergeSeeds", 20_000);
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

    @Test
    void interruptedRunComesToTheSameEnd() {
        eachSeed(TreeMergeRandomTest::interruption);
    }

    static void interruption(SplittableRandom random) throws IOException {
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
        for (int side = 0; side < 2; side++) {
            assertEquals(whole.view(side), world.view(side), () -> "interrupted" + world.story);
        }
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
        world.run(Mode.TWO_WAY);
    }
}
