package dev.twinbox.engine.tree;

import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The places of both sides that are one and the same thing, and become one name. */
final class Group {
    /** An order that does not depend on which side is which. */
    static final Comparator<Group> ORDER = Comparator.<Group, Boolean>comparing(group -> group.smallestGuid() == null)
            .thenComparing(Group::smallestGuid, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Group::isRoot)
            .thenComparing(Group::smallestName, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Group::compareAbove);

    final List<Place> places = new ArrayList<>(2);

    /** Where it will be: below this one. */
    @Nullable
    Group seat;

    /** What it will be called there. */
    String leaf = "";

    /** When it got that name, seconds; 0 if unknown. */
    long time;

    /** The final name; null before it is known, and of the root. */
    @Nullable
    MailboxName name;

    Group(Place first) {
        places.add(first);
    }

    /** Takes over the places of another group. */
    void absorb(Group other) {
        if (other != this) {
            for (Place place : other.places) {
                place.group = this;
                places.add(place);
            }
            other.places.clear();
        }
    }

    /** The mailbox on one side, or null if there is none. */
    @Nullable
    Place mailbox(int side) {
        for (Place place : places) {
            if (place.side == side && place.isMailbox()) {
                return place;
            }
        }
        return null;
    }

    boolean isMailbox() {
        return mailbox(0) != null || mailbox(1) != null;
    }

    boolean isOn(int side) {
        for (Place place : places) {
            if (place.side == side) {
                return true;
            }
        }
        return false;
    }

    boolean isPinned() {
        for (Place place : places) {
            if (place.pinned) {
                return true;
            }
        }
        return false;
    }

    boolean isFixed() {
        for (Place place : places) {
            if (place.fixed) {
                return true;
            }
        }
        return false;
    }

    boolean isRoot() {
        for (Place place : places) {
            if (place.levels.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    boolean isInbox() {
        for (Place place : places) {
            if (place.isInbox()) {
                return true;
            }
        }
        return false;
    }

    /** Whether two groups could be one: one thing cannot be two mailboxes of one side, or move what is fixed. */
    boolean canAbsorb(Group other) {
        return !isFixed()
                && !other.isFixed()
                && (mailbox(0) == null || other.mailbox(0) == null)
                && (mailbox(1) == null || other.mailbox(1) == null);
    }

    @Nullable
    MailboxGuid smallestGuid() {
        MailboxGuid smallest = null;
        for (Place place : places) {
            MailboxGuid guid = place.guid();
            if (guid != null && (smallest == null || guid.compareTo(smallest) < 0)) {
                smallest = guid;
            }
        }
        return smallest;
    }

    /** Two folders of different sides and the same name lie in different things, else they would be one. */
    private static int compareAbove(Group one, Group other) {
        Place above = one.places.get(0).parent;
        Place otherAbove = other.places.get(0).parent;
        return one == other || above == null || otherAbove == null ? 0 : ORDER.compare(above.group, otherAbove.group);
    }

    /** Null for the root. */
    @Nullable
    MailboxName smallestName() {
        MailboxName smallest = null;
        for (Place place : places) {
            if (!place.levels.isEmpty() && (smallest == null || place.name().compareTo(smallest) < 0)) {
                smallest = place.name();
            }
        }
        return smallest;
    }
}
