package dev.twinbox.engine.tree;

import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Merges two mailbox trees: what must happen on either side for both to be the same (wire protocol, section 3.3). Pure, and
 * symmetric: both ends of a run call it with the same two sides, and each takes its own plan. With the sides swapped the
 * result is the same.
 *
 * <ul>
 *   <li>A mailbox that one side deleted is deleted on the other, whatever it is called there by now, unless mails lie in it
 *       that no sync has seen; then it is made again where it was deleted. A record of a deletion is void if the side that
 *       has it has the mailbox again.
 *   <li>A mailbox that is called differently gets the name that the later rename gave it; what is below goes along. Times of
 *       change logs decide that and nothing else, so wrong clocks can make the wrong rename win but nothing worse. A
 *       temporary name never wins.
 *   <li>Two mailboxes of the same name become one, with the byte-wise larger GUID, or with that of the side that is not to be
 *       changed. So do the INBOXes; no INBOX is renamed or deleted. An INBOX's GUID that another mailbox has is not used for it.
 *   <li>Two things that ought to have one name: the one that is called differently on the other side goes by that name; if
 *       there is none, its GUID is put behind the name.
 *   <li>A deleted mailbox that has children becomes a folder. A folder is made on the other side, or deleted if nothing
 *       exists below it and the other side deleted it after it was made.
 *   <li>Of two subscription states the later one counts, on a tie the name is subscribed.
 *   <li>Nothing at or below a name that one side cannot read is changed.
 * </ul>
 *
 * <p>A crash between any two changes leaves trees that merge to the same end.
 */
public final class TreeMerge {
    private TreeMerge() {}

    /** Whose tree follows. */
    public enum Mode {
        /** Both. */
        TWO_WAY,
        /** The decisions are the same, but only the responder's tree is changed. */
        INITIATOR_TO_RESPONDER,
        /** The decisions are the same, but only the initiator's tree is changed. */
        RESPONDER_TO_INITIATOR;

        /** Whether the tree of that side, 0 the initiator, is changed. */
        boolean changes(int side) {
            return this == TWO_WAY || this == (side == 0 ? RESPONDER_TO_INITIATOR : INITIATOR_TO_RESPONDER);
        }
    }

    /**
     * One account.
     *
     * @param tree its names, and its records of deletions
     * @param keep mailboxes with mails that no sync has seen: a deletion by the other side must not take them
     */
    public record Side(MailboxTree tree, Set<MailboxGuid> keep) {
        public Side {
            keep = Set.copyOf(keep);
        }
    }

    /**
     * What one side has to do.
     *
     * @param before to be done before any mail is looked at: renames, identities, creations, subscriptions. Where a
     *     mailbox was deleted and another made under its name, and what is below stays, the deletion is here too
     * @param after to be done when all mails are there: deletions, and folders that take the place of what was deleted
     * @param origins for each mailbox of this side after {@code before}: its name now; one that is not there yet is not
     *     in it. For a side that is not changed: by final name
     * @param notes what the administrator should know
     */
    public record Plan(
            List<TreeChange> before,
            List<TreeChange> after,
            Map<MailboxName, MailboxName> origins,
            List<String> notes) {
        public Plan {
            before = List.copyOf(before);
            after = List.copyOf(after);
            origins = Map.copyOf(origins);
            notes = List.copyOf(notes);
        }

        /** The same, and more to be done before. */
        public Plan and(List<TreeChange> more) {
            List<TreeChange> all = new ArrayList<>(before);
            all.addAll(more);
            return new Plan(all, after, origins, notes);
        }

        /** For a store that has no folders without mails: names that only have children come and go with these. */
        public Plan withoutFolders() {
            return new Plan(withoutFolders(before), withoutFolders(after), origins, notes);
        }

        private static List<TreeChange> withoutFolders(List<TreeChange> changes) {
            List<TreeChange> kept = new ArrayList<>();
            for (TreeChange change : changes) {
                if (!(change instanceof TreeChange.CreateFolder)) {
                    kept.add(change);
                }
            }
            return kept;
        }
    }

    /**
     * Both plans.
     *
     * @param mailboxes those that both sides have after the merge, with the final name and GUID, in name order; UIDVALIDITY
     *     and UIDNEXT are the higher ones
     */
    public record Result(Plan initiator, Plan responder, List<MailboxNode> mailboxes) {
        public Result {
            mailboxes = List.copyOf(mailboxes);
        }
    }

    /** Merges. */
    public static Result merge(Side initiator, Side responder, Mode mode) {
        return isSame(initiator.tree(), responder.tree())
                ? unchanged(initiator.tree(), responder.tree())
                : mergeDifferent(initiator, responder, mode);
    }

