package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.MailboxAttribute;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The METADATA entries of one mailbox (RFC 5464), and those that are known to have been taken away. Private ones first,
 * then by name. Values are held as text. Immutable.
 */
public final class Attributes implements Iterable<MailboxAttribute> {
    /** Most entries of one mailbox, deleted ones included. */
    public static final int ENTRIES_MAX = 10_000;

    /** No entry at all. */
    public static final Attributes NONE = of(List.of());

    private final boolean complete;

    /**
     * What an entry is known by.
     *
     * @param shared below {@code /shared/}, otherwise below {@code /private/}
     * @param name the rest of the name
     */
    public record Key(boolean shared, String name) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::shared).thenComparing(Key::name);

        /** The key of an entry. */
        public static Key of(MailboxAttribute attribute) {
            return new Key(attribute.shared(), attribute.key());
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    private final TreeMap<Key, MailboxAttribute> entries = new TreeMap<>();

    private Attributes(boolean complete) {
        this.complete = complete;
    }

    /** As {@link #of(Collection, boolean)}, complete. */
    public static Attributes of(Collection<MailboxAttribute> list) {
        return of(list, true);
    }

    /**
     * These entries; of several with one key the last.
     *
     * @param complete whether there is no other entry, so that one that is not here is not there
     * @throws IllegalArgumentException if there are more than {@link #ENTRIES_MAX}, or a value is not at hand
     */
    public static Attributes of(Collection<MailboxAttribute> list, boolean complete) {
        Attributes made = new Attributes(complete);
        for (MailboxAttribute attribute : list) {
            if (attribute.hasStream()) {
                throw new IllegalArgumentException("the value of an attribute is not at hand");
            }
            made.entries.put(Key.of(attribute), attribute);
        }
        if (made.entries.size() > ENTRIES_MAX) {
            throw new IllegalArgumentException(
                    made.entries.size() + " attributes of one mailbox, at most " + ENTRIES_MAX + " are allowed");
        }
        return made;
    }

    /** Whether an entry that is not here is not there either; otherwise it may be one that cannot be told. */
    public boolean isComplete() {
        return complete;
    }

    /** An entry, which may be a deletion; null if there is none. */
    public @Nullable MailboxAttribute find(Key key) {
        return entries.get(key);
    }

    /** The value of an entry; null if there is none, or it was deleted. */
    public @Nullable String value(boolean shared, String name) {
        MailboxAttribute found = entries.get(new Key(shared, name));
        return found == null ? null : found.value();
    }

    /** All entries and deletions. */
    public List<MailboxAttribute> list() {
        return List.copyOf(entries.values());
    }

    /** Those that are there. */
    public List<MailboxAttribute> present() {
        return entries.values().stream()
                .filter(attribute -> !attribute.deleted())
                .toList();
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    @Override
    public Iterator<MailboxAttribute> iterator() {
        return list().iterator();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Attributes that && complete == that.complete && entries.equals(that.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    /** Names, not values. */
    @Override
    public String toString() {
        return entries.keySet().toString();
    }
}
