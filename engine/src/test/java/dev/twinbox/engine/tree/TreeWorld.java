package dev.twinbox.engine.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.storage.StoreException;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.storage.memory.MemoryStore;
import dev.twinbox.engine.tree.TreeChange.Create;
import dev.twinbox.engine.tree.TreeChange.Delete;
import dev.twinbox.engine.tree.TreeChange.Rename;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Two accounts, their users, and runs between them. Each mailbox is made with a mail that is nowhere else, so that it can
 * be seen where mails get to: what is deleted by a user is gone for ever, what is not is on both sides after a run.
 */
final class TreeWorld {
    static final long VALIDITY = 7;

    /** One account and what was ever done to it. */
    static final class End {
        final SimClock clock;
        final MemoryStore store;
        final List<Done> history = new ArrayList<>();
        final Map<MailboxName, Set<MailboxGuid>> mails = new TreeMap<>();
        final Set<MailboxGuid> unseen = new HashSet<>();

        private record Done(long millis, TreeChange change) {}

        End(long epochMillis) {
            clock = new SimClock(epochMillis);
            store = new MemoryAccount("test", clock).openForWriting();
        }

        /** As if it had been done to another account. */
        End copy() throws IOException {
            End copy = new End(clock.epochMillis());
            for (Done done : history) {
                copy.clock.setEpochMillis(done.millis());
                copy.apply(done.change());
            }
            copy.clock.setEpochMillis(clock.epochMillis());
            copy.mails.clear();
            mails.forEach((name, found) -> copy.mails.put(name, new HashSet<>(found)));
            copy.unseen.addAll(unseen);
            return copy;
        }

        void apply(TreeChange change) throws IOException {
            history.add(new Done(clock.epochMillis(), change));
            store.apply(change);
            if (change instanceof Create create) {
                mails.putIfAbsent(create.name(), new HashSet<>());
            } else if (change instanceof Delete delete) {
                mails.remove(delete.name());
            } else if (change instanceof Rename rename) {
                for (MailboxName name : List.copyOf(mails.keySet())) {
                    if (name.equals(rename.name()) || name.isBelow(rename.name())) {
                        Set<MailboxGuid> moved = mails.remove(name);
                        if (moved != null) {
                            mails.put(name.rebased(rename.name(), rename.to()), moved);
                        }
                    }
                }
            }
        }

        Side side() {
            Set<MailboxGuid> keep = new HashSet<>(unseen);
            return new Side(store.tree(), keep);
        }

        Set<MailboxGuid> mails(MailboxName name) {
            return mails.getOrDefault(name, Set.of());
        }
    }

    final List<End> ends;
    final Set<MailboxGuid> dead = new HashSet<>();
    final StringBuilder story = new StringBuilder();

    TreeWorld(long skewMillis) {
        ends = List.of(new End(SimClock.START_MILLIS), new End(SimClock.START_MILLIS + skewMillis));
    }

    private TreeWorld(List<End> ends, Set<MailboxGuid> dead, StringBuilder story) {
        this.ends = ends;
        this.dead.addAll(dead);
        this.story.append(story);
    }

    TreeWorld copy() throws IOException {
        return new TreeWorld(List.of(ends.get(0).copy(), ends.get(1).copy()), dead, story);
    }

    static MailboxName name(String text) {
        return MailboxName.parse(text, '/');
    }

    static MailboxGuid guid(int number) {
        return new MailboxGuid(1, number);
    }

    /** A user does something a second after what was done before, by anybody; false if it cannot be done. */
    boolean user(int side, TreeChange change) throws IOException {
        End end = ends.get(side);
        ends.forEach(each -> each.clock.advanceMillis(1000));
        return sameMoment(end, side, change);
    }

    /** The same without a second passing. */
    boolean sameMoment(End end, int side, TreeChange change) throws IOException {
        Set<MailboxGuid> lost = new HashSet<>();
        if (change instanceof Delete) {
            lost.addAll(end.mails(change.name()));
        }
        try {
            end.apply(change);
        } catch (StoreException e) {
            end.history.remove(end.history.size() - 1);
            return false;
        }
        dead.addAll(lost);
        if (change instanceof Create create) {
            Set<MailboxGuid> mails = end.mails.computeIfAbsent(create.name(), each -> new HashSet<>());
            mails.add(create.guid());
        }
        story.append('\n').append(side).append(": ").append(change);
        return true;
    }

    /** A mail arrives that no run has seen. */
    void deliver(int side, MailboxName name) {
        ends.get(side).store.tree().find(name).map(MailboxNode::guid).ifPresent(ends.get(side).unseen::add);
        story.append('\n').append(side).append(": mail into ").append(name);
    }

