package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.index.Bytes;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexHeader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.index.IndexTransaction;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The names of an account with {@code LAYOUT=index}, where a mailbox's directory is called as its GUID and
 * {@code dovecot.list.index} alone knows its name. A change costs the same however many names there are; that is why this
 * is changed in place. Touches no file; not safe for use by several threads.
 *
 * <p>It is an index with a record for each level of a name, its "UID", in the extension {@code list} (measured with Dovecot
 * 2.3.19; storage-formats.md, section 4):
 *
 * <pre>
 * header   {@link ListLevels}
 * record   u32 id of the level, u32 "UID" of the parent or 0, 16 bytes mailbox GUID, u32 UIDVALIDITY
 * flags    4 only a parent of others, 16 a folder that holds no mail
 * </pre>
 *
 * Several levels that are spelled alike share an id. What other extensions say of mailboxes (counters) is left alone.
 */
final class ListIndex {
    /** Begins the names of its files. */
    static final String PREFIX = "dovecot.list.index";

    private static final String EXTENSION = "list";
    private static final int RECORD = 28;
    private static final int RECORD_ALIGN = 4;
    private static final int PARENT_AT = 4;
    private static final int GUID_AT = 8;
    private static final int UIDVALIDITY_AT = 24;

    private static final int NOT_THERE = 4;
    private static final int NOSELECT = 16;
    private static final int CORRUPTED_NAME = 8;

    /** Levels that are spelled so and no more used are forgotten when they are more than the others and these. */
    private static final int UNUSED_MAX = 100;

    /** By their "UIDs". */
    private final SortedMap<Long, Node> nodes = new TreeMap<>();

    private final ListLevels levels;
    private final List<String> problems = new ArrayList<>();
    private final boolean tellable;
    private long nextUid;

    /** What nodes were that are not what the files say, null of new ones. */
    private final SortedMap<Long, Optional<Node>> changed = new TreeMap<>();

    private long writtenNextUid;

    /** What is below a node, by the level; of two that are spelled alike the elder. Null until somebody asks. */
    private @Nullable Map<Long, Map<String, Long>> below;
    /** Whether there are such two. */
    private boolean doubled;

    private @Nullable Map<List<String>, Entry> entries;

    private ListIndex(ListLevels levels, long nextUid, boolean tellable) {
        this.levels = levels;
        this.nextUid = nextUid;
        this.writtenNextUid = nextUid;
        this.tellable = tellable;
    }

    /**
     * One level of a name.
     *
     * @param level as on disk, one character per byte
     * @param parent 0 at the top
     * @param guid null of one that is no mailbox
     */
    private record Node(String level, long parent, @Nullable MailboxGuid guid, long uidValidity, int flags) {
        boolean isMailbox() {
            return guid != null && (flags & (NOT_THERE | NOSELECT)) == 0;
        }

        boolean isFolder() {
            return !isMailbox() && (flags & NOT_THERE) == 0;
        }

        Node below(long uid) {
            return new Node(level, uid, guid, uidValidity, flags);
        }
    }

    /** Of an account that has none yet. */
    static ListIndex empty() throws CorruptStoreException {
        return new ListIndex(new ListLevels(new byte[0]), 1, false);
    }

    /**
     * What an index says.
     *
     * @throws CorruptStoreException if it is no list of mailboxes
     */
    static ListIndex of(IndexState index) throws CorruptStoreException {
        IndexExtension list = index.extension(EXTENSION).orElse(null);
        if (list == null || list.recordSize() < RECORD) {
            if (index.size() == 0) {
                return new ListIndex(
                        new ListLevels(new byte[0]), Math.max(1, index.header().nextUid()), false);
            }
            throw new CorruptStoreException("it has no list of mailboxes");
        }
        IndexHeader header = index.header();
        long last = index.size() == 0 ? 0 : index.uid(index.size() - 1);
        boolean usual = list.recordSize() == RECORD
                && list.resetId() == 0
                && header.uidValidity() != 0
                && last < header.nextUid()
                && (header.flags() & IndexHeader.WAS_REPAIRED) == 0;
        ListIndex names = new ListIndex(new ListLevels(list.header()), Math.max(last + 1, header.nextUid()), usual);
        for (int row = 0; row < index.size(); row++) {
            byte[] record = list.record(row);
            String level = names.levels.level(Bytes.u32(record, 0));
            if (level == null) {
                names.problems.add("entry " + index.uid(row) + " has no name");
                continue;
            }
            MailboxGuid guid = MailboxGuid.ofBytes(record, GUID_AT);
            boolean none = guid.high() == 0 && guid.low() == 0;
            names.nodes.put(
                    index.uid(row),
                    new Node(
                            level,
                            Bytes.u32(record, PARENT_AT),
                            none ? null : guid,
                            Bytes.u32(record, UIDVALIDITY_AT),
                            index.flags(row) & Flags.SETTABLE));
        }
        return names;
    }

    /** What is wrong with it, in words. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /**
     * What a name is.
     *
     * @param guid null of a folder that holds no mail
     */
    record Entry(@Nullable MailboxGuid guid, long uidValidity) {}

