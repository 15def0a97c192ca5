package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.protocol.item.MailboxName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code subscriptions} in the control root (storage formats, section 1.6): the subscribed names, in no special order.
 * Immutable.
 *
 * <pre>
 * V&lt;TAB&gt;2              version 2; version 1 has no such first lines
 *
 * Work
 * Archive&lt;TAB&gt;2023      levels separated by TAB; in version 1 by the storage separator ("Archive.2023")
 * </pre>
 *
 * <p>Levels are written as on disk, modified UTF-7 or UTF-8; control characters in them, which no name we know can have,
 * as {@code \001} and a letter. Dovecot keeps a version 1 file what it is, and so is it kept here; new ones are version 2. A
 * line that is no name we can understand stays where it is. Replaced through {@code subscriptions.lock}, which is the new
 * content.
 */
public final class SubscriptionFile {
    /** Largest file read, in bytes. */
    public static final int FILE_BYTES_MAX = 64 << 20;

    private static final String VERSION_2 = "V\t2\n\n";

    private final int version;
    private final char separator;
    private final boolean utf8;
    private final List<Entry> entries;

    /** A line, one byte per character, and the name it stands for, if any. */
    private record Entry(String line, @Nullable MailboxName name) {}

    private SubscriptionFile(int version, char separator, boolean utf8, List<Entry> entries) {
        this.version = version;
        this.separator = separator;
        this.utf8 = utf8;
        this.entries = List.copyOf(entries);
    }

    /**
     * No subscription, version 2.
     *
     * @param storageSeparator as from {@link FolderNames#storageSeparator()}
     * @param utf8 names are UTF-8, not modified UTF-7
     */
    public static SubscriptionFile empty(char storageSeparator, boolean utf8) {
        return new SubscriptionFile(2, storageSeparator, utf8, List.of());
    }

    /**
     * Reads a file of either version. An empty one counts as version 2.
     *
     * @throws CorruptStoreException if the first line tells of a version we do not know
     */
    public static SubscriptionFile parse(byte[] file, char storageSeparator, boolean utf8)
            throws CorruptStoreException {
        String text = new String(file, StandardCharsets.ISO_8859_1);
        int version = text.isEmpty() ? 2 : 1;
        int start = 0;
        if (text.startsWith("V\t")) {
            int end = text.indexOf('\n');
            if (!text.substring(0, end < 0 ? text.length() : end).equals("V\t2")) {
                throw new CorruptStoreException("subscriptions line 1: unknown version");
            }
            version = 2;
            start = end < 0 ? text.length() : end + 1;
        }
        char between = version == 1 ? storageSeparator : '\t';
        List<Entry> entries = new ArrayList<>();
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            if (end > start) {
                String line = text.substring(start, end);
                entries.add(new Entry(line, decode(line, between, utf8)));
            }
            start = end + 1;
        }
        return new SubscriptionFile(version, storageSeparator, utf8, entries);
    }

    private static @Nullable MailboxName decode(String line, char between, boolean utf8) {
        List<String> levels = new ArrayList<>();
        for (String part : FolderNames.split(line, between)) {
            String level = FolderNames.decodeLevel(part, utf8);
            if (level == null || levels.size() == MailboxName.MAX_LEVELS) {
                return null;
            }
            levels.add(level);
        }
        try {
            return new MailboxName(levels);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** 1 or 2. */
    public int version() {
        return version;
    }

    /** The subscribed names in order, each once. */
    public Set<MailboxName> names() {
        Set<MailboxName> names = new LinkedHashSet<>();
        for (Entry entry : entries) {
            if (entry.name != null) {
                names.add(entry.name);
            }
        }
        return names;
    }

    /** How many lines are no names we can understand. */
    public int unreadable() {
        int count = 0;
        for (Entry entry : entries) {
            count += entry.name == null ? 1 : 0;
        }
        return count;
    }

    /** Whether this is something else than a list of names: it has lines, and not one is a name, or one has a NUL byte. */
    public boolean isGarbage() {
        boolean name = entries.isEmpty();
        for (Entry entry : entries) {
            if (entry.line.indexOf('\0') >= 0) {
                return true;
            }
            name |= entry.name != null;
        }
        return !name;
    }

    /** This file without the lines that are no names. */
    public SubscriptionFile withoutUnreadable() {
        List<Entry> readable = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.name != null) {
                readable.add(entry);
            }
        }
        return new SubscriptionFile(version, separator, utf8, readable);
    }

    public boolean contains(MailboxName name) {
        for (Entry entry : entries) {
            if (name.equals(entry.name)) {
                return true;
            }
        }
        return false;
    }

    /**
     * With the name at the end, or this very object if it is there already.
     *
     * @throws NotPossibleException if the name can't be told apart from another in a version 1 file
     */
    public SubscriptionFile add(MailboxName name) throws NotPossibleException {
        if (contains(name)) {
            return this;
        }
        char between = version == 1 ? separator : '\t';
        StringBuilder line = new StringBuilder();
        for (String level : name.levels()) {
            line.append(line.length() == 0 ? "" : between).append(FolderNames.encodeLevel(level, utf8));
        }
        if (!name.equals(decode(line.toString(), between, utf8))) {
            throw new NotPossibleException(
                    "mailbox " + name + ": its subscription can't be written: a level holds '" + separator + "'");
        }
        List<Entry> more = new ArrayList<>(entries);
        more.add(new Entry(line.toString(), name));
        return new SubscriptionFile(version, separator, utf8, more);
    }

    /** Without the name, or this very object if it is not there. */
    public SubscriptionFile remove(MailboxName name) {
        if (!contains(name)) {
            return this;
        }
        List<Entry> fewer = new ArrayList<>(entries);
        fewer.removeIf(entry -> name.equals(entry.name));
        return new SubscriptionFile(version, separator, utf8, fewer);
    }

    /** The file, in its version. */
    public byte[] toBytes() {
        StringBuilder text = new StringBuilder(version == 1 ? "" : VERSION_2);
        if (version == 1 && !entries.isEmpty() && entries.get(0).line.startsWith("V\t")) {
            // Damage that would make this another version if it came first.
            text.append('\n');
        }
        for (Entry entry : entries) {
            text.append(entry.line).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