    Result plan(Mode mode) {
        try {
            return TreeMerge.merge(ends.get(0).side(), ends.get(1).side(), mode);
        } catch (IllegalStateException e) {
            throw new AssertionError(e + story.toString(), e);
        }
    }

    /** A run, with all that can be said of any. */
    Result run(Mode mode) throws IOException {
        story.append("\nrun ").append(mode);
        Result result = plan(mode);
        story.append("\n  0: ").append(result.initiator()).append("\n  1: ").append(result.responder());
        checkSwapped(result, mode);
        int source = mode.changes(0) ? 1 : 0;
        Map<MailboxGuid, Set<MailboxGuid>> own = mailsByBox(1 - source);
        List<Plan> plans = List.of(result.initiator(), result.responder());
        for (int side = 0; side < 2; side++) {
            for (MailboxGuid kept : ends.get(side).unseen) {
                revive(side, kept);
            }
            before(side, plans.get(side));
        }
        exchange(result, plans, mode);
        for (int side = 0; side < 2; side++) {
            for (TreeChange change : plans.get(side).after()) {
                ends.get(side).apply(change);
            }
        }
        if (mode == Mode.TWO_WAY) {
            checkEqual(result);
            ends.forEach(end -> end.unseen.clear());
        }
        checkMails(mode);
        if (mode != Mode.TWO_WAY) {
            checkOneWay(source, own);
        }
        checkSecond(mode);
        return result;
    }

    /** In a one-way run the source goes on to have other names, so that names may need another run. */
    private void checkSecond(Mode mode) throws IOException {
        for (int run = 0; mode != Mode.TWO_WAY && run < ONE_WAY_RUNS_MAX; run++) {
            Result again = plan(mode);
            for (int side = 0; side < 2; side++) {
                Plan plan = side == 0 ? again.initiator() : again.responder();
                assertTrue(
                        plan.before().stream()
                                .noneMatch(change -> change instanceof Create || change instanceof Delete),
                        () -> "second run " + plan + story);
                before(side, plan);
            }
        }
        Result last = plan(mode);
        for (Plan plan : List.of(last.initiator(), last.responder())) {
            assertEquals(List.of(), plan.before(), () -> "second run" + story);
            assertEquals(List.of(), plan.after(), () -> "second run" + story);
        }
    }

    private static final int ONE_WAY_RUNS_MAX = 1;

    private void revive(int side, MailboxGuid kept) {
        End end = ends.get(side);
        end.store.tree().find(kept).ifPresent(node -> dead.removeAll(end.mails(node.name())));
    }

    private void before(int side, Plan plan) throws IOException {
        End end = ends.get(side);
        Map<MailboxName, Set<MailboxGuid>> was = new HashMap<>(end.mails);
        for (TreeChange change : plan.before()) {
            end.apply(change);
        }
        if (plan.before().isEmpty()) {
            return;
        }
        end.mails.forEach((name, mails) -> {
            MailboxName origin = plan.origins().get(name);
            Set<MailboxGuid> expected = origin == null ? Set.of() : was.getOrDefault(origin, Set.of());
            assertEquals(expected, mails, () -> "origin of " + name + " on " + side + story);
        });
    }

    private void exchange(Result result, List<Plan> plans, Mode mode) {
        for (MailboxNode node : result.mailboxes()) {
            Set<MailboxGuid> all = new HashSet<>();
            List<MailboxName> names = new ArrayList<>();
            for (int side = 0; side < 2; side++) {
                MailboxName name = node.name();
                if (!mode.changes(side)) {
                    name = plans.get(side).origins().getOrDefault(name, name);
                }
                assertTrue(ends.get(side).mails.containsKey(name), () -> node + " is not on both sides" + story);
                all.addAll(ends.get(side).mails(name));
                names.add(name);
            }
            for (int side = 0; side < 2; side++) {
                if (mode.changes(side)) {
                    ends.get(side).mails.put(names.get(side), new HashSet<>(all));
                }
            }
        }
    }

    private void checkSwapped(Result result, Mode mode) {
        Mode other =
                switch (mode) {
                    case TWO_WAY -> mode;
                    case INITIATOR_TO_RESPONDER -> Mode.RESPONDER_TO_INITIATOR;
                    case RESPONDER_TO_INITIATOR -> Mode.INITIATOR_TO_RESPONDER;
                };
        Result swapped = TreeMerge.merge(ends.get(1).side(), ends.get(0).side(), other);
        assertEquals(result.mailboxes(), swapped.mailboxes(), () -> "swapped" + story);
        assertEquals(result.initiator().before(), swapped.responder().before(), () -> "swapped" + story);
        assertEquals(result.initiator().after(), swapped.responder().after(), () -> "swapped" + story);
        assertEquals(result.responder().before(), swapped.initiator().before(), () -> "swapped" + story);
        assertEquals(result.responder().after(), swapped.initiator().after(), () -> "swapped" + story);
    }

