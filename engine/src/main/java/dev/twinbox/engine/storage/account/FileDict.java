package dev.twinbox.engine.storage.account;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dictionary as Dovecot's {@code file} driver keeps it (storage formats, section 4, "Attributes"): keys and values in
 * one text file, in no special order. Immutable; knows nothing of what the keys mean.
 *
 * <pre>
 * priv/6246c404881b026bbe51000083ecc375/comment      a key
 * my note                                            and its value on the next line
 * </pre>
 *
 * <p>Both are bytes; here one byte is one character. In the file {@code \001} stands before a letter for what cannot be in
 * a line: {@code 0} NUL, {@code 1} itself, {@code t} TAB, {@code n} LF, {@code r} CR; before any other byte it means
 * nothing. Of two entries with one key the last counts. A key without a value at the end of the file is left out.
 */
public final class FileDict {
    /** Largest file read, in bytes. */
    public static final int FILE_BYTES_MAX = 256 << 20;

    /** No entry. */
    public static final FileDict EMPTY = new FileDict(new LinkedHashMap<>());

    private static final char ESCAPE = 1;
    private static final String PLAIN = "\0\1\t\n\r";
    private static final String LETTERS = "01tnr";

    private final Map<String, String> entries;

    private FileDict(Map<String, String> entries) {
        this.entries = entries;
    }

    /** Reads a file; every file can be read. */
    public static FileDict parse(byte[] file) {
        Map<String, String> entries = new LinkedHashMap<>();
        String key = null;
        int start = 0;
        while (start < file.length) {
            int end = start;
            while (end < file.length && file[end] != '\n') {
                end++;
            }
            String line = unescape(file, start, end);
            if (key == null) {
                key = line;
            } else {
                entries.put(key, line);
                key = null;
            }
            start = end + 1;
        }
        return new FileDict(entries);
    }

    private static String unescape(byte[] file, int start, int end) {
        StringBuilder text = new StringBuilder(end - start);
        for (int i = start; i < end; i++) {
            char c = (char) (file[i] & 0xFF);
            if (c == ESCAPE && i + 1 < end) {
                i++;
                c = (char) (file[i] & 0xFF);
                int known = LETTERS.indexOf(c);
                c = known < 0 ? c : PLAIN.charAt(known);
            }
            text.append(c);
        }
        return text.toString();
    }

    /** All entries, in the file's order. Not to be changed. */
    public Map<String, String> entries() {
        return java.util.Collections.unmodifiableMap(entries);
    }

    /** A value, or null. */
    public @Nullable String get(String key) {
        return entries.get(key);
    }

    /**
     * With other values for some keys.
     *
     * @param changes null for a key that is to go
     */
    public FileDict with(Map<String, @Nullable String> changes) {
        Map<String, String> changed = new LinkedHashMap<>(entries);
        for (Map.Entry<String, @Nullable String> change : changes.entrySet()) {
            String value = change.getValue();
            if (value == null) {
                changed.remove(change.getKey());
            } else {
                changed.put(change.getKey(), value);
            }
        }
        return new FileDict(changed);
    }

    /** The file. */
    public byte[] toBytes() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (Map.Entry<String, String> entry : entries.entrySet()) {
            escape(entry.getKey(), file);
            escape(entry.getValue(), file);
        }
        return file.toByteArray();
    }

    private static void escape(String text, ByteArrayOutputStream file) {
        for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            int special = PLAIN.indexOf(b);
            if (special >= 0) {
                file.write(ESCAPE);
                file.write(LETTERS.charAt(special));
            } else {
                file.write(b);
            }
        }
        file.write('\n');
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FileDict that && entries.equals(that.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }
}