    /**
     * The mailboxes and folders by their names, levels as on disk; of two of one name the elder. Levels whose way to the top has a
     * gap or goes round are left out. Later changes are not in it.
     */
    Map<List<String>, Entry> entries() {
        Map<List<String>, Entry> known = entries;
        if (known == null) {
            known = new HashMap<>();
            for (Map.Entry<Long, Node> one : nodes.entrySet()) {
                Node node = one.getValue();
                List<String> path = path(one.getKey());
                if (path != null && (node.isMailbox() || node.isFolder())) {
                    known.putIfAbsent(path, entry(node));
                }
            }
            known = Collections.unmodifiableMap(known);
            entries = known;
        }
        return known;
    }

    private static Entry entry(Node node) {
        return new Entry(node.isMailbox() ? node.guid : null, node.uidValidity);
    }

    /** The mailbox of that name; null if there is none. */
    @Nullable
    MailboxGuid mailbox(List<String> path) {
        Node node = nodes.get(find(path));
        return node != null && node.isMailbox() ? node.guid : null;
    }

    private @Nullable List<String> path(long uid) {
        List<String> path = new ArrayList<>();
        long at = uid;
        while (at != 0) {
            Node node = nodes.get(at);
            if (node == null || path.size() == MailboxName.MAX_LEVELS) {
                return null;
            }
            path.add(0, node.level);
            at = node.parent;
        }
        return path;
    }

    private long find(List<String> path) {
        long at = 0;
        for (String level : path) {
            at = below(at).getOrDefault(level, 0L);
            if (at == 0) {
                return 0;
            }
        }
        return at;
    }

    private Map<String, Long> below(long parent) {
        Map<Long, Map<String, Long>> all = below;
        if (all == null) {
            all = new HashMap<>();
            doubled = false;
            for (Map.Entry<Long, Node> one : nodes.entrySet()) {
                Node node = one.getValue();
                doubled |= place(all, one.getKey(), node);
            }
            below = all;
        }
        return all.getOrDefault(parent, Map.of());
    }

    /** Returns whether there is another of that name. */
    private static boolean place(Map<Long, Map<String, Long>> all, long uid, Node node) {
        return all.computeIfAbsent(node.parent, parent -> new HashMap<>()).putIfAbsent(node.level, uid) != null;
    }

    /** Puts a node where its name says, or takes it out. */
    private void put(long uid, @Nullable Node now) {
        Node then = now == null ? nodes.remove(uid) : nodes.put(uid, now);
        if (now != null && now.equals(then)) {
            return;
        }
        changed.putIfAbsent(uid, Optional.ofNullable(then));
        entries = null;
        Map<Long, Map<String, Long>> all = below;
        if (all == null || then != null && now != null && then.parent == now.parent && then.level.equals(now.level)) {
            return;
        }
        if (then != null) {
            all.getOrDefault(then.parent, new HashMap<>()).remove(then.level);
        }
        if (doubled || now != null && place(all, uid, now)) {
            below = null; // who is the elder has to be looked at anew
        }
    }

    /**
     * There is a mailbox of that name.
     *
     * @throws NotPossibleException if there is another one
     */
    void add(List<String> path, MailboxGuid guid, long uidValidity) throws NotPossibleException {
        MailboxGuid there = mailbox(path);
        if (there != null && !guid.equals(there)) {
            throw new NotPossibleException("there is another mailbox of that name");
        }
        long uid = make(path);
        Node node = node(uid);
        put(uid, new Node(node.level, node.parent, guid, uidValidity, 0));
    }

    /** There is a folder of that name, if there was nothing. */
    void addFolder(List<String> path) {
        if (mailbox(path) == null) {
            long uid = make(path);
            Node node = node(uid);
            put(uid, new Node(node.level, node.parent, null, 0, NOSELECT));
        }
    }

    private Node node(long uid) {
        return Objects.requireNonNull(nodes.get(uid));
    }

    /** There is at least an entry for the name, and for all above it. */
    private long make(List<String> path) {
        long at = 0;
        for (String level : path) {
            long there = below(at).getOrDefault(level, 0L);
            if (there == 0) {
                there = nextUid++;
                put(there, new Node(level, at, null, 0, NOT_THERE));
            }
            at = there;
        }
        return at;
    }

    /**
     * A name with all that is below it is called otherwise.
     *
     * @throws NotPossibleException if the new name is taken, or below the old one
     */
    void rename(List<String> from, List<String> to) throws NotPossibleException {
        long uid = find(from);
        if (uid == 0 || from.equals(to)) {
            return;
        }
        if (to.size() > from.size() && to.subList(0, from.size()).equals(from)) {
            throw new NotPossibleException("a mailbox cannot go below itself");
        }
        Node there = nodes.get(find(to));
        if (there != null && (there.isMailbox() || there.isFolder())) {
            throw new NotPossibleException("there is another mailbox of that name");
        }
        long target = make(to);
        // Only others below it made it be there: they are below the one that comes.
        if (!below(target).isEmpty()) {
            for (Map.Entry<Long, Node> one : new TreeMap<>(nodes).entrySet()) {
                if (one.getValue().parent == target) {
                    put(one.getKey(), one.getValue().below(uid));
                }
            }
        }
        Node at = node(target);
        put(target, null);
        Node node = node(uid);
        put(uid, new Node(at.level, at.parent, node.guid, node.uidValidity, node.flags & ~CORRUPTED_NAME));
        dropEmpty(node.parent);
    }