    /** Whether both have the same mailboxes and nothing else, as most accounts in most runs. */
    static boolean isSame(MailboxTree one, MailboxTree other) {
        if (one.nodes().size() != other.nodes().size()
                || !one.deletes().isEmpty()
                || !other.deletes().isEmpty()) {
            return false;
        }
        Iterator<MailboxNode> nodes = other.nodes().iterator();
        for (MailboxNode node : one.nodes()) {
            MailboxNode there = nodes.next();
            if (!node.isMailbox()
                    || !there.isMailbox()
                    || !node.name().equals(there.name())
                    || !Objects.equals(node.guid(), there.guid())
                    || node.subscribed() != there.subscribed()) {
                return false;
            }
        }
        return true;
    }

    /** What {@link #mergeDifferent} says of such trees. */
    private static Result unchanged(MailboxTree one, MailboxTree other) {
        Map<MailboxName, MailboxName> origins = new HashMap<>();
        List<MailboxNode> mailboxes = new ArrayList<>();
        Iterator<MailboxNode> nodes = other.nodes().iterator();
        for (MailboxNode node : one.nodes()) {
            MailboxNode there = nodes.next();
            origins.put(node.name(), node.name());
            mailboxes.add(node(
                    node.name(),
                    Objects.requireNonNull(node.guid()),
                    Math.max(node.uidValidity(), there.uidValidity()),
                    Math.max(node.uidNext(), there.uidNext())));
        }
        Plan nothing = new Plan(List.of(), List.of(), origins, List.of());
        return new Result(nothing, nothing, mailboxes);
    }

    static Result mergeDifferent(Side initiator, Side responder, Mode mode) {
        List<Side> sides = List.of(initiator, responder);
        Set<MailboxName> blocked = new TreeSet<>();
        NameTimes times = new NameTimes();
        while (true) {
            Matching matching = new Matching(sides, blocked);
            List<Group> groups = Seating.seat(matching, times);
            if (times.learn(matching) || addBlocked(matching, groups, blocked)) {
                continue;
            }
            Identities identities = new Identities(sides, groups, mode);
            SidePlan first = new SidePlan(0, sides, matching, groups, identities);
            SidePlan second = new SidePlan(1, sides, matching, groups, identities);
            return new Result(
                    first.plan(mode.changes(0)),
                    second.plan(mode.changes(1)),
                    mailboxes(matching, groups, identities, mode));
        }
    }

    /** What would be moved to a name that must not be touched stays where it is, too. */
    private static boolean addBlocked(Matching matching, List<Group> groups, Set<MailboxName> blocked) {
        boolean added = false;
        for (Group group : groups) {
            if (matching.isTaken(Objects.requireNonNull(group.name))) {
                for (Place place : group.places) {
                    added |= blocked.add(place.name());
                }
            }
        }
        return added;
    }

    private static List<MailboxNode> mailboxes(
            Matching matching, List<Group> groups, Identities identities, Mode mode) {
        List<MailboxNode> found = new ArrayList<>();
        for (Group group : groups) {
            boolean first = group.mailbox(0) != null || mode.changes(0);
            boolean second = group.mailbox(1) != null || mode.changes(1);
            if (group.isMailbox() && first && second) {
                found.add(node(group, Objects.requireNonNull(group.name), identities.of(group)));
            }
        }
        for (Place place : matching.places.get(0).values()) {
            Place other = place.group.mailbox(1);
            MailboxGuid guid = place.guid();
            boolean same = other != null && guid != null && guid.equals(other.guid());
            if (place.pinned && same && place.levels.equals(Objects.requireNonNull(other).levels)) {
                found.add(node(place.group, place.name(), Objects.requireNonNull(guid)));
            }
        }
        found.sort((a, b) -> a.name().compareTo(b.name()));
        return found;
    }

    private static MailboxNode node(Group group, MailboxName name, MailboxGuid guid) {
        long uidValidity = 0;
        long uidNext = 0;
        for (int side = 0; side < 2; side++) {
            @Nullable Place place = group.mailbox(side);
            if (place != null && place.node != null) {
                uidValidity = Math.max(uidValidity, place.node.uidValidity());
                uidNext = Math.max(uidNext, place.node.uidNext());
            }
        }
        return node(name, guid, uidValidity, uidNext);
    }

    private static MailboxNode node(MailboxName name, MailboxGuid guid, long uidValidity, long uidNext) {
        return new MailboxNode(name, Existence.EXISTS, guid, uidValidity, uidNext, 0, false, 0);
    }
}
