package dev.twinbox.engine.storage.account;

import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedMailbox;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedName;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code dovecot.mailbox.log} in the index root: what was deleted, renamed, subscribed when (storage formats, section 4).
 * Belongs to one thread.
 *
 * <pre>
 * u8 type | 3 zero bytes | 16 bytes id | u32 big endian seconds since 1970        24 bytes a record, no header
 * </pre>
 *
 * <p>The id of a deleted mailbox is its GUID; otherwise it is the first 16 bytes of the SHA-1 of the visible UTF-8 name
 * with the visible separator. A reader who was not told which one that server uses finds nested names by neither, so those
 * are looked up with the usual ones, too. Records are appended without a lock in one write; a file of {@link #ROTATE_BYTES} or more is
 * first renamed to {@code dovecot.mailbox.log.2}. A record of type 6 must never be written: Dovecot 2.3.19 takes it for
 * damage and removes the log. Damaged records are left out; what follows an incomplete one can't be read by anybody, so a
 * file whose length is no multiple of {@link #RECORD_LENGTH} must be cut to {@link #wholeBytes} before appending.
 */
public final class MailboxLog {
    /** Name of the file. */
    public static final String NAME = "dovecot.mailbox.log";

    /** Name of the previous file. */
    public static final String PREVIOUS_NAME = "dovecot.mailbox.log.2";

    /** Length of a record, in bytes. */
    public static final int RECORD_LENGTH = 24;

    /** A file that has reached this length is renamed before the next record. */
    public static final int ROTATE_BYTES = 4096;

    /** Largest file read, in bytes. */
    public static final int FILE_BYTES_MAX = 1 << 20;

    /** Nothing happened. */
    public static final MailboxLog EMPTY = parse(new byte[0], new byte[0]);

    private static final int ID_LENGTH = 16;
    private static final int CREATE_FOLDER = 6;
    private static final long TIME_MAX = 0xFFFF_FFFFL;

    /** What happened. */
    public enum Type {
        /** A mailbox was deleted. */
        DELETE_MAILBOX(1),
        /** A name was deleted. */
        DELETE_FOLDER(2),
        /** Something was renamed; the id is of the new name. */
        RENAME(3),
        /** A name was subscribed. */
        SUBSCRIBE(4),
        /** A name was unsubscribed. */
        UNSUBSCRIBE(5);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        private static @Nullable Type of(int code) {
            for (Type type : values()) {
                if (type.code == code) {
                    return type;
                }
            }
            return null;
        }
    }

    /**
     * One thing that happened.
     *
     * @param id 32 lower-case hex digits
     * @param time seconds since 1970, 0 to 2<sup>32</sup>-1
     */
    public record Entry(Type type, String id, long time) {
        /**
         * @throws IllegalArgumentException if the id is not 32 hex digits
         */
        public Entry {
            id = MailboxGuid.parse(id).toString();
            time = Math.max(0, Math.min(time, TIME_MAX));
        }

        /** A deleted mailbox. */
        public static Entry deleted(MailboxGuid guid, long time) {
            return new Entry(Type.DELETE_MAILBOX, guid.toString(), time);
        }

        /** Anything but a deleted mailbox. */
        public static Entry of(Type type, MailboxName name, char separator, long time) {
            return new Entry(type, hash(name, separator), time);
        }

        /** The record, to be appended. */
        public byte[] toBytes() {
            return ByteBuffer.allocate(RECORD_LENGTH)
                    .put((byte) type.code)
                    .put(new byte[3])
                    .put(HexFormat.of().parseHex(id))
                    .putInt((int) time)
                    .array();
        }
    }

    private final List<Entry> entries;
    private final List<String> problems;
    private final Map<String, Entry> mailboxDeletes = new LinkedHashMap<>();
    private final Map<String, Entry> folderDeletes = new LinkedHashMap<>();
    private final Map<String, Entry> renames = new LinkedHashMap<>();
    private final Map<String, Entry> subscriptions = new LinkedHashMap<>();
    /** Ids that were needed, by name as shown. */
    private final Map<String, String> ids = new HashMap<>();

    private MailboxLog(List<Entry> entries, List<String> problems) {
        this.entries = List.copyOf(entries);
        this.problems = problems;
        for (Entry entry : entries) {
            Map<String, Entry> kind =
                    switch (entry.type) {
                        case DELETE_MAILBOX -> mailboxDeletes;
                        case DELETE_FOLDER -> folderDeletes;
                        case RENAME -> renames;
                        case SUBSCRIBE, UNSUBSCRIBE -> subscriptions;
                    };
            Entry known = kind.get(entry.id);
            if (known == null || known.time <= entry.time) {
                kind.put(entry.id, entry);
            }
        }
    }

    /**
     * Reads both files.
     *
     * @param previous the file that was rotated away, or no bytes
     * @param current the file that grows, or no bytes
     */
    public static MailboxLog parse(byte[] previous, byte[] current) {
        List<Entry> entries = new ArrayList<>();
        Problems problems = new Problems();
        parse(PREVIOUS_NAME, previous, entries, problems);
        parse(NAME, current, entries, problems);
        return new MailboxLog(entries, problems.toList());
    }

    private static void parse(String name, byte[] file, List<Entry> entries, Problems problems) {
        int end = wholeBytes(file.length);
        for (int at = 0; at < end; at += RECORD_LENGTH) {
            int code = file[at] & 0xFF;
            Type type = Type.of(code);
            boolean padded = file[at + 1] == 0 && file[at + 2] == 0 && file[at + 3] == 0;
            if (type == null || !padded) {
                if (code != CREATE_FOLDER || !padded) {
                    problems.add(name + ": no record at byte " + at);
                }
                continue;
            }
            String id = HexFormat.of().formatHex(file, at + 4, at + 4 + ID_LENGTH);
            long time = Integer.toUnsignedLong(ByteBuffer.wrap(file).getInt(at + 4 + ID_LENGTH));
            entries.add(new Entry(type, id, time));
        }
        if (end < file.length) {
            problems.add(name + ": half a record at byte " + end);
        }
    }

    /** The part of a file of that length that whole records fill. */
    public static int wholeBytes(int length) {
        return length - length % RECORD_LENGTH;
    }

    /** All records that could be read, in order. */
    public List<Entry> entries() {
        return entries;
    }

    /** What was wrong with the files; empty if nothing. */
    public List<String> problems() {
        return problems;
    }

    /** The id of a name as it is shown to users: 32 lower-case hex digits. */
    public static String hash(String visibleName) {
        return MailboxDeletes.hash(visibleName);
    }

    /** The same for a name that is shown with this separator. */
    public static String hash(MailboxName name, char separator) {
        return hash(name.join(separator));
    }

    /** The ids that the server may have given the name: one, unless it has several levels. Made once for each name. */
    private Set<String> ids(MailboxName name, char separator) {
        Set<String> of = new LinkedHashSet<>();
        for (String spelled : MailboxDeletes.spellings(name, separator)) {
            String id = ids.get(spelled);
            if (id == null) {
                id = hash(spelled);
                ids.put(spelled, id);
            }
            of.add(id);
        }
        return of;
    }

    /** When something last got the name, in seconds since 1970, or 0. */
    long renamed(MailboxName name, char separator) {
        return time(renames, name, separator);
    }

    /** When the name was last subscribed or unsubscribed, in seconds since 1970, or 0. */
    long subscriptionChanged(MailboxName name, char separator) {
        return time(subscriptions, name, separator);
    }

    /** Whether it says of any name that something got it by a rename. */
    boolean hasRenames() {
        return !renames.isEmpty();
    }

    private long time(Map<String, Entry> kind, MailboxName name, char separator) {
        long time = 0;
        if (!kind.isEmpty()) {
            for (String id : ids(name, separator)) {
                time = Math.max(time, time(kind, id));
            }
        }
        return time;
    }

    /** When something last got the name of this id by a rename, in seconds since 1970, or 0. */
    public long renamed(String id) {
        return time(renames, id);
    }

    /** When the name of this id was last subscribed or unsubscribed, in seconds since 1970, or 0. */
    public long subscriptionChanged(String id) {
        return time(subscriptions, id);
    }

    private static long time(Map<String, Entry> kind, String id) {
        Entry entry = kind.get(id);
        return entry == null ? 0 : entry.time;
    }

    /**
     * What a peer has to be told: deleted mailboxes and names that are still gone, and names unsubscribed that do not
     * occur in the tree any more (of those that do the tree itself says so). Deletions of what exists again are history.
     *
     * @param nodes the tree now
     * @param separator the visible separator
     * @param escape the visible escape character, or 0; only passed on
     */
    public MailboxDeletes toDeletes(Collection<MailboxNode> nodes, char separator, char escape) {
        Set<String> guids = new HashSet<>();
        Set<String> existing = new HashSet<>();
        Set<String> known = new HashSet<>();
        boolean named = !folderDeletes.isEmpty() || !subscriptions.isEmpty();
        if (named || !mailboxDeletes.isEmpty()) {
            for (MailboxNode node : nodes) {
                MailboxGuid guid = node.guid();
                if (guid != null && node.existence() == MailboxNode.Existence.EXISTS) {
                    guids.add(guid.toString());
                }
                if (!named) {
                    continue;
                }
                Set<String> of = ids(node.name(), separator);
                known.addAll(of);
                if (node.existence() == MailboxNode.Existence.EXISTS) {
                    existing.addAll(of);
                }
            }
        }
        List<DeletedMailbox> mailboxes = new ArrayList<>();
        for (Entry entry : mailboxDeletes.values()) {
            if (!guids.contains(entry.id)) {
                mailboxes.add(new DeletedMailbox(MailboxGuid.parse(entry.id), entry.time));
            }
        }
        List<DeletedName> folders = new ArrayList<>();
        for (Entry entry : folderDeletes.values()) {
            if (!existing.contains(entry.id)) {
                folders.add(new DeletedName(entry.id, entry.time));
            }
        }
        List<DeletedName> unsubscribed = new ArrayList<>();
        for (Entry entry : subscriptions.values()) {
            if (entry.type == Type.UNSUBSCRIBE && !known.contains(entry.id)) {
                unsubscribed.add(new DeletedName(entry.id, entry.time));
            }
        }
        return new MailboxDeletes(separator, escape, mailboxes, folders, unsubscribed);
    }
}
