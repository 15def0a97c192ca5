package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.index.Bytes;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The names of an account with {@code LAYOUT=index}, where a mailbox's directory is called as its GUID and
 * {@code dovecot.list.index} alone knows its name. Immutable; pure.
 *
 * <p>It is an index with a record for each level of a name, its "UID", in the extension {@code list} (measured with Dovecot
 * 2.3.19; storage-formats.md, section 4):
 *
 * <pre>
 * header   u8 refresh, then of each level that is in use: u32 id, its bytes on disk, NUL; then u32 0
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
    private static final int HEADER = 1;
    private static final int ID = 4;
    private static final int RECORD = 28;
    private static final int RECORD_ALIGN = 4;
    private static final int PARENT_AT = 4;
    private static final int GUID_AT = 8;
    private static final int UIDVALIDITY_AT = 24;

    private static final int NOT_THERE = 4;
    private static final int NOSELECT = 16;
    private static final int CORRUPTED_NAME = 8;

    /** By their "UIDs". */
    private final SortedMap<Long, Node> nodes;

    private final List<String> problems;
    private final long nextUid;

    private ListIndex(SortedMap<Long, Node> nodes, long nextUid, List<String> problems) {
        this.nodes = nodes;
        this.nextUid = nextUid;
        this.problems = List.copyOf(problems);
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
    }

    /** Of an account that has none yet. */
    static ListIndex empty() {
        return new ListIndex(new TreeMap<>(), 1, List.of());
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
                return new ListIndex(new TreeMap<>(), Math.max(1, index.header().nextUid()), List.of());
            }
            throw new CorruptStoreException("it has no list of mailboxes");
        }
        Map<Long, String> levels = levels(list.header());
        SortedMap<Long, Node> nodes = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        for (int row = 0; row < index.size(); row++) {
            byte[] record = list.record(row);
            String level = levels.get(Bytes.u32(record, 0));
            if (level == null) {
                problems.add("entry " + index.uid(row) + " has no name");
                continue;
            }
            MailboxGuid guid = MailboxGuid.ofBytes(record, GUID_AT);
            boolean none = guid.high() == 0 && guid.low() == 0;
            nodes.put(
                    index.uid(row),
                    new Node(
                            level,
                            Bytes.u32(record, PARENT_AT),
                            none ? null : guid,
                            Bytes.u32(record, UIDVALIDITY_AT),
                            index.flags(row) & Flags.SETTABLE));
        }
        return new ListIndex(nodes, Math.max(1, index.header().nextUid()), problems);
    }

    private static Map<Long, String> levels(byte[] header) throws CorruptStoreException {
        Map<Long, String> levels = new HashMap<>();
        int at = HEADER;
        while (at + ID <= header.length) {
            long id = Bytes.u32(header, at);
            if (id == 0) {
                break;
            }
            int end = at + ID;
            while (end < header.length && header[end] != 0) {
                end++;
            }
            if (end == header.length) {
                throw new CorruptStoreException("its list of names is cut off");
            }
            levels.put(id, new String(header, at + ID, end - at - ID, StandardCharsets.ISO_8859_1));
            at = end + 1;
        }
        return levels;
    }

    /** What is wrong with it, in words. */
    List<String> problems() {
        return problems;
    }

    /**
     * What a name is.
     *
     * @param guid null of a folder that holds no mail
     */
    record Entry(@Nullable MailboxGuid guid, long uidValidity) {}

    /**
     * The mailboxes and folders by their names, levels as on disk; of two of one name the elder. Levels whose way to the top has a
     * gap or goes round are left out.
     */
    Map<List<String>, Entry> entries() {
        Map<List<String>, Entry> entries = new HashMap<>();
        for (Map.Entry<Long, Node> one : nodes.entrySet()) {
            Node node = one.getValue();
            List<String> path = path(one.getKey());
            if (path != null && (node.isMailbox() || node.isFolder())) {
                entries.putIfAbsent(path, new Entry(node.isMailbox() ? node.guid : null, node.uidValidity));
            }
        }
        return entries;
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
        long parent = 0;
        for (String level : path) {
            long next = 0;
            for (Map.Entry<Long, Node> one : nodes.entrySet()) {
                Node node = one.getValue();
                if (next == 0 && node.parent == parent && node.level.equals(level)) {
                    next = one.getKey();
                }
            }
            if (next == 0) {
                return 0;
            }
            parent = next;
        }
        return parent;
    }

    private boolean hasChildren(long uid) {
        for (Node node : nodes.values()) {
            if (node.parent == uid) {
                return true;
            }
        }
        return false;
    }

    /** The same, to be changed. */
    private ListIndex copy() {
        return new ListIndex(new TreeMap<>(nodes), nextUid, problems);
    }

    /**
     * With a mailbox of that name.
     *
     * @throws NotPossibleException if there is another one
     */
    ListIndex with(List<String> path, MailboxGuid guid, long uidValidity) throws NotPossibleException {
        ListIndex next = withNode(path);
        long uid = next.find(path);
        Node node = next.node(uid);
        if (node.isMailbox() && !guid.equals(node.guid)) {
            throw new NotPossibleException("there is another mailbox of that name");
        }
        next.nodes.put(uid, new Node(node.level, node.parent, guid, uidValidity, 0));
        return next;
    }

    /** With a folder of that name, if there is nothing. */
    ListIndex withFolder(List<String> path) {
        ListIndex next = withNode(path);
        long uid = next.find(path);
        Node node = next.node(uid);
        if (!node.isMailbox()) {
            next.nodes.put(uid, new Node(node.level, node.parent, null, 0, NOSELECT));
        }
        return next;
    }

    private Node node(long uid) {
        return Objects.requireNonNull(nodes.get(uid));
    }

    /** With at least an entry for the name, and for all above it. */
    private ListIndex withNode(List<String> path) {
        SortedMap<Long, Node> all = new TreeMap<>(nodes);
        long free = nextUid;
        long parent = 0;
        for (int depth = 1; depth <= path.size(); depth++) {
            long there = new ListIndex(all, free, problems).find(path.subList(0, depth));
            if (there == 0) {
                there = free++;
                all.put(there, new Node(path.get(depth - 1), parent, null, 0, NOT_THERE));
            }
            parent = there;
        }
        return new ListIndex(all, free, problems);
    }

    /**
     * A name with all that is below it is called otherwise.
     *
     * @throws NotPossibleException if the new name is taken, or below the old one
     */
    ListIndex renamed(List<String> from, List<String> to) throws NotPossibleException {
        long uid = find(from);
        if (uid == 0) {
            return this;
        }
        if (to.size() > from.size() && to.subList(0, from.size()).equals(from)) {
            throw new NotPossibleException("a mailbox cannot go below itself");
        }
        ListIndex next = withNode(to);
        long target = next.find(to);
        Node at = next.node(target);
        if (at.isMailbox() || at.isFolder()) {
            throw new NotPossibleException("there is another mailbox of that name");
        }
        // Only others below it made it be there: they are below the one that comes.
        Node node = next.node(uid);
        for (Map.Entry<Long, Node> one : next.nodes.entrySet()) {
            Node child = one.getValue();
            if (child.parent == target) {
                one.setValue(new Node(child.level, uid, child.guid, child.uidValidity, child.flags));
            }
        }
        next.nodes.remove(target);
        next.nodes.put(uid, new Node(at.level, at.parent, node.guid, node.uidValidity, node.flags & ~CORRUPTED_NAME));
        next.dropEmpty(node.parent);
        return next;
    }

    /** Without a mailbox or folder; what is below it stays. */
    ListIndex without(List<String> path) {
        long uid = find(path);
        if (uid == 0) {
            return this;
        }
        ListIndex next = copy();
        Node node = next.node(uid);
        next.nodes.put(uid, new Node(node.level, node.parent, null, 0, NOT_THERE));
        next.dropEmpty(uid);
        return next;
    }

    /** Takes out a level that is nothing but a parent without children, and those above it. */
    private void dropEmpty(long uid) {
        long at = uid;
        while (at != 0) {
            Node node = nodes.get(at);
            if (node == null || (node.flags & NOT_THERE) == 0 || hasChildren(at)) {
                return;
            }
            nodes.remove(at);
            at = node.parent;
        }
    }

    /** With another GUID or UIDVALIDITY for a mailbox. */
    ListIndex withNumbers(List<String> path, MailboxGuid guid, long uidValidity) {
        long uid = find(path);
        Node node = nodes.get(uid);
        if (node == null || !node.isMailbox() || guid.equals(node.guid) && uidValidity == node.uidValidity) {
            return this;
        }
        ListIndex next = copy();
        next.nodes.put(uid, new Node(node.level, node.parent, guid, uidValidity, node.flags));
        return next;
    }

    /**
     * As an index that replaces the one it was read from.
     *
     * @param old null if there is none
     * @param now seconds since 1970
     */
    IndexState toState(@Nullable IndexState old, long now) throws IndexFormatException {
        Map<String, Long> ids = new HashMap<>();
        Set<String> used = new HashSet<>();
        nodes.values().forEach(node -> used.add(node.level));
        byte[] before = old == null
                ? new byte[HEADER]
                : old.extension(EXTENSION).map(IndexExtension::header).orElse(new byte[HEADER]);
        long free = keepIds(before, used, ids);
        for (Node node : nodes.values()) {
            if (ids.putIfAbsent(node.level, free) == null) {
                free++;
            }
        }
        IndexState.Builder state = IndexState.builder()
                .uidValidity(old == null ? now : Math.max(1, old.header().uidValidity()))
                .nextUid(nextUid)
                .firstRecentUid(old == null ? 1 : old.header().firstRecentUid())
                .highestModSeq(old == null ? 1 : old.highestModSeq())
                .tracking(false);
        byte[] records = new byte[nodes.size() * RECORD];
        int row = 0;
        for (Map.Entry<Long, Node> one : nodes.entrySet()) {
            Node node = one.getValue();
            state.add(one.getKey(), node.flags, Keywords.NONE, 0);
            byte[] record = new byte[RECORD];
            Bytes.put32(record, 0, ids.getOrDefault(node.level, 0L));
            Bytes.put32(record, PARENT_AT, node.parent);
            MailboxGuid guid = node.guid;
            if (guid != null) {
                System.arraycopy(guid.toBytes(), 0, record, GUID_AT, UIDVALIDITY_AT - GUID_AT);
            }
            Bytes.put32(record, UIDVALIDITY_AT, node.uidValidity);
            System.arraycopy(record, 0, records, row * RECORD, RECORD);
            row++;
        }
        state.records(IndexExtension.of(EXTENSION, 0, header(before, ids), RECORD, RECORD_ALIGN, records));
        return state.build();
    }

    /** Levels keep the ids they have. Returns one that is free, and all above it are. */
    private static long keepIds(byte[] before, Set<String> used, Map<String, Long> ids) {
        long free = 1;
        try {
            for (Map.Entry<Long, String> one : new TreeMap<>(levels(before)).entrySet()) {
                free = Math.max(free, one.getKey() + 1);
                if (used.contains(one.getValue())) {
                    ids.putIfAbsent(one.getValue(), one.getKey());
                }
            }
        } catch (CorruptStoreException e) {
            ids.clear();
        }
        return free;
    }

    private static byte[] header(byte[] before, Map<String, Long> ids) {
        Map<Long, String> sorted = new TreeMap<>();
        ids.forEach((level, id) -> sorted.put(id, level));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(Arrays.copyOf(before, HEADER));
        for (Map.Entry<Long, String> one : sorted.entrySet()) {
            byte[] id = new byte[ID];
            Bytes.put32(id, 0, one.getKey());
            bytes.writeBytes(id);
            bytes.writeBytes(one.getValue().getBytes(StandardCharsets.ISO_8859_1));
            bytes.write(0);
        }
        bytes.writeBytes(new byte[ID]);
        // It never shrinks in Dovecot's log; what was behind the end is zeros then.
        return Arrays.copyOf(bytes.toByteArray(), Math.max(bytes.size(), before.length));
    }
}