    private void checkEqual(Result result) {
        assertEquals(view(0), view(1), () -> "sides" + story);
        Map<String, MailboxGuid> told = new TreeMap<>();
        result.mailboxes().forEach(node -> told.put(node.name().toString(), node.guid()));
        assertEquals(told, mailboxes(0), () -> "mailboxes told" + story);
        for (String name : told.keySet()) {
            for (String level : name.split("/", -1)) {
                assertTrue(!Place.isTemporary(level), () -> "temporary name left" + story);
            }
        }
    }

    private void checkMails(Mode mode) {
        for (int side = 0; side < 2; side++) {
            Set<MailboxGuid> found = new HashSet<>();
            ends.get(side).mails.values().forEach(found::addAll);
            if (mode == Mode.TWO_WAY) {
                Set<MailboxGuid> missing = new TreeSet<>();
                ends.get(1 - side).mails.values().forEach(missing::addAll);
                missing.removeAll(found);
                missing.removeAll(dead);
                assertEquals(Set.of(), missing, "mails missing on " + side + story);
                found.retainAll(dead);
                assertEquals(Set.of(), found, "deleted mails back on " + side + story);
            }
        }
    }

    /** Each mailbox of the source is there unless the destination deleted it; the destination loses what was deleted. */
    private void checkOneWay(int from, Map<MailboxGuid, Set<MailboxGuid>> own) {
        End source = ends.get(from);
        End destination = ends.get(1 - from);
        Set<MailboxGuid> found = new HashSet<>();
        destination.mails.values().forEach(found::addAll);
        Set<MailboxGuid> gone = new HashSet<>();
        source.store.tree().deletes().mailboxes().forEach(record -> gone.add(record.guid()));
        own.forEach((guid, mails) -> assertTrue(
                gone.contains(guid) || found.containsAll(mails), () -> "destination lost mails of " + guid + story));
        gone.clear();
        destination.store.tree().deletes().mailboxes().forEach(record -> gone.add(record.guid()));
        for (MailboxNode node : source.store.tree().mailboxes()) {
            assertTrue(
                    gone.contains(node.guid()) || found.containsAll(source.mails(node.name())),
                    () -> "mails of " + node.name() + " did not arrive" + story);
        }
    }

    private Map<MailboxGuid, Set<MailboxGuid>> mailsByBox(int side) {
        Map<MailboxGuid, Set<MailboxGuid>> found = new HashMap<>();
        for (MailboxNode node : ends.get(side).store.tree().mailboxes()) {
            found.put(
                    Objects.requireNonNull(node.guid()),
                    Set.copyOf(ends.get(side).mails(node.name())));
        }
        return found;
    }

    /** Does only so many steps of either side, and no exchange of mails; says what the whole would have been. */
    int steps(int side) {
        Result result = plan(Mode.TWO_WAY);
        Plan plan = side == 0 ? result.initiator() : result.responder();
        return plan.before().size() + plan.after().size();
    }

    void interrupted(int first, int second) throws IOException {
        Result result = plan(Mode.TWO_WAY);
        List<Plan> plans = List.of(result.initiator(), result.responder());
        int[] counts = {first, second};
        for (int side = 0; side < 2; side++) {
            List<TreeChange> all = new ArrayList<>(plans.get(side).before());
            all.addAll(plans.get(side).after());
            for (TreeChange change : all.subList(0, counts[side])) {
                ends.get(side).apply(change);
            }
        }
    }

    /** A run without looking at mails. */
    void finish() throws IOException {
        interrupted(steps(0), steps(1));
    }

    Map<String, MailboxGuid> mailboxes(int side) {
        Map<String, MailboxGuid> found = new TreeMap<>();
        for (MailboxNode node : ends.get(side).store.tree().mailboxes()) {
            found.put(node.name().toString(), node.guid());
        }
        return found;
    }

    /** Mailboxes, folders with nothing below them, subscriptions. */
    List<Object> view(int side) {
        MailboxTree tree = ends.get(side).store.tree();
        Set<String> folders = new TreeSet<>();
        Set<String> subscribed = new TreeSet<>();
        for (MailboxNode node : tree.nodes()) {
            boolean parent = tree.nodes().stream()
                    .anyMatch(other -> other.existence() == Existence.EXISTS
                            && other.name().isBelow(node.name()));
            if (node.existence() == Existence.EXISTS && node.guid() == null && !parent) {
                folders.add(node.name().toString());
            }
            if (node.subscribed()) {
                subscribed.add(node.name().toString());
            }
        }
        return List.of(mailboxes(side), folders, subscribed);
    }
}
