package dev.twinbox.engine.tree;

import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A name of one side under which something exists, or below which something does, as it is before a merge. The root of
 * all names is one too, with no levels.
 */
final class Place {
    private static final String TEMPORARY = "-temp-";

    /** Of a name that only stands in for another while things are moved: it was never meant. */
    static final long TIME_TEMPORARY = -1;

    final int side;
    final List<String> levels;
    private final @Nullable MailboxName name;
    final @Nullable Place parent;
    final @Nullable MailboxNode node;
    final TreeMap<String, Place> children = new TreeMap<>();

    /** When the name came to be by a rename of it or of one above it, seconds; 0 if never, or unknown. */
    final long time;

    Group group;

    /** A mailbox that the other side deleted: what is left of it is a name that others may be below. */
    boolean doomed;

    /** Takes no part and stays. */
    boolean pinned;

    /** Cannot be renamed, because that would take along what is pinned. */
    boolean fixed;

    /**
     * @param name null for the root, which also has no parent
     */
    Place(int side, @Nullable MailboxName name, @Nullable Place parent, @Nullable MailboxNode node) {
        this.side = side;
        this.name = name;
        this.levels = name == null ? List.of() : name.levels();
        this.parent = parent;
        this.node = node;
        this.time = time(parent == null ? 0 : parent.time);
        this.group = new Group(this);
        if (parent != null) {
            parent.children.put(leaf(), this);
        }
    }

    /** When the name came to be if that above came to be then. */
    long time(long above) {
        if (parent == null || isTemporary(leaf())) {
            return TIME_TEMPORARY;
        }
        return Math.max(above, node == null ? 0 : node.lastRenamedOrCreated());
    }

    String leaf() {
        return levels.isEmpty() ? "" : levels.get(levels.size() - 1);
    }

    /** Not for the root. */
    MailboxName name() {
        return Objects.requireNonNull(name);
    }

    boolean isMailbox() {
        return !doomed && node != null && node.isMailbox();
    }

    boolean isInbox() {
        return levels.size() == 1 && leaf().equals("INBOX");
    }

    /** Whether it exists by itself, without mails. */
    boolean isFolder() {
        return node != null && node.existence() == Existence.EXISTS && node.guid() == null;
    }

    @Nullable
    MailboxGuid guid() {
        return isMailbox() && node != null ? node.guid() : null;
    }

    static String temporary(String leaf, int number) {
        String suffix = TEMPORARY + Integer.toHexString(number);
        int at = leaf.lastIndexOf(TEMPORARY);
        String base = isTemporary(leaf) ? leaf.substring(0, at) : leaf;
        return shorten(base, TEMPORARY_NAME_MAX - suffix.length()) + suffix;
    }

    /** Longest temporary name, in characters, so that encoding it cannot exceed a directory name. */
    private static final int TEMPORARY_NAME_MAX = 40;

    static String shorten(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
        return text.substring(0, end);
    }

    static boolean isTemporary(String leaf) {
        int at = leaf.lastIndexOf(TEMPORARY);
        int digits = at + TEMPORARY.length();
        if (at < 0 || digits == leaf.length()) {
            return false;
        }
        for (int i = digits; i < leaf.length(); i++) {
            char c = leaf.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }
}
