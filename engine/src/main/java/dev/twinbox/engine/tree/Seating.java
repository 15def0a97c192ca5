package dev.twinbox.engine.tree;

import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gives everything its final name. A name is a parent and a last level; what has the same on both sides keeps it, and what
 * only one side has keeps the one it has there, wherever the parent goes. What is called differently gets the name that
 * is the newer by {@link NameTimes}, on a tie the smaller one, unless the name is that of something else or would put it
 * below itself: then it gets the other name. If both are taken it is called after its GUID.
 *
 * <p>A folder is no obstacle: it becomes one with what is to have its name. So do two mailboxes of different sides.
 */
final class Seating {
    private final Group root;
    private final NameTimes times;
    private final List<Group> groups;
    private final List<Group> pinned = new ArrayList<>();
    private final Map<Seat, Group> taken = new HashMap<>();

    private record Seat(Group parent, String leaf) {
        // Written out: what Java derives for records is made at run time and costs every start some 20 ms.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Seat seat && parent == seat.parent && leaf.equals(seat.leaf);
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(parent) + leaf.hashCode();
        }
    }

    private record Candidate(Group parent, String leaf, long time, MailboxName name) {}

    private Seating(Matching matching, NameTimes times) {
        this.times = times;
        root = matching.root;
        LinkedHashSet<Group> found = new LinkedHashSet<>();
        matching.places.forEach(side -> side.values().forEach(place -> found.add(place.group)));
        groups = new ArrayList<>();
        for (Group group : found) {
            if (group.isPinned()) {
                pinned.add(group);
            } else {
                groups.add(group);
            }
        }
        groups.sort(Group.ORDER);
    }

    /** All groups but the root and those that take no part, parents first, in name order; their names are set. */
    static List<Group> seat(Matching matching, NameTimes times) {
        Seating seating = new Seating(matching, times);
        while (!seating.seatAll()) {
            seating.groups.removeIf(group -> group.places.isEmpty());
        }
        for (Group group : seating.groups) {
            group.name = seating.name(group);
        }
        seating.groups.sort(Comparator.comparing(group -> Objects.requireNonNull(group.name)));
        return seating.groups;
    }

    /** False if two groups became one and all has to be done again. */
    private boolean seatAll() {
        taken.clear();
        for (Group group : pinned) {
            for (Place place : group.places) {
                taken.put(new Seat(Objects.requireNonNull(place.parent).group, place.leaf()), group);
            }
        }
        Map<Group, List<Candidate>> candidates = new HashMap<>();
        for (Group group : groups) {
            group.seat = null;
            candidates.put(group, candidates(group));
        }
        List<Group> order = new ArrayList<>(groups);
        order.sort(Comparator.<Group>comparingInt(group -> rank(group, list(candidates, group)))
                .thenComparing(Comparator.<Group>comparingLong(
                                group -> list(candidates, group).get(0).time())
                        .reversed())
                .thenComparing(Group.ORDER));
        for (Group group : order) {
            if (!seat(group, list(candidates, group), candidates)) {
                return false;
            }
        }
        return true;
    }

    private static List<Candidate> list(Map<Group, List<Candidate>> candidates, Group group) {
        return Objects.requireNonNull(candidates.get(group));
    }

    private static int rank(Group group, List<Candidate> candidates) {
        if (group.isFixed() || group.isInbox()) {
            return 0;
        }
        return Math.min(candidates.size(), 2);
    }

    /** The best first. Where there is a mailbox the names of mere folders do not count. */
    private List<Candidate> candidates(Group group) {
        boolean mailbox = group.isMailbox();
        List<Candidate> all = new ArrayList<>();
        for (Place place : group.places) {
            if (!mailbox || place.isMailbox()) {
                Place parent = Objects.requireNonNull(place.parent);
                all.add(new Candidate(parent.group, place.leaf(), times.of(place), place.name()));
            }
        }
        all.sort(Comparator.comparingLong(Candidate::time)
                .reversed()
                .thenComparing(Candidate::name)
                .thenComparing(Candidate::parent, Group.ORDER));
        List<Candidate> different = new ArrayList<>();
        for (Candidate candidate : all) {
            boolean known = false;
            for (Candidate other : different) {
                known |= other.parent() == candidate.parent() && other.leaf().equals(candidate.leaf());
            }
            if (!known) {
                different.add(candidate);
            }
        }
        return different;
    }

    private boolean seat(Group group, List<Candidate> own, Map<Group, List<Candidate>> candidates) {
        if (group.isFixed()) {
            take(group, own.get(0).parent(), own.get(0).leaf(), own.get(0).time());
            return true;
        }
        for (Candidate candidate : own) {
            if (isBelow(candidate.parent(), group)) {
                continue;
            }
            Group holder = taken.get(new Seat(candidate.parent(), candidate.leaf()));
            if (holder == null) {
                take(group, candidate.parent(), candidate.leaf(), candidate.time());
                return true;
            }
            if (holder.canAbsorb(group)) {
                holder.absorb(group);
                return false;
            }
        }
        for (Candidate candidate : own) {
            Group holder = taken.get(new Seat(candidate.parent(), candidate.leaf()));
            if (holder != null
                    && !holder.isFixed()
                    && !holder.isInbox()
                    && !isBelow(candidate.parent(), group)
                    && makeRoom(holder, list(candidates, holder))) {
                take(group, candidate.parent(), candidate.leaf(), candidate.time());
                return true;
            }
        }
        seatAside(group, own);
        return true;
    }

    /** Lets the holder of a name use its other name, if that is free. */
    private boolean makeRoom(Group holder, List<Candidate> own) {
        Seat now = new Seat(Objects.requireNonNull(holder.seat), holder.leaf);
        for (Candidate candidate : own) {
            Seat other = new Seat(candidate.parent(), candidate.leaf());
            if (!other.equals(now) && !taken.containsKey(other) && !isBelow(candidate.parent(), holder)) {
                taken.remove(now);
                take(holder, candidate.parent(), candidate.leaf(), candidate.time());
                return true;
            }
        }
        return false;
    }

    private void take(Group group, Group parent, String leaf, long time) {
        taken.put(new Seat(parent, leaf), group);
        group.seat = parent;
        group.leaf = leaf;
        group.time = time;
    }

    /** All names are taken: its GUID makes a new one. */
    private void seatAside(Group group, List<Candidate> own) {
        Candidate best = own.get(0);
        Group parent = isBelow(best.parent(), group) ? root : best.parent();
        MailboxGuid guid = group.smallestGuid();
        String suffix = guid == null ? "" : "-" + guid;
        String leaf = Place.shorten(best.leaf(), MailboxName.MAX_LEVEL_LENGTH - suffix.length() - DIGITS_MAX) + suffix;
        String tried = leaf;
        for (int n = 1; taken.containsKey(new Seat(parent, tried)); n++) {
            tried = leaf + "-" + n;
        }
        take(group, parent, tried, best.time());
    }

    private static final int DIGITS_MAX = 8;

    private static boolean isBelow(Group group, Group above) {
        for (@Nullable Group each = group; each != null; each = each.seat) {
            if (each == above) {
                return true;
            }
        }
        return false;
    }

    private MailboxName name(Group group) {
        List<String> levels = new ArrayList<>();
        for (Group each = group; each != root; each = Objects.requireNonNull(each.seat)) {
            levels.add(0, each.leaf);
        }
        if (levels.size() > MailboxName.MAX_LEVELS) {
            taken.remove(new Seat(Objects.requireNonNull(group.seat), group.leaf));
            seatAside(
                    group, List.of(new Candidate(root, group.leaf, group.time, new MailboxName(List.of(group.leaf)))));
            return new MailboxName(List.of(group.leaf));
        }
        return new MailboxName(levels);
    }
}
