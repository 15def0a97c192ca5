package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.StoreException;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedMailbox;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedName;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The contents of an account: what the disk is to other formats. Any number of stores and clients can be open on it at
 * once. Safe for use by several threads; this object is the lock of everything in it.
 */
public final class MemoryAccount {
    private static final long MILLIS_PER_SECOND = 1000;

    private final String name;
    private final Clock clock;
    private final MailGuids mailGuids;
    private final TreeMap<MailboxName, StoredBox> boxes = new TreeMap<>();
    private final TreeSet<MailboxName> folders = new TreeSet<>();
    private final TreeMap<MailboxName, Subscription> subscriptions = new TreeMap<>();

    /** When a name came to be by a rename or as a folder, seconds. */
    private final Map<MailboxName, Long> named = new HashMap<>();

    private final Map<MailboxGuid, Long> deletedBoxes = new LinkedHashMap<>();
    private final Map<MailboxName, Long> deletedNames = new LinkedHashMap<>();

    private final MemoryBodyStarts bodyStarts = new MemoryBodyStarts();

    private record Subscription(boolean on, long time) {}

    /**
     * An empty account, of which nothing exists yet.
     *
     * @param name for messages
     * @param clock says when mailboxes are deleted and renamed
     */
    public MemoryAccount(String name, Clock clock) {
        this(name, clock, MailGuids.KEPT);
    }

    /**
     * An empty account of which it can be said what it makes of GUIDs.
     *
     * @param name for messages
     * @param clock says when mailboxes are deleted and renamed
     */
    public MemoryAccount(String name, Clock clock, MailGuids mailGuids) {
        this.name = name;
        this.clock = clock;
        this.mailGuids = mailGuids;
    }

    MemoryBodyStarts bodyStarts() {
        return bodyStarts;
    }

    /** Opens a store that may write. */
    public MemoryStore openForWriting() {
        return new MemoryStore(this, true);
    }

    /** Opens a store that refuses to write. */
    public MemoryStore openForReading() {
        return new MemoryStore(this, false);
    }

    /** Another program that uses the account. */
    public MemoryClient client() {
        return new MemoryClient(this);
    }

    Clock clock() {
        return clock;
    }

    MailGuids mailGuids() {
        return mailGuids;
    }

    String name() {
        return name;
    }

    synchronized boolean exists() {
        return !boxes.isEmpty() || !folders.isEmpty() || !subscriptions.isEmpty();
    }

    synchronized @Nullable StoredBox find(MailboxName mailbox) {
        return boxes.get(mailbox);
    }

    synchronized StoredBox box(MailboxName mailbox) throws MailboxGoneException {
        StoredBox box = boxes.get(mailbox);
        if (box == null) {
            throw new MailboxGoneException("there is no mailbox " + mailbox);
        }
        return box;
    }

    synchronized MailboxTree tree() {
        TreeSet<MailboxName> names = new TreeSet<>(boxes.keySet());
        names.addAll(folders);
        subscriptions.forEach((subscribed, state) -> {
            if (state.on()) {
                names.add(subscribed);
            }
        });
        for (MailboxName child : List.copyOf(names)) {
            for (int depth = 1; depth < child.levels().size(); depth++) {
                names.add(new MailboxName(child.levels().subList(0, depth)));
            }
        }
        List<MailboxNode> nodes = new ArrayList<>(names.size());
        for (MailboxName each : names) {
            nodes.add(node(each));
        }
        return new MailboxTree(nodes, deletes());
    }

    private MailboxNode node(MailboxName each) {
        StoredBox box = boxes.get(each);
        Subscription subscription = subscriptions.getOrDefault(each, new Subscription(false, 0));
        return new MailboxNode(
                each,
                isThere(each) ? Existence.EXISTS : Existence.MISSING,
                box == null ? null : box.guid(),
                box == null ? 0 : box.status().uidValidity(),
                box == null ? 0 : box.status().uidNext(),
                named.getOrDefault(each, 0L),
                subscription.on(),
                subscription.time());
    }

    /** Records of what exists again are left out. */
    private MailboxDeletes deletes() {
        List<DeletedMailbox> mailboxes = new ArrayList<>();
        deletedBoxes.forEach((guid, time) -> {
            if (holder(guid) == null) {
                mailboxes.add(new DeletedMailbox(guid, time));
            }
        });
        List<DeletedName> names = new ArrayList<>();
        deletedNames.forEach((deleted, time) -> {
            if (!isThere(deleted)) {
                names.add(new DeletedName(hash(deleted), time));
            }
        });
        List<DeletedName> unsubscribed = new ArrayList<>();
        subscriptions.forEach((each, state) -> {
            if (!state.on() && !isThere(each)) {
                unsubscribed.add(new DeletedName(hash(each), state.time()));
            }
        });
        return new MailboxDeletes(MemoryStore.SEPARATOR, '%', mailboxes, names, unsubscribed);
    }

    private static String hash(MailboxName deleted) {
        return MailboxDeletes.hash(deleted.join(MemoryStore.SEPARATOR));
    }

