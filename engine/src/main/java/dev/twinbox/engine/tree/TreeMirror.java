package dev.twinbox.engine.tree;

import dev.twinbox.engine.tree.TreeChange.Create;
import dev.twinbox.engine.tree.TreeChange.CreateFolder;
import dev.twinbox.engine.tree.TreeChange.Delete;
import dev.twinbox.engine.tree.TreeChange.DeleteFolder;
import dev.twinbox.engine.tree.TreeChange.Rename;
import dev.twinbox.engine.tree.TreeChange.SetGuid;
import dev.twinbox.engine.tree.TreeChange.Subscribe;
import dev.twinbox.engine.tree.TreeChange.Unsubscribe;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What must happen to a destination's tree for it to be like the source's. Pure.
 *
 * <p>A mailbox that was renamed at the source is found by its GUID and renamed, not deleted and sent again. A name that is
 * in the way is first moved to a temporary name; a crash in between leaves a mailbox with a temporary name that the next
 * run finds by its GUID, or deletes. INBOX is never renamed or deleted. Mailboxes are deleted last, after every mail has
 * arrived; and none is deleted at all if the source has a mailbox that cannot be read, because that could be the one.
 */
public final class TreeMirror {
    private final MailboxTree source;
    private final MailboxTree destination;
    /** The destination's mailboxes as they will be after the changes so far. */
    private final TreeMap<MailboxName, MailboxGuid> model = new TreeMap<>();

    private final Map<MailboxGuid, MailboxName> places = new HashMap<>();
    /** Folders without mails that exist at the destination. */
    private final Set<MailboxName> folders = new HashSet<>();

    private final Map<MailboxName, MailboxName> origins = new HashMap<>();
    private final List<TreeChange> before = new ArrayList<>();
    private final List<TreeChange> after = new ArrayList<>();

    private TreeMirror(MailboxTree source, MailboxTree destination) {
        this.source = source;
        this.destination = destination;
        for (MailboxNode node : destination.nodes()) {
            MailboxGuid guid = node.guid();
            if (node.isMailbox() && guid != null) {
                model.put(node.name(), guid);
                places.put(guid, node.name());
                origins.put(node.name(), node.name());
            } else if (node.existence() == Existence.EXISTS) {
                folders.add(node.name());
            }
        }
    }

    /**
     * The result.
     *
     * @param before to be done before any mail is looked at: renames, creations, identities, subscriptions
     * @param after to be done when all mails are there: deletions
     * @param origins for each mailbox of the destination after {@code before}: its name now; a mailbox that is not
     *     there yet is not in it
     * @param deletionsHeldBack mailboxes that stay although the source has not got them, because it has mailboxes that
     *     cannot be read
     */
    public record Plan(
            List<TreeChange> before,
            List<TreeChange> after,
            Map<MailboxName, MailboxName> origins,
            List<MailboxName> deletionsHeldBack) {
        public Plan {
            before = List.copyOf(before);
            after = List.copyOf(after);
            origins = Map.copyOf(origins);
            deletionsHeldBack = List.copyOf(deletionsHeldBack);
        }
    }

    /** The changes for the destination. */
    public static Plan plan(MailboxTree source, MailboxTree destination) {
        return new TreeMirror(source, destination).plan();
    }

    private Plan plan() {
        for (MailboxNode node : source.mailboxes()) {
            renameInto(node);
        }
        for (MailboxNode node : source.nodes()) {
            create(node);
        }
        List<MailboxName> heldBack = deleteSurplus();
        deleteFolders();
        subscribe();
        return new Plan(before, after, origins, heldBack);
    }

    private void renameInto(MailboxNode wanted) {
        MailboxName to = wanted.name();
        MailboxName from = places.get(Objects.requireNonNull(wanted.guid()));
        if (from == null || from.equals(to) || to.isInbox() || from.isInbox()) {
            return;
        }
        if (to.isBelow(from)) {
            from = rename(from, temporaryName(from));
        }
        for (MailboxName inTheWay : occupants(to, from)) {
            rename(inTheWay, temporaryName(inTheWay));
        }
        rename(from, to);
    }

    /** The topmost existing names at or below {@code name} that are not the mailbox that is to move there. */
    private List<MailboxName> occupants(MailboxName name, MailboxName moving) {
        List<MailboxName> found = new ArrayList<>();
        for (MailboxName existing : model.keySet()) {
            boolean there = existing.equals(name) || existing.isBelow(name);
            boolean moves = existing.equals(moving) || existing.isBelow(moving);
            boolean covered = !found.isEmpty() && existing.isBelow(found.get(found.size() - 1));
            if (there && !moves && !covered) {
                found.add(existing);
            }
        }
        return found;
    }

