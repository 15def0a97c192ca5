package dev.twinbox.engine.tree;

import dev.twinbox.engine.tree.TreeChange.Delete;
import dev.twinbox.engine.tree.TreeChange.DeleteFolder;
import dev.twinbox.engine.tree.TreeChange.Rename;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Brings what one side has to its final names, by renames that a store can do one after the other: a rename takes along
 * what is below, and the new name must be free. Each thing is moved to its final parent, wherever that is just then. If
 * nothing can be moved because names are swapped, or parent and child are, something is first given a temporary name:
 * something that the other side has too, under its proper name, so that a run after a crash finds its way.
 */
final class SideMoves {
    private final int side;
    private final Set<MailboxName> known;
    private final Spot top;
    private final Map<Group, List<Spot>> spots = new HashMap<>();
    private final Map<MailboxGuid, Long> deleted;

    /** What was done. */
    final List<TreeChange> changes = new ArrayList<>();

    /** A name of this side as it is now. */
    static final class Spot {
        final Group group;
        final @Nullable Place origin;

        @Nullable
        Spot parent;

        String leaf;
        final TreeMap<String, Spot> children = new TreeMap<>();
        boolean doomedBox;
        boolean mailbox;
        boolean folder;

        /** A mailbox that is not there before the merge. */
        boolean made;

        Spot(Group group, @Nullable Place origin, @Nullable Spot parent, String leaf) {
            this.group = group;
            this.origin = origin;
            this.parent = parent;
            this.leaf = leaf;
            if (origin != null) {
                mailbox = origin.isMailbox();
                doomedBox = origin.doomed;
                folder = origin.isFolder();
            }
            if (parent != null) {
                parent.children.put(leaf, this);
            }
        }

        /** Whether anything is at or below the name. */
        boolean isSolid() {
            return mailbox || doomedBox || folder || isPinned() || hasChildren();
        }

        boolean isPinned() {
            return origin != null && origin.pinned;
        }

        boolean isFixed() {
            return origin != null && origin.fixed;
        }

        boolean hasChildren() {
            for (Spot child : children.values()) {
                if (child.isSolid()) {
                    return true;
                }
            }
            return false;
        }

        boolean isBelow(Spot above) {
            for (@Nullable Spot each = this; each != null; each = each.parent) {
                if (each == above) {
                    return true;
                }
            }
            return false;
        }

        MailboxName name() {
            List<String> levels = new ArrayList<>();
            for (Spot each = this; each.parent != null; each = each.parent) {
                levels.add(0, each.leaf);
            }
            return new MailboxName(levels);
        }
    }

    /**
     * @param known names that a temporary name must not be
     */
    SideMoves(int side, Matching matching, Set<MailboxName> known) {
        this.side = side;
        this.known = known;
        this.deleted = matching.deleted;
        top = new Spot(matching.root, null, null, "");
        add(top);
        Map<MailboxName, Spot> byName = new HashMap<>();
        for (Place place : matching.places.get(side).values()) {
            Place above = Objects.requireNonNull(place.parent);
            Spot parent = above.levels.isEmpty() ? top : Objects.requireNonNull(byName.get(above.name()));
            Spot spot = new Spot(place.group, place, parent, place.leaf());
            byName.put(place.name(), spot);
            add(spot);
        }
    }

    private void add(Spot spot) {
        spots.computeIfAbsent(spot.group, group -> new ArrayList<>()).add(spot);
    }

    /** Renames what is not in its place. */
    void arrange(List<Group> groups) {
        boolean misplaced = true;
        while (misplaced) {
            misplaced = false;
            boolean moved = false;
            for (Group group : groups) {
                for (Spot spot : List.copyOf(spots.getOrDefault(group, List.of()))) {
                    if (isMisplaced(spot)) {
                        misplaced = true;
                        moved |= move(spot);
                    }
                }
            }
            if (misplaced && !moved) {
                stepAside(groups);
            }
            if (changes.size() > CHANGES_PER_NAME_MAX * (known.size() + 1)) {
                throw new IllegalStateException("mailbox names cannot be brought in order");
            }
        }
    }

    /** Each name is moved at most to a temporary place and from there; the rest is for surprises. */
    private static final int CHANGES_PER_NAME_MAX = 10;

