package dev.twinbox.transport.dsync;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table: how one kind of item is said. Keys are given in the order in which they are announced and written.
 * Immutable, pure.
 *
 * @param <T> the item
 */
final class ItemFormat<T> {
    /** How a value is written: null if it is absent. */
    interface Said<T> {
        @Nullable
        String of(T item);
    }

    /** How an item is made of the values of a line. */
    interface Made<T> {
        /**
         * Makes it.
         *
         * @throws IllegalArgumentException if the values cannot be those of an item; the message says why without repeating
         *     any of them
         */
        T of(Values values);
    }

    private record Key<T>(String name, boolean required, Said<T> said) {}

    private final char letter;
    private final String name;
    private final int lineMax;
    private final List<Key<T>> keys;
    private final Map<String, Integer> indexes = new HashMap<>();
    private final Made<T> made;

    private ItemFormat(char letter, String name, int lineMax, List<Key<T>> keys, Made<T> made) {
        this.letter = letter;
        this.name = name;
        this.lineMax = lineMax;
        this.keys = List.copyOf(keys);
        this.made = made;
        for (Key<T> key : keys) {
            indexes.put(key.name(), indexes.size());
        }
    }

    /** Collects the keys of a format. */
    static final class Keys<T> {
        private final char letter;
        private final String name;
        private final int lineMax;
        private final List<Key<T>> keys = new ArrayList<>();

        private Keys(char letter, String name, int lineMax) {
            this.letter = letter;
            this.name = name;
            this.lineMax = lineMax;
        }

        /** A key that every speaker must announce and every item must have. */
        Keys<T> required(String key, Said<T> said) {
            keys.add(new Key<>(key, true, said));
            return this;
        }

        Keys<T> optional(String key, Said<T> said) {
            keys.add(new Key<>(key, false, said));
            return this;
        }

        ItemFormat<T> made(Made<T> made) {
            return new ItemFormat<>(letter, name, lineMax, keys, made);
        }
    }

    static <T> Keys<T> of(char letter, String name, int lineMax) {
        return new Keys<>(letter, name, lineMax);
    }

    char letter() {
        return letter;
    }

    /** As Dovecot names it in messages. */
    String name() {
        return name;
    }

    /** Longest line taken, in bytes. */
    int lineMax() {
        return lineMax;
    }

    /** How the keys are announced, without the line's end. */
    String header() {
        StringBuilder header = new StringBuilder().append(letter);
        for (int i = 0; i < keys.size(); i++) {
            header.append(i == 0 ? "" : "\t").append(keys.get(i).name());
        }
        return header.toString();
    }

    /** The values of an item joined by TAB, without letter and line's end; absent ones at the end are left out. */
    String written(T item) {
        StringBuilder line = new StringBuilder();
        int end = 0;
        for (int i = 0; i < keys.size(); i++) {
            String value = keys.get(i).said().of(item);
            line.append(i == 0 ? "" : "\t");
            Tabs.appendValue(line, value);
            if (value != null) {
                end = line.length();
            }
        }
        line.setLength(end);
        return line.toString();
    }

    /**
     * Understands a header line.
     *
     * @param announced the keys in the speaker's order
     * @throws IllegalArgumentException if a required key is missing, or one comes twice
     */
    Columns<T> columns(List<String> announced) {
        int[] columns = new int[keys.size()];
        Arrays.fill(columns, -1);
        for (int column = 0; column < announced.size(); column++) {
            Integer index = indexes.get(announced.get(column));
            if (index != null) {
                if (columns[index] >= 0) {
                    throw new IllegalArgumentException(announced.get(column) + " announced twice");
                }
                columns[index] = column;
            }
        }
        for (int i = 0; i < columns.length; i++) {
            if (keys.get(i).required() && columns[i] < 0) {
                throw new IllegalArgumentException(keys.get(i).name() + " not announced");
            }
        }
        return new Columns<>(this, columns, announced.size());
    }

    /** In which columns a speaker says the values of an item. */
    static final class Columns<T> {
        private final ItemFormat<T> format;
        private final int[] columns;
        private final int width;

        private Columns(ItemFormat<T> format, int[] columns, int width) {
            this.format = format;
            this.columns = columns;
            this.width = width;
        }

        ItemFormat<T> format() {
            return format;
        }

        /**
         * Makes an item of a line.
         *
         * @param line what comes after the letter
         * @throws IllegalArgumentException if it cannot be one
         */
        T read(Speaker speaker, String line) {
            List<@Nullable String> values = values(line);
            for (int i = 0; i < columns.length; i++) {
                if (format.keys.get(i).required() && value(values, i) == null) {
                    throw new IllegalArgumentException(format.keys.get(i).name() + " is missing");
                }
            }
            return format.made.of(new Values(speaker, key -> value(values, index(key))));
        }

        private int index(String key) {
            Integer index = format.indexes.get(key);
            if (index == null) {
                throw new IllegalStateException(format.name + " has no key " + key);
            }
            return index;
        }

        private @Nullable String value(List<@Nullable String> values, int index) {
            int column = columns[index];
            return column < 0 || column >= values.size() ? null : values.get(column);
        }

        private List<@Nullable String> values(String line) {
            List<@Nullable String> values = new ArrayList<>(width);
            int start = line.isEmpty() ? -1 : 0;
            while (start >= 0) {
                if (values.size() == width) {
                    throw new IllegalArgumentException("more values than keys");
                }
                int end = line.indexOf('\t', start);
                values.add(Tabs.value(line.substring(start, end < 0 ? line.length() : end)));
                start = end < 0 ? -1 : end + 1;
            }
            return values;
        }
    }
}