    /** There is no such mailbox or folder; what is below it stays. */
    void remove(List<String> path) {
        long uid = find(path);
        if (uid != 0) {
            Node node = node(uid);
            put(uid, new Node(node.level, node.parent, null, 0, NOT_THERE));
            dropEmpty(uid);
        }
    }

    /** Takes out a level that is nothing but a parent without children, and those above it. */
    private void dropEmpty(long uid) {
        long at = uid;
        while (at != 0) {
            Node node = nodes.get(at);
            if (node == null || (node.flags & NOT_THERE) == 0 || !below(at).isEmpty()) {
                return;
            }
            put(at, null);
            at = node.parent;
        }
    }

    /** A mailbox has another GUID or UIDVALIDITY. */
    void setNumbers(List<String> path, MailboxGuid guid, long uidValidity) {
        long uid = find(path);
        Node node = nodes.get(uid);
        if (node != null && node.isMailbox() && !(guid.equals(node.guid) && uidValidity == node.uidValidity)) {
            put(uid, new Node(node.level, node.parent, guid, uidValidity, node.flags));
        }
    }

    /** Whether anything is other than it was written last. */
    boolean isChanged() {
        return !changed.isEmpty();
    }

    /** Whether records in the log of its index can tell of changes. */
    boolean isTellable() {
        return tellable;
    }

    /** What was changed since it was written last, which it is now. */
    IndexTransaction changes() {
        IndexTransaction changes = new IndexTransaction();
        long next = writtenNextUid;
        SortedMap<Long, Node> records = new TreeMap<>();
        for (Map.Entry<Long, Optional<Node>> one : changed.entrySet()) {
            long uid = one.getKey();
            Node then = one.getValue().orElse(null);
            Node now = nodes.get(uid);
            if (now == null) {
                if (then != null) {
                    changes.expunge(uid, new byte[IndexTransaction.GUID_SIZE]);
                }
                continue;
            }
            if (then == null) {
                changes.append(uid, now.flags);
                next = uid + 1;
            } else if (then.flags != now.flags) {
                changes.flags(uid, uid, now.flags & ~then.flags, then.flags & ~now.flags);
            }
            records.put(uid, now);
        }
        if (next != nextUid) {
            changes.nextUid(nextUid);
        }
        records.values().forEach(node -> levels.id(node.level));
        if (levels.count() > 2 * nodes.size() + UNUSED_MAX) {
            levels.keep(usedLevels());
        }
        if (!records.isEmpty()) {
            changes.in(EXTENSION, levels.size(), RECORD, RECORD_ALIGN);
            levels.write(changes);
            records.forEach((uid, node) -> changes.record(uid, record(node)));
        }
        written();
        return changes;
    }

    private void written() {
        changed.clear();
        writtenNextUid = nextUid;
    }

    private Set<String> usedLevels() {
        Set<String> used = new HashSet<>();
        nodes.values().forEach(node -> used.add(node.level));
        return used;
    }

    private byte[] record(Node node) {
        byte[] record = new byte[RECORD];
        Bytes.put32(record, 0, levels.id(node.level));
        Bytes.put32(record, PARENT_AT, node.parent);
        MailboxGuid guid = node.guid;
        if (guid != null) {
            System.arraycopy(guid.toBytes(), 0, record, GUID_AT, UIDVALIDITY_AT - GUID_AT);
        }
        Bytes.put32(record, UIDVALIDITY_AT, node.uidValidity);
        return record;
    }

    /**
     * As an index that replaces the one it was read from, after which it is written.
     *
     * @param old null if there is none
     * @param now seconds since 1970
     */
    IndexState toState(@Nullable IndexState old, long now) throws IndexFormatException {
        IndexState.Builder state = IndexState.builder()
                .uidValidity(old == null ? now : Math.max(1, old.header().uidValidity()))
                .nextUid(nextUid)
                .firstRecentUid(old == null ? 1 : old.header().firstRecentUid())
                .highestModSeq(old == null ? 1 : old.highestModSeq())
                .tracking(false);
        byte[] records = new byte[nodes.size() * RECORD];
        int row = 0;
        for (Map.Entry<Long, Node> one : nodes.entrySet()) {
            state.add(one.getKey(), one.getValue().flags, Keywords.NONE, 0);
            System.arraycopy(record(one.getValue()), 0, records, row * RECORD, RECORD);
            row++;
        }
        byte[] header = levels.toHeader(usedLevels());
        state.records(IndexExtension.of(EXTENSION, 0, header, RECORD, RECORD_ALIGN, records));
        written();
        return state.build();
    }
}
