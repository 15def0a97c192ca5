package dev.twinbox.engine.tree;

import dev.twinbox.protocol.item.MailboxDeletes.DeletedMailbox;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds out which names of two trees stand for the same thing: mailboxes by their GUIDs, folders whose name the other side
 * has not got by the mailboxes in them, INBOX and all that is left by the name below the same parent. A mailbox that the
 * other side deleted counts as a mere name.
 *
 * <p>Also says what may not be touched. What cannot be read on one side may be anything: all at and below its name stays
 * as it is on both sides, and so does the name of everything above it. A mailbox that may be the same one under another name
 * is left out, too.
 */
final class Matching {
    final List<TreeMap<MailboxName, Place>> places = List.of(new TreeMap<>(), new TreeMap<>());
    final Group root;
    final List<String> notes = new ArrayList<>();

    /** When the mailboxes were deleted that the other side deleted. */
    final Map<MailboxGuid, Long> deleted = new HashMap<>();

    private final List<TreeMerge.Side> sides;
    private final TreeSet<MailboxName> blocked = new TreeSet<>();

    /** Whether the side has anything that cannot be read. */
    private final boolean[] unreadable = new boolean[2];

    /** Whether any of it was renamed. */
    private final boolean[] unreadableRenamed = new boolean[2];

    /**
     * @param blocked more names at and below which nothing may be touched
     */
    Matching(List<TreeMerge.Side> sides, Collection<MailboxName> blocked) {
        this.sides = sides;
        this.blocked.addAll(blocked);
        Place first = new Place(0, null, null, null);
        Place second = new Place(1, null, null, null);
        first.group.absorb(second.group);
        root = first.group;
        list(first, 0);
        list(second, 1);
        doom(0);
        doom(1);
        matchGuids();
        matchFolders();
        matchNames(first);
        pin();
    }

    private MailboxTree tree(int side) {
        return sides.get(side).tree();
    }

    private void list(Place top, int side) {
        Set<MailboxName> solid = new HashSet<>();
        Map<MailboxName, MailboxNode> nodes = new TreeMap<>();
        for (MailboxNode node : tree(side).nodes()) {
            nodes.put(node.name(), node);
            if (node.existence() == Existence.UNREADABLE) {
                blocked.add(node.name());
                unreadable[side] = true;
            }
            boolean exists = node.existence() == Existence.EXISTS || node.existence() == Existence.UNREADABLE;
            List<String> levels = node.name().levels();
            for (int depth = exists ? levels.size() : 0; depth > 0; depth--) {
                if (!solid.add(new MailboxName(levels.subList(0, depth)))) {
                    break;
                }
            }
        }
        for (MailboxName name : new TreeSet<>(solid)) {
            List<String> levels = name.levels();
            Place parent = levels.size() == 1
                    ? top
                    : places.get(side).get(new MailboxName(levels.subList(0, levels.size() - 1)));
            Place place = new Place(side, name, parent, nodes.get(name));
            places.get(side).put(name, place);
            boolean known = place.node == null || place.node.existence() != Existence.UNREADABLE;
            unreadableRenamed[side] |= !known && place.time > 0;
        }
    }

    /** A record of what the deleting side has again is history. */
    private void doom(int side) {
        for (DeletedMailbox record : tree(1 - side).deletes().mailboxes()) {
            MailboxGuid guid = record.guid();
            MailboxNode node = tree(side).find(guid).orElse(null);
            boolean again =
                    tree(1 - side).find(guid).filter(MailboxNode::isMailbox).isPresent();
            if (node == null || !node.isMailbox() || again || node.name().isInbox() || isBlocked(node.name())) {
                continue;
            }
            if (sides.get(side).keep().contains(guid)) {
                notes.add("mailbox " + node.name()
                        + " was deleted on the other side but has mails that were never there; it is kept");
            } else {
                Place place = places.get(side).get(node.name());
                if (place != null) {
                    place.doomed = true;
                    deleted.put(guid, Math.max(1, record.time()));
                }
            }
        }
    }