    /** Of several spots that become one name, the one that the others are merged into. */
    @Nullable
    Spot primary(Group group) {
        List<Spot> own = spots.getOrDefault(group, List.of());
        Spot best = null;
        for (Spot spot : own) {
            boolean usable = spot == top || spot.isSolid() || spot.origin == null;
            if (usable && (best == null || rank(spot) < rank(best))) {
                best = spot;
            }
        }
        return best;
    }

    private static int rank(Spot spot) {
        if (spot.mailbox) {
            return 0;
        }
        boolean there =
                spot.parent != null && spot.parent.group == spot.group.seat && spot.leaf.equals(spot.group.leaf);
        return there ? 1 : 2;
    }

    private boolean isMisplaced(Spot spot) {
        if (spot == top || !spot.isSolid() || spot.isFixed() || spot != primary(spot.group)) {
            return false;
        }
        if (!isNeeded(spot)) {
            return false; // wherever it is, it will be deleted
        }
        Spot parent = Objects.requireNonNull(spot.parent);
        Group seat = Objects.requireNonNull(spot.group.seat);
        return parent.group != seat || parent != primary(seat) || !spot.leaf.equals(spot.group.leaf);
    }

    private boolean move(Spot spot) {
        Group seat = Objects.requireNonNull(spot.group.seat);
        Spot obstacle = obstacle(seat);
        if (obstacle == null) {
            Spot parent = spotOf(seat);
            if (parent.isBelow(spot)) {
                return false;
            }
            obstacle = parent.children.get(spot.group.leaf);
        }
        if (obstacle != null && obstacle.isSolid()) {
            return clear(obstacle);
        }
        rename(spot, spotOf(seat), spot.group.leaf, Math.max(1, spot.group.time));
        return true;
    }

    /** What is where a group will be, of which there is nothing yet; null if nothing is. */
    private @Nullable Spot obstacle(Group group) {
        if (primary(group) != null) {
            return null;
        }
        Group seat = Objects.requireNonNull(group.seat);
        Spot above = obstacle(seat);
        Spot there = above == null ? spotOf(seat).children.get(group.leaf) : above;
        return there == null || !there.isSolid() ? null : there;
    }

    /** The name, even if there is nothing there yet. */
    private Spot spotOf(Group group) {
        Spot spot = primary(group);
        if (spot == null) {
            spot = new Spot(group, null, spotOf(Objects.requireNonNull(group.seat)), group.leaf);
            add(spot);
        }
        return spot;
    }

    /** Frees a name, as a whole or one step, of what will not be there any more; false if others must move first. */
    private boolean clear(Spot spot) {
        if (isNeeded(spot)) {
            return false;
        }
        dispose(spot, Objects.requireNonNull(spot.parent));
        return true;
    }

    /** Whether something at or below the name stays. */
    private boolean isNeeded(Spot spot) {
        if (spot.mailbox || spot.isPinned() || spot.folder && spot == primary(spot.group)) {
            return true;
        }
        for (Spot child : spot.children.values()) {
            if (isNeeded(child)) {
                return true;
            }
        }
        return false;
    }

    private void dispose(Spot spot, Spot aside) {
        for (Spot child : List.copyOf(spot.children.values())) {
            dispose(child, aside);
        }
        if (spot.doomedBox) {
            stepAside(spot, aside);
        } else if (spot.folder) {
            changes.add(new DeleteFolder(spot.name(), 1));
            spot.folder = false;
        }
    }

    private void rename(Spot spot, Spot parent, String leaf, long time) {
        MailboxName from = spot.name();
        Objects.requireNonNull(spot.parent).children.remove(spot.leaf, spot);
        spot.parent = parent;
        spot.leaf = leaf;
        parent.children.put(leaf, spot);
        changes.add(new Rename(from, spot.name(), time));
    }

    private void stepAside(Spot spot, Spot parent) {
        for (int n = 1; ; n++) {
            String leaf = Place.temporary(spot.leaf, n);
            List<String> levels =
                    new ArrayList<>(parent == top ? List.of() : parent.name().levels());
            levels.add(leaf);
            if (!parent.children.containsKey(leaf) && !known.contains(new MailboxName(levels))) {
                rename(spot, parent, leaf, 1);
                return;
            }
        }
    }

