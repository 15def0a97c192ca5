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
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
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
    private final TreeSet<MailboxName> folders = new TreeSet<>();

    /** Names of the destination that take no part and must stay where they are. */
    private final TreeSet<MailboxName> leftOut;

    private final Map<MailboxName, MailboxName> origins = new HashMap<>();
    private final List<TreeChange> before = new ArrayList<>();
    private final List<TreeChange> after = new ArrayList<>();

    private TreeMirror(MailboxTree source, MailboxTree destination, Collection<MailboxName> leftOut) {
        this.leftOut = new TreeSet<>(leftOut);
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
        return plan(source, destination, List.of());
    }

    /**
     * The changes for the destination, if only some mailboxes take part.
     *
     * @param leftOut existing names of the destination that take no part: they are not moved, not even along with a
     *     mailbox above them
     */
    public static Plan plan(MailboxTree source, MailboxTree destination, Collection<MailboxName> leftOut) {
        if (isSame(source, destination)) {
            Map<MailboxName, MailboxName> origins = new HashMap<>();
            for (MailboxNode node : destination.mailboxes()) {
                origins.put(node.name(), node.name());
            }
            return new Plan(List.of(), List.of(), origins, List.of());
        }
        return planDifferent(source, destination, leftOut);
    }

    static Plan planDifferent(MailboxTree source, MailboxTree destination, Collection<MailboxName> leftOut) {
        return new TreeMirror(source, destination, leftOut).plan();
    }

    /** Whether both have the same names in use for the same, as in most runs, and all can be read. */
    private static boolean isSame(MailboxTree source, MailboxTree destination) {
        if (source.nodes().size() != destination.nodes().size()) {
            return false;
        }
        Iterator<MailboxNode> there = destination.nodes().iterator();
        for (MailboxNode wanted : source.nodes()) {
            MailboxNode node = there.next();
            if (!wanted.name().equals(node.name())
                    || wanted.existence() != node.existence()
                    || wanted.existence() == Existence.UNREADABLE
                    || wanted.subscribed() != node.subscribed()
                    || !Objects.equals(wanted.guid(), node.guid())) {
                return false;
            }
        }
        return true;
    }

    private Plan plan() {
        renameAll();
        for (MailboxNode node : source.mailboxes()) {
            identify(node);
        }
        for (MailboxNode node : source.mailboxes()) {
            create(node);
        }
        createFolders(before);
        List<MailboxName> heldBack = deleteSurplus();
        createFolders(after);
        subscribe();
        return new Plan(before, after, origins, heldBack);
    }

    /** A rename takes along what lies below, be it in its place or not; so what was in its place is put back after it. */
    private void renameAll() {
        List<MailboxNode> wanted = source.mailboxes();
        boolean renamed = true;
        for (int round = 0; renamed && round < RENAME_ROUNDS_MAX; round++) {
            renamed = false;
            for (MailboxNode node : wanted) {
                renamed |= renameInto(node);
            }
        }
    }

    /** What is not in its place after so many rounds is made there anew. */
    private static final int RENAME_ROUNDS_MAX = 100;

    private boolean renameInto(MailboxNode wanted) {
        MailboxGuid guid = Objects.requireNonNull(wanted.guid());
        MailboxName to = wanted.name();
        MailboxName from = places.get(guid);
        if (from == null || from.equals(to) || to.isInbox() || from.isInbox()) {
            return false;
        }
        if (isAtOrBelow(leftOut, from) || isAtOrBelow(leftOut, to)) {
            return false; // to be made anew
        }
        if (to.isBelow(from)) {
            rename(from, temporaryName(from));
        } else if (isAnythingAt(to)) {
            rename(to, temporaryName(to));
        }
        rename(Objects.requireNonNull(places.get(guid)), to);
        return true;
    }

    /** Whether the name, or one below it, is in use at the destination. */
    private boolean isAnythingAt(MailboxName name) {
        return isAtOrBelow(model.navigableKeySet(), name) || isAtOrBelow(folders, name) || isAtOrBelow(leftOut, name);
    }

    private static boolean isAtOrBelow(NavigableSet<MailboxName> names, MailboxName name) {
        MailboxName next = names.ceiling(name);
        return next != null && (next.equals(name) || next.isBelow(name));
    }

    /**
     * Beside the name itself, as what is at the top may be another namespace, into which nothing can be renamed; but at the top if
     * the name is long.
     */
    private MailboxName temporaryName(MailboxName name) {
        String base = name.leaf();
        boolean isLong = name.join('/').length() > BESIDE_LENGTH_MAX;
        List<String> above =
                isLong ? List.of() : name.levels().subList(0, name.levels().size() - 1);
        for (int n = 1; ; n++) {
            String suffix = "-temp-" + Integer.toHexString(n);
            int room = TEMPORARY_NAME_MAX - suffix.length();
            List<String> levels = new ArrayList<>(above);
            levels.add(shorten(base, room) + suffix);
            MailboxName candidate = new MailboxName(levels);
            if (!isAnythingAt(candidate)
                    && source.find(candidate).isEmpty()
                    && destination.find(candidate).isEmpty()) {
                return candidate;
            }
        }
    }

    /** Longest temporary name, in characters, so that encoding it cannot exceed a directory name. */
    private static final int TEMPORARY_NAME_MAX = 40;

    /** Longest name that gets a temporary one beside itself, in characters: where all its levels are one directory name, too. */
    private static final int BESIDE_LENGTH_MAX = 60;

    private static String shorten(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
        return text.substring(0, end);
    }

    private void rename(MailboxName from, MailboxName to) {
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
    }

    private void identify(MailboxNode node) {
        MailboxGuid guid = Objects.requireNonNull(node.guid());
        MailboxGuid there = model.get(node.name());
        if (there != null && !there.equals(guid)) {
            setGuid(node.name(), guid);
        }
    }

    private void setGuid(MailboxName name, MailboxGuid guid) {
        release(guid);
        before.add(new SetGuid(name, guid));
        places.remove(model.put(name, guid), name);
        places.put(guid, name);
    }

    /** INBOX cannot be renamed; so its GUID, or the one it needs, can be that of another mailbox. */
    private void release(MailboxGuid guid) {
        MailboxName holder = places.get(guid);
        if (holder != null) {
            MailboxGuid free = new MailboxGuid(guid.high(), ~guid.low());
            while (places.containsKey(free) || source.find(free).isPresent()) {
                free = new MailboxGuid(free.high(), free.low() + 1);
            }
            setGuid(holder, free);
        }
    }

    private void create(MailboxNode node) {
        MailboxGuid guid = Objects.requireNonNull(node.guid());
        if (!model.containsKey(node.name()) && !destinationCannotRead(node.name())) {
            release(guid);
            before.add(new Create(node.name(), guid, node.uidValidity()));
            model.put(node.name(), guid);
            places.put(guid, node.name());
            folders.remove(node.name());
        }
    }

    /** A folder with something below it is there by that alone, whether the store knows folders or not. */
    private void createFolders(List<TreeChange> changes) {
        for (MailboxNode node : source.nodes()) {
            if (node.existence() == Existence.EXISTS && !node.isMailbox() && !isAnythingAt(node.name())) {
                changes.add(new CreateFolder(node.name()));
                folders.add(node.name());
            }
        }
    }

    /** Then opening it will say what is wrong; making it anew would hide what is there. */
    private boolean destinationCannotRead(MailboxName name) {
        return isUnreadable(destination, name);
    }

    private static boolean isUnreadable(MailboxTree tree, MailboxName name) {
        MailboxNode node = tree.find(name).orElse(null);
        return node != null && node.existence() == Existence.UNREADABLE;
    }

    /** Children before their parents, so that no folder is left over from a mailbox. */
    private List<MailboxName> deleteSurplus() {
        TreeMap<MailboxName, TreeChange> doomed = new TreeMap<>(Comparator.reverseOrder());
        for (Map.Entry<MailboxName, MailboxGuid> entry : model.entrySet()) {
            MailboxName name = entry.getKey();
            MailboxNode there = source.find(name).orElse(null);
            boolean wanted = there != null && there.isMailbox();
            // INBOX stays, but where there is nothing at all at the source it is emptied like the rest.
            boolean spared = name.isInbox() && !source.mailboxes().isEmpty();
            if (!wanted && !spared && !isUnreadable(source, name)) {
                doomed.put(name, new Delete(name, entry.getValue()));
            }
        }
        for (MailboxNode node : source.nodes()) {
            if (node.existence() == Existence.UNREADABLE) {
                return List.copyOf(doomed.keySet());
            }
        }
        for (MailboxName folder : folders) {
            if (!isNeeded(folder)) {
                doomed.put(folder, new DeleteFolder(folder));
            }
        }
        after.addAll(doomed.values());
        model.keySet().removeAll(doomed.keySet());
        folders.removeAll(doomed.keySet());
        return List.of();
    }

    private boolean isNeeded(MailboxName folder) {
        for (MailboxNode node : source.nodes()) {
            boolean there = node.name().equals(folder) || node.name().isBelow(folder);
            if (there && node.existence() != Existence.MISSING) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSubscribed(@Nullable MailboxNode node) {
        return node != null && node.subscribed();
    }

    private void subscribe() {
        for (MailboxNode node : source.nodes()) {
            if (node.subscribed() && !isSubscribed(destination.find(node.name()).orElse(null))) {
                before.add(new Subscribe(node.name(), node.lastSubscriptionChange()));
            }
        }
        for (MailboxNode node : destination.nodes()) {
            @Nullable MailboxNode wanted = source.find(node.name()).orElse(null);
            if (node.subscribed() && !isSubscribed(wanted)) {
                before.add(new Unsubscribe(node.name(), wanted == null ? 0 : wanted.lastSubscriptionChange()));
            }
        }
    }
}