    private MailboxName temporaryName(MailboxName name) {
        String base = name.leaf();
        for (int n = 1; ; n++) {
            String suffix = "-temp-" + Integer.toHexString(n);
            int room = TEMPORARY_NAME_MAX - suffix.length();
            MailboxName candidate = new MailboxName(List.of(shorten(base, room) + suffix));
            if (!model.containsKey(candidate)
                    && source.find(candidate).isEmpty()
                    && destination.find(candidate).isEmpty()) {
                return candidate;
            }
        }
    }

    /** Longest temporary name, in characters, so that encoding it cannot exceed a directory name. */
    private static final int TEMPORARY_NAME_MAX = 40;

    private static String shorten(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
        return text.substring(0, end);
    }

    private MailboxName rename(MailboxName from, MailboxName to) {
        before.add(new Rename(from, to));
        Map<MailboxName, MailboxGuid> moved = new TreeMap<>();
        for (Map.Entry<MailboxName, MailboxGuid> entry : model.entrySet()) {
            if (entry.getKey().equals(from) || entry.getKey().isBelow(from)) {
                moved.put(entry.getKey(), entry.getValue());
            }
        }
        for (Map.Entry<MailboxName, MailboxGuid> entry : moved.entrySet()) {
            MailboxName name = entry.getKey().rebased(from, to);
            model.remove(entry.getKey());
            model.put(name, entry.getValue());
            places.put(entry.getValue(), name);
            MailboxName origin = origins.remove(entry.getKey());
            if (origin != null) {
                origins.put(name, origin);
            }
        }
        List<MailboxName> below = new ArrayList<>();
        for (MailboxName folder : folders) {
            if (folder.equals(from) || folder.isBelow(from)) {
                below.add(folder);
            }
        }
        for (MailboxName folder : below) {
            folders.remove(folder);
            folders.add(folder.rebased(from, to));
        }
        return to;
    }

    private void create(MailboxNode node) {
        MailboxGuid guid = node.guid();
        if (node.isMailbox() && guid != null) {
            MailboxGuid there = model.get(node.name());
            if (there == null && destinationCannotRead(node.name())) {
                return;
            }
            if (there == null) {
                before.add(new Create(node.name(), guid, node.uidValidity()));
                model.put(node.name(), guid);
                folders.remove(node.name());
            } else if (!there.equals(guid)) {
                before.add(new SetGuid(node.name(), guid));
                model.put(node.name(), guid);
            }
        } else if (node.existence() == Existence.EXISTS
                && !model.containsKey(node.name())
                && !folders.contains(node.name())) {
            before.add(new CreateFolder(node.name()));
        }
    }

    /** Then opening it will say what is wrong; making it anew would hide what is there. */
    private boolean destinationCannotRead(MailboxName name) {
        return destination
                .find(name)
                .map(node -> node.existence() == Existence.UNREADABLE)
                .orElse(false);
    }

    private List<MailboxName> deleteSurplus() {
        boolean unreadable = false;
        for (MailboxNode node : source.nodes()) {
            unreadable |= node.existence() == Existence.UNREADABLE;
        }
        List<MailboxName> heldBack = new ArrayList<>();
        for (Map.Entry<MailboxName, MailboxGuid> entry : model.descendingMap().entrySet()) {
            MailboxName name = entry.getKey();
            boolean wanted = source.find(name).map(MailboxNode::isMailbox).orElse(false);
            if (wanted || name.isInbox()) {
                continue;
            }
            if (unreadable) {
                heldBack.add(name);
            } else {
                after.add(new Delete(name, entry.getValue()));
            }
        }
        return heldBack;
    }

    private void deleteFolders() {
        List<MailboxName> surplus = new ArrayList<>(folders);
        surplus.sort(java.util.Comparator.reverseOrder());
        for (MailboxName folder : surplus) {
            @Nullable MailboxNode wanted = source.find(folder).orElse(null);
            boolean needed = wanted != null && wanted.existence() != Existence.MISSING;
            for (MailboxNode node : source.nodes()) {
                needed |= node.existence() != Existence.MISSING && node.name().isBelow(folder);
            }
            if (!needed) {
                after.add(new DeleteFolder(folder));
            }
        }
    }

    private void subscribe() {
        for (MailboxNode node : source.nodes()) {
            boolean there =
                    destination.find(node.name()).map(MailboxNode::subscribed).orElse(false);
            if (node.subscribed() && !there) {
                before.add(new Subscribe(node.name(), node.lastSubscriptionChange()));
            }
        }
        for (MailboxNode node : destination.nodes()) {
            @Nullable MailboxNode wanted = source.find(node.name()).orElse(null);
            if (node.subscribed() && (wanted == null || !wanted.subscribed())) {
                before.add(new Unsubscribe(node.name(), wanted == null ? 0 : wanted.lastSubscriptionChange()));
            }
        }
    }
}
