package dev.twinbox.protocol.item;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * The keywords of a mail (RFC 3501, section 2.3.2): a set of names in which case does not count, kept in order.
 *
 * @param names sorted, no two equal but for case, at most {@value #MAX_NAMES}; each 1 to {@value #MAX_NAME_LENGTH}
 *     printable characters without blank
 */
public record Keywords(List<String> names) {
    /** No keyword. */
    public static final Keywords NONE = new Keywords(List.of());

    /** Longest keyword name, in characters. */
    public static final int MAX_NAME_LENGTH = 255;

    /** Most keywords of one mail. */
    public static final int MAX_NAMES = 4096;

    private static final Comparator<String> ORDER = String.CASE_INSENSITIVE_ORDER;

    /**
     * @throws IllegalArgumentException if a name is not allowed, or the list is too long or not in order without doubles
     */
    public Keywords {
        Check.listSize("keyword list", names.size(), MAX_NAMES);
        names = List.copyOf(names);
        String last = "";
        for (String name : names) {
            if (!isValidName(name)) {
                throw new IllegalArgumentException("keyword name not allowed");
            }
            if (ORDER.compare(last, name) >= 0) {
                throw new IllegalArgumentException("keywords out of order or doubled");
            }
            last = name;
        }
    }

    /** The set of these names; of two that differ only in case the first one stays. */
    public static Keywords of(Collection<String> names) {
        if (names.isEmpty()) {
            return NONE;
        }
        TreeSet<String> sorted = new TreeSet<>(ORDER);
        sorted.addAll(names);
        return new Keywords(List.copyOf(sorted));
    }

    /** Whether a name may be a keyword: printable, no blank, not too long. */
    public static boolean isValidName(String name) {
        return !name.isEmpty()
                && name.length() <= MAX_NAME_LENGTH
                && name.chars().allMatch(c -> c > ' ' && c != 0x7F);
    }

    public boolean isEmpty() {
        return names.isEmpty();
    }

    /** Whether the keyword is in the set, in any case. */
    public boolean contains(String name) {
        for (String known : names) {
            if (known.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Equal as sets, case ignored. */
    public boolean sameAs(Keywords other) {
        if (names.size() != other.names.size()) {
            return false;
        }
        for (int i = 0; i < names.size(); i++) {
            if (!names.get(i).equalsIgnoreCase(other.names.get(i))) {
                return false;
            }
        }
        return true;
    }

    // Written out, as hashCode: what Java derives for records is made at run time and costs every start some 20 ms.
    @Override
    public boolean equals(Object other) {
        return other instanceof Keywords keywords && names.equals(keywords.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    /** Blank-separated names. */
    @Override
    public String toString() {
        return String.join(" ", names);
    }
}