    private void matchGuids() {
        for (Place here : places.get(0).values()) {
            MailboxGuid guid = here.guid();
            Place there = null;
            if (here.isInbox()) {
                there = places.get(1).get(here.name());
            } else if (guid != null) {
                there = tree(1).find(guid)
                        .map(node -> places.get(1).get(node.name()))
                        .orElse(null);
            }
            if (there != null && there.isInbox() == here.isInbox() && (here.isInbox() || there.isMailbox())) {
                here.group.absorb(there.group);
            }
        }
    }

    /** A folder was renamed if its name is unknown on the other side, which has its mailboxes in another one. */
    private void matchFolders() {
        List<Group> groups = new ArrayList<>();
        for (Place place : places.get(0).values()) {
            if (place.isMailbox() && place.group.isOn(1)) {
                groups.add(place.group);
            }
        }
        groups.sort(Group.ORDER);
        for (Group group : groups) {
            Place here = group.mailbox(0);
            Place there = group.mailbox(1);
            while (here != null && there != null && here.leaf().equals(there.leaf())) {
                here = here.parent;
                there = there.parent;
                if (here == null || there == null || !isFreeFolder(here) || !isFreeFolder(there)) {
                    break;
                }
                here.group.absorb(there.group);
            }
        }
    }

    private boolean isFreeFolder(Place place) {
        return !place.levels.isEmpty()
                && !place.isMailbox()
                && place.group.places.size() == 1
                && !places.get(1 - place.side).containsKey(place.name());
    }

    /** Top-down. */
    private void matchNames(Place parent) {
        List<Place> waiting = List.of(parent);
        while (!waiting.isEmpty()) {
            List<Place> next = new ArrayList<>();
            for (Place place : waiting) {
                for (Place child : place.children.values()) {
                    matchName(child);
                    next.add(child);
                }
            }
            waiting = next;
        }
    }

    private static void matchName(Place place) {
        Place above = place.parent;
        if (above == null || place.group.isOn(1)) {
            return;
        }
        for (Place candidate : List.copyOf(above.group.places)) {
            Place other = candidate.side == 1 ? candidate.children.get(place.leaf()) : null;
            if (other != null && !other.group.isOn(0)) {
                place.group.absorb(other.group);
                return;
            }
        }
    }

    /** Whether nothing may be put under a name. */
    boolean isTaken(MailboxName name) {
        for (TreeMap<MailboxName, Place> side : places) {
            Place place = side.get(name);
            if (place != null && place.pinned) {
                return true;
            }
        }
        return isBlocked(name);
    }

    private boolean isBlocked(MailboxName name) {
        List<String> levels = name.levels();
        for (int depth = 1; !blocked.isEmpty() && depth <= levels.size(); depth++) {
            if (blocked.contains(new MailboxName(levels.subList(0, depth)))) {
                return true;
            }
        }
        return false;
    }

    private void pin() {
        if (blocked.isEmpty()) {
            return;
        }
        List<Place> all = new ArrayList<>();
        places.forEach(side -> all.addAll(side.values()));
        for (Place place : all) {
            place.pinned = isBlocked(place.name()) || isSuspect(place);
            place.fixed = place.pinned;
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Place place : all) {
                changed |= spread(place);
            }
        }
    }

    /** If there were renames, a mailbox that the other side does not know can be one that cannot be read there. */
    private boolean isSuspect(Place place) {
        MailboxGuid guid = place.guid();
        boolean suspect = guid != null
                && !place.isInbox()
                && (place.time > 0 && unreadable[1 - place.side] || unreadableRenamed[1 - place.side])
                && tree(1 - place.side).find(guid).isEmpty();
        if (suspect) {
            notes.add("mailbox " + place.name() + " is left out: it may be one that cannot be read on the other side");
        }
        return suspect;
    }

    /** Whether something had to be pinned or fixed more. */
    private static boolean spread(Place place) {
        Place parent = place.parent;
        boolean pinned = place.pinned;
        boolean fixed = place.fixed;
        pinned |= parent != null && parent.pinned || place.group.isPinned();
        for (Place child : place.children.values()) {
            fixed |= child.fixed;
        }
        fixed |= pinned || place.group.isFixed();
        for (Place mate : place.group.places) {
            pinned |= fixed && !mate.levels.equals(place.levels);
        }
        boolean changed = pinned != place.pinned || fixed != place.fixed;
        place.pinned = pinned;
        place.fixed = fixed;
        return changed;
    }
}
