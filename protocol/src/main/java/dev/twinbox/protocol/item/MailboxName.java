package dev.twinbox.protocol.item;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The name of a mailbox as a path of levels, in visible Unicode, independent of any separator or on-disk encoding. The
 * first level of INBOX is upper case whatever its spelling was.
 *
 * @param levels at least one, at most {@value #MAX_LEVELS}; none empty, {@code .}, {@code ..} or with a control character
 */
public record MailboxName(List<String> levels) implements Comparable<MailboxName> {
    /** Deepest nesting accepted. */
    public static final int MAX_LEVELS = 32;

    /** Longest level accepted, in characters; the file system's own limit of 255 bytes comes on top. */
    public static final int MAX_LEVEL_LENGTH = 255;

    /** The one mailbox that every account has. */
    public static final MailboxName INBOX = new MailboxName(List.of("INBOX"));

    /**
     * @throws IllegalArgumentException if the name is not allowed; the message says why without repeating the name
     */
    public MailboxName {
        if (levels.isEmpty() || levels.size() > MAX_LEVELS) {
            throw new IllegalArgumentException("mailbox name has " + levels.size() + " levels");
        }
        List<String> checked = new ArrayList<>(levels.size());
        for (String level : levels) {
            checkLevel(level);
            checked.add(checked.isEmpty() && level.equalsIgnoreCase("INBOX") ? "INBOX" : level);
        }
        levels = List.copyOf(checked);
    }

    /** The levels of a name written with {@code separator}. */
    public static MailboxName parse(String name, char separator) {
        List<String> levels = new ArrayList<>();
        int start = 0;
        for (int i = name.indexOf(separator); i >= 0; i = name.indexOf(separator, start)) {
            levels.add(name.substring(start, i));
            start = i + 1;
        }
        levels.add(name.substring(start));
        return new MailboxName(levels);
    }

    private static void checkLevel(String level) {
        if (level.isEmpty()) {
            throw new IllegalArgumentException("mailbox name has an empty level");
        }
        if (level.length() > MAX_LEVEL_LENGTH) {
            throw new IllegalArgumentException("mailbox name has a level of " + level.length() + " characters");
        }
        if (level.equals(".") || level.equals("..")) {
            throw new IllegalArgumentException("mailbox name has a level '" + level + "'");
        }
        for (int i = 0; i < level.length(); i++) {
            char c = level.charAt(i);
            if (c < ' ' || c == 0x7F) {
                throw new IllegalArgumentException("mailbox name holds a control character");
            }
            if (Character.isSurrogate(c)) {
                boolean paired = Character.isHighSurrogate(c)
                        && i + 1 < level.length()
                        && Character.isLowSurrogate(level.charAt(i + 1));
                if (!paired) {
                    throw new IllegalArgumentException("mailbox name is not valid Unicode");
                }
                i++;
            }
        }
    }

    public boolean isInbox() {
        return levels.size() == 1 && levels.get(0).equals("INBOX");
    }

    /** The last level. */
    public String leaf() {
        return levels.get(levels.size() - 1);
    }

    /** Whether this name lies below {@code ancestor}, at any depth. */
    public boolean isBelow(MailboxName ancestor) {
        return levels.size() > ancestor.levels.size()
                && levels.subList(0, ancestor.levels.size()).equals(ancestor.levels);
    }

    /**
     * This name with that one's levels before it.
     *
     * @throws IllegalArgumentException if that is too deep
     */
    public MailboxName below(MailboxName parent) {
        List<String> all = new ArrayList<>(parent.levels);
        all.addAll(levels);
        return new MailboxName(all);
    }

    /**
     * The name of a namespace's mailbox as users see it. INBOX has no prefix anywhere.
     *
     * @param prefix the namespace's, null for none
     * @throws IllegalArgumentException if that is too deep
     */
    public MailboxName inNamespace(@Nullable MailboxName prefix) {
        return prefix == null || isInbox() ? this : below(prefix);
    }

    /** This name with its first {@code from.levels().size()} levels replaced by those of {@code to}. */
    public MailboxName rebased(MailboxName from, MailboxName to) {
        List<String> moved = new ArrayList<>(to.levels);
        moved.addAll(levels.subList(from.levels.size(), levels.size()));
        return new MailboxName(moved);
    }

    /** The levels joined by a separator, without any escaping. */
    public String join(char separator) {
        return String.join(String.valueOf(separator), levels);
    }

    /** A parent sorts before its children. */
    @Override
    public int compareTo(MailboxName other) {
        int common = Math.min(levels.size(), other.levels.size());
        for (int i = 0; i < common; i++) {
            int order = levels.get(i).compareTo(other.levels.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(levels.size(), other.levels.size());
    }

    // Written out, as hashCode: what Java derives for records is made at run time and costs every start some 20 ms.
    @Override
    public boolean equals(Object other) {
        return other instanceof MailboxName name && levels.equals(name.levels);
    }

    @Override
    public int hashCode() {
        return levels.hashCode();
    }

    /** With {@code /} between levels, for messages. */
    @Override
    public String toString() {
        return join('/');
    }
}