    /** Nothing can be moved where it belongs: makes room somewhere. */
    private void stepAside(List<Group> groups) {
        Spot last = null;
        Set<Spot> seen = new HashSet<>();
        for (Group group : groups) {
            for (Spot spot : List.copyOf(spots.getOrDefault(group, List.of()))) {
                if (!isMisplaced(spot)) {
                    continue;
                }
                Group seat = Objects.requireNonNull(spot.group.seat);
                Spot obstacle = obstacle(seat);
                Spot parent = obstacle == null ? spotOf(seat) : obstacle;
                boolean inverted = parent.isBelow(spot);
                Spot way = inverted || obstacle != null ? parent : parent.children.get(spot.group.leaf);
                Spot found = way == null ? null : movable(way, inverted ? spot : null, seen);
                if (found != null && isKnownThere(found)) {
                    stepAside(
                            found, Objects.requireNonNull(inverted ? spot.parent : Objects.requireNonNull(way).parent));
                    return;
                }
                last = found == null ? last : found;
            }
        }
        if (last == null) {
            throw new IllegalStateException("mailbox names cannot be brought in order");
        }
        stepAside(last, top);
    }

    /** What has to be moved away: at the spot or below it, or, in an inversion, between it and the one above. */
    private @Nullable Spot movable(Spot way, @Nullable Spot above, Set<Spot> seen) {
        if (above != null) {
            for (Spot each = way; each != null && each != above; each = each.parent) {
                if (isMisplaced(each) && !Place.isTemporary(each.leaf)) {
                    return each;
                }
            }
            return above; // only its name is in the way
        }
        if (isMisplaced(way)) {
            return seen.add(way) ? way : null;
        }
        for (Spot child : way.children.values()) {
            Spot found = movable(child, null, seen);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Whether the other side has it too. */
    private boolean isKnownThere(Spot spot) {
        return spot.group.isOn(1 - side);
    }

    /** Makes way for a mailbox that is yet to be made: the name is free then, or that of a folder. */
    Spot freeFor(Group group) {
        Spot there = at(group);
        if (there.doomedBox) {
            if (isNeeded(there)) {
                delete(there, changes);
            } else {
                stepAside(there, Objects.requireNonNull(there.parent));
                there = at(group);
            }
        }
        there.mailbox = true;
        there.made = true;
        there.folder = false;
        return there;
    }

    /** What is at the final name of a group, when everything is in its place. */
    Spot at(Group group) {
        if (group.seat == null) {
            return top;
        }
        Spot parent = at(group.seat);
        Spot there = parent.children.get(group.leaf);
        if (there == null || !there.isSolid()) {
            there = new Spot(group, null, parent, group.leaf);
            add(there);
        }
        return there;
    }

    /** Deletes a mailbox that the other side deleted. */
    void delete(Spot spot, List<TreeChange> into) {
        MailboxGuid guid = Objects.requireNonNull(
                Objects.requireNonNull(Objects.requireNonNull(spot.origin).node).guid());
        into.add(new Delete(spot.name(), guid, Objects.requireNonNull(deleted.get(guid))));
        spot.doomedBox = false;
    }

    /** Deletes folders that nobody needs any more and nothing is in; before they are moved, for records go by names. */
    void deleteDead(FolderLife life) {
        List<Spot> bottomUp = new ArrayList<>(all().values());
        Collections.reverse(bottomUp);
        for (Spot spot : bottomUp) {
            if (spot.folder && !spot.isPinned() && !life.isAlive(spot.group) && !spot.hasChildren()) {
                changes.add(new DeleteFolder(spot.name(), Math.max(1, life.deleted(spot.group))));
                spot.folder = false;
            }
        }
    }

    /** Everything there is, by name, in order. */
    Map<MailboxName, Spot> all() {
        TreeMap<MailboxName, Spot> found = new TreeMap<>();
        collect(top, found);
        return found;
    }

    private static void collect(Spot spot, Map<MailboxName, Spot> found) {
        for (Spot child : spot.children.values()) {
            if (child.isSolid()) {
                found.put(child.name(), child);
                collect(child, found);
            }
        }
    }
}
