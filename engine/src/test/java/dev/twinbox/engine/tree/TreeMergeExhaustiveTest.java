package dev.twinbox.engine.tree;

import dev.twinbox.engine.tree.TreeChange.Create;
import dev.twinbox.engine.tree.TreeChange.CreateFolder;
import dev.twinbox.engine.tree.TreeChange.Delete;
import dev.twinbox.engine.tree.TreeChange.DeleteFolder;
import dev.twinbox.engine.tree.TreeChange.Rename;
import dev.twinbox.engine.tree.TreeChange.Subscribe;
import dev.twinbox.engine.tree.TreeChange.Unsubscribe;
import dev.twinbox.engine.tree.TreeMerge.Mode;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every pair of short histories over few names. Larger ones are the business of the random test. */
class TreeMergeExhaustiveTest {
    private static final List<String> NAMES = List.of("A", "B", "A/x");
    private static final List<String> TARGETS = List.of("A", "B", "A/x", "B/x");

    private record Op(String kind, String name, String to) {}

    private static List<Op> ops() {
        List<Op> ops = new ArrayList<>();
        for (String name : NAMES) {
            for (String kind : List.of("create", "delete", "folder", "subscribe", "unsubscribe")) {
                ops.add(new Op(kind, name, ""));
            }
            for (String to : TARGETS) {
                if (!to.equals(name)) {
                    ops.add(new Op("rename", name, to));
                }
            }
        }
        return ops;
    }

    private static boolean act(TreeWorld world, int side, Op op, int number) throws IOException {
        MailboxTree tree = world.ends.get(side).store.tree();
        MailboxNode node = tree.find(TreeWorld.name(op.name())).orElse(null);
        MailboxGuid guid = node == null ? null : node.guid();
        boolean subscribed = node != null && node.subscribed();
        boolean exists = node != null && node.existence() == MailboxNode.Existence.EXISTS;
        TreeChange change =
                switch (op.kind()) {
                    case "create" ->
                        guid != null
                                ? null
                                : new Create(TreeWorld.name(op.name()), TreeWorld.guid(number), TreeWorld.VALIDITY);
                    case "delete" ->
                        guid != null
                                ? new Delete(TreeWorld.name(op.name()), guid)
                                : exists ? new DeleteFolder(TreeWorld.name(op.name())) : null;
                    case "folder" -> exists ? null : new CreateFolder(TreeWorld.name(op.name()));
                    case "subscribe" -> subscribed ? null : new Subscribe(TreeWorld.name(op.name()), 0);
                    case "unsubscribe" -> subscribed ? new Unsubscribe(TreeWorld.name(op.name()), 0) : null;
                    default -> new Rename(TreeWorld.name(op.name()), TreeWorld.name(op.to()));
                };
        return change != null && world.user(side, change);
    }

    /** All sequences that can be done, the empty one too. */
    private static List<List<Op>> sequences(List<Op> base, int length) throws IOException {
        List<List<Op>> all = new ArrayList<>();
        all.add(List.of());
        List<List<Op>> last = all;
        for (int i = 0; i < length; i++) {
            List<List<Op>> longer = new ArrayList<>();
            for (List<Op> start : last) {
                for (Op op : ops()) {
                    List<Op> sequence = new ArrayList<>(start);
                    sequence.add(op);
                    if (possible(base, sequence)) {
                        longer.add(sequence);
                    }
                }
            }
            last = List.copyOf(longer);
            all = new ArrayList<>(all);
            all.addAll(longer);
        }
        return all;
    }

    private static boolean possible(List<Op> base, List<Op> sequence) throws IOException {
        TreeWorld world = new TreeWorld(0);
        int number = 0;
        for (Op op : base) {
            act(world, 0, op, ++number);
        }
        for (Op op : sequence) {
            if (!act(world, 0, op, ++number)) {
                return false;
            }
        }
        return true;
    }

    private static void merge(List<Op> base, List<Op> first, List<Op> second, long skewMillis) throws IOException {
        TreeWorld world = new TreeWorld(skewMillis);
        int number = 0;
        for (Op op : base) {
            number++;
            act(world, 0, op, number);
            act(world, 1, op, number);
        }
        for (Op op : first) {
            act(world, 0, op, ++number);
        }
        for (Op op : second) {
            act(world, 1, op, ++number);
        }
        world.run(Mode.TWO_WAY);
    }

    private static void allPairs(int first, int second, String... base) throws IOException {
        List<Op> made = new ArrayList<>();
        for (String name : base) {
            made.add(new Op("create", name, ""));
        }
        // As many seconds pass for the first side's changes as the other's clock is behind: some then have the same
        // time.
        for (List<Op> here : sequences(made, first)) {
            for (List<Op> there : sequences(made, second)) {
                merge(made, here, there, 0);
                merge(made, here, there, -1000L * here.size());
            }
        }
    }

    @Test
    void pairsOverNothing() throws IOException {
        allPairs(2, 1);
    }

    @Test
    void pairsOverOneMailbox() throws IOException {
        allPairs(2, 2, "A");
    }

    @Test
    void pairsOverTwoMailboxes() throws IOException {
        allPairs(1, 2, "A", "B");
    }

    @Test
    void pairsOverParentAndChild() throws IOException {
        allPairs(2, 1, "A", "A/x");
    }
}