    synchronized void apply(TreeChange change) throws StoreException {
        if (change instanceof TreeChange.Create c) {
            create(c.name(), c.guid(), c.uidValidity());
        } else if (change instanceof TreeChange.CreateFolder c) {
            createFolder(c.name(), at(c.time()));
        } else if (change instanceof TreeChange.Rename r) {
            rename(r.name(), r.to(), at(r.time()));
        } else if (change instanceof TreeChange.Delete d) {
            delete(d.name(), d.guid(), at(d.time()));
        } else if (change instanceof TreeChange.DeleteFolder d) {
            deleteFolder(d.name(), at(d.time()));
        } else if (change instanceof TreeChange.SetGuid s) {
            setGuid(s.name(), s.guid());
        } else if (change instanceof TreeChange.Subscribe s) {
            subscribe(s.name(), true, s.time());
        } else if (change instanceof TreeChange.Unsubscribe u) {
            subscribe(u.name(), false, u.time());
        }
    }

    private void create(MailboxName mailbox, MailboxGuid guid, long uidValidity) throws NotPossibleException {
        StoredBox there = boxes.get(mailbox);
        if (there != null && there.guid().equals(guid)) {
            return;
        }
        if (there != null) {
            throw new NotPossibleException("another mailbox is called " + mailbox);
        }
        checkFree(guid, mailbox);
        folders.remove(mailbox);
        boxes.put(mailbox, new StoredBox(guid, uidValidity, mailGuids));
    }

    private void createFolder(MailboxName folder, long time) {
        if (!isThere(folder)) {
            folders.add(folder);
            named.merge(folder, time, Math::max);
        }
    }

    private void rename(MailboxName from, MailboxName to, long time) throws StoreException {
        if (from.equals(to)) {
            return;
        }
        if (from.isInbox() || to.isInbox() || to.isBelow(from)) {
            throw new NotPossibleException(from + " cannot be renamed to " + to);
        }
        if (!anythingAt(from)) {
            if (anythingAt(to)) {
                return;
            }
            throw new MailboxGoneException("there is no mailbox " + from);
        }
        if (anythingAt(to)) {
            throw new NotPossibleException("there is a mailbox " + to + " already");
        }
        for (MailboxName old : List.copyOf(boxes.keySet())) {
            if (old.equals(from) || old.isBelow(from)) {
                boxes.put(old.rebased(from, to), boxes.remove(old));
                deletedNames.merge(old, time, Math::max);
            }
        }
        for (MailboxName old : List.copyOf(folders)) {
            if (old.equals(from) || old.isBelow(from)) {
                folders.remove(old);
                folders.add(old.rebased(from, to));
                deletedNames.merge(old, time, Math::max);
            }
        }
        named.merge(to, time, Math::max);
    }

    private void delete(MailboxName mailbox, MailboxGuid guid, long time) {
        StoredBox box = boxes.get(mailbox);
        if (box == null || !box.guid().equals(guid)) {
            return;
        }
        if (mailbox.isInbox()) {
            box.expungeAll();
            return;
        }
        boxes.remove(mailbox);
        deletedBoxes.merge(guid, time, Math::max);
        deletedNames.merge(mailbox, time, Math::max);
    }

    private void deleteFolder(MailboxName folder, long time) throws NotPossibleException {
        if (boxes.containsKey(folder)) {
            throw new NotPossibleException(folder + " is a mailbox");
        }
        if (hasChildren(folder)) {
            throw new NotPossibleException(folder + " has children");
        }
        if (folders.remove(folder)) {
            deletedNames.merge(folder, time, Math::max);
        }
    }

    private void setGuid(MailboxName mailbox, MailboxGuid guid) throws StoreException {
        StoredBox box = box(mailbox);
        if (!box.guid().equals(guid)) {
            checkFree(guid, mailbox);
            box.setGuid(guid);
        }
    }

    private void subscribe(MailboxName mailbox, boolean on, long time) {
        Subscription now = subscriptions.getOrDefault(mailbox, new Subscription(false, 0));
        if (now.on() != on) {
            subscriptions.put(mailbox, new Subscription(on, at(time)));
        }
    }

    private void checkFree(MailboxGuid guid, MailboxName wanted) throws NotPossibleException {
        MailboxName holder = holder(guid);
        if (holder != null && !holder.equals(wanted)) {
            throw new NotPossibleException("the GUID for " + wanted + " is that of " + holder);
        }
    }

    private @Nullable MailboxName holder(MailboxGuid guid) {
        for (Map.Entry<MailboxName, StoredBox> entry : boxes.entrySet()) {
            if (entry.getValue().guid().equals(guid)) {
                return entry.getKey();
            }
        }
        return null;
    }

    private boolean isThere(MailboxName each) {
        return boxes.containsKey(each) || folders.contains(each);
    }

    private boolean anythingAt(MailboxName each) {
        return isThere(each) || hasChildren(each);
    }

    private boolean hasChildren(MailboxName each) {
        return boxes.keySet().stream().anyMatch(other -> other.isBelow(each))
                || folders.stream().anyMatch(other -> other.isBelow(each));
    }

    /** The time given with a change; 0 is now. */
    private long at(long time) {
        return time == 0 ? now() : time;
    }

    /** Seconds since 1970. */
    long now() {
        return clock.epochMillis() / MILLIS_PER_SECOND;
    }
}
