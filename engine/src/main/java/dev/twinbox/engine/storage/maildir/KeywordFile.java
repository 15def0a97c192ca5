package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.storage.account.Problems;
import dev.twinbox.protocol.item.Keywords;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code dovecot-keywords}: which keyword each letter in file names stands for (storage formats, section 1.5). Immutable.
 *
 * <pre>
 * 0 $Forwarded       letter a
 * 1 MyKeyword        letter b
 * </pre>
 *
 * <p>An index is never given another meaning while files may use its letter: a line whose name can't be understood keeps
 * its index taken. Names compare without case; of two lines with one name, or one index, the first counts. Replaced under
 * the uidlist lock; readers only compare its mtime, in seconds, which must therefore grow.
 */
public final class KeywordFile {
    /** Indexes there are, one per letter. */
    public static final int INDEXES = MaildirName.KEYWORD_LETTERS;

    /** Largest file read, in bytes. */
    public static final int FILE_BYTES_MAX = 1 << 20;

    /** No keyword. */
    public static final KeywordFile EMPTY = new KeywordFile(new String[INDEXES], new String[INDEXES], List.of());

    private static final String UNKNOWN = "unknown-";

    /** Per index the usable name or null. */
    private final @Nullable String[] names;

    /** Per index the bytes of a name that can't be used, one per character, or null. */
    private final @Nullable String[] opaque;

    private final List<String> problems;

    private KeywordFile(@Nullable String[] names, @Nullable String[] opaque, List<String> problems) {
        this.names = names;
        this.opaque = opaque;
        this.problems = problems;
    }

    /** Reads a file; what can't be understood is told by {@link #problems}. */
    public static KeywordFile parse(byte[] file) {
        @Nullable String[] names = new String[INDEXES];
        @Nullable String[] opaque = new String[INDEXES];
        Problems problems = new Problems();
        int line = 1;
        int start = 0;
        while (start < file.length) {
            int end = start;
            while (end < file.length && file[end] != '\n') {
                end++;
            }
            parseLine(file, start, end, line, names, opaque, problems);
            start = end + 1;
            line++;
        }
        return new KeywordFile(names, opaque, problems.toList());
    }

    private static void parseLine(
            byte[] file,
            int start,
            int end,
            int line,
            @Nullable String[] names,
            @Nullable String[] opaque,
            Problems problems) {
        int index = 0;
        int blank = start;
        while (blank < end && blank - start < 2 && file[blank] >= '0' && file[blank] <= '9') {
            index = index * 10 + (file[blank] - '0');
            blank++;
        }
        if (blank == start || blank >= end || file[blank] != ' ' || index >= INDEXES) {
            problems.line(line, "no index from 0 to 25; left out");
            return;
        }
        if (names[index] != null || opaque[index] != null) {
            problems.line(line, "index " + index + " occurs twice; left out");
            return;
        }
        String name = decode(file, blank + 1, end);
        if (name == null || !Keywords.isValidName(name)) {
            problems.line(line, "keyword name not allowed");
            opaque[index] = new String(file, blank + 1, end - blank - 1, StandardCharsets.ISO_8859_1);
        } else if (indexOf(names, name) >= 0) {
            problems.line(line, "keyword occurs twice; left out");
        } else {
            names[index] = name;
        }
    }

    private static @Nullable String decode(byte[] file, int start, int end) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(file, start, end - start))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** What was wrong with the file; empty if nothing. */
    public List<String> problems() {
        return problems;
    }

    /** The keyword of an index, or nothing if it has none or none that can be used. */
    public Optional<String> name(int index) {
        return Optional.ofNullable(names[index]);
    }

    /** The keyword of an index; {@code unknown-<index>}, as Dovecot calls it, if there is no usable one. */
    public String nameOrUnknown(int index) {
        String name = names[index];
        return name != null ? name : UNKNOWN + index;
    }

    /** The index of a keyword, in any case, or -1. */
    public int indexOf(String name) {
        return indexOf(names, name);
    }

    private static int indexOf(@Nullable String[] names, String name) {
        for (int i = 0; i < INDEXES; i++) {
            String known = names[i];
            if (known != null && known.equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    /** The keywords that letters stand for, as from {@link MaildirName#keywordLetters()}. */
    public Keywords keywords(int mask) {
        if (mask == 0) {
            return Keywords.NONE;
        }
        List<String> set = new ArrayList<>();
        for (int i = 0; i < INDEXES; i++) {
            if ((mask & 1 << i) != 0) {
                set.add(nameOrUnknown(i));
            }
        }
        return Keywords.of(set);
    }

    /** The letters of those keywords that have one. */
    public int maskOf(Keywords keywords) {
        if (keywords.isEmpty()) {
            return 0;
        }
        int mask = 0;
        for (String name : keywords.names()) {
            int index = indexOf(name);
            if (index >= 0) {
                mask |= 1 << index;
            }
        }
        return mask;
    }

    /** The indexes that may be given to a keyword. */
    public int freeMask() {
        int mask = 0;
        for (int i = 0; i < INDEXES; i++) {
            if (names[i] == null && opaque[i] == null) {
                mask |= 1 << i;
            }
        }
        return mask;
    }

    /**
     * This file with a line {@code unknown-<index>} for each of these letters that has none, as Dovecot adds them.
     *
     * @param usedMask letters that occur in file names
     */
    public KeywordFile withUnknown(int usedMask) {
        int missing = usedMask & freeMask();
        if (missing == 0) {
            return this;
        }
        @Nullable String[] more = names.clone();
        for (int i = 0; i < INDEXES; i++) {
            if ((missing & 1 << i) != 0 && indexOf(more, UNKNOWN + i) < 0) {
                more[i] = UNKNOWN + i;
            }
        }
        return new KeywordFile(more, opaque, problems);
    }

    /**
     * This file with an index for each name, lowest first, as long as there are any. Call {@link #withUnknown} first, or a
     * letter that files use without a line gets a new meaning.
     *
     * @throws IllegalArgumentException if a name is not allowed as keyword
     */
    public Added add(Collection<String> wanted) {
        @Nullable String[] more = names.clone();
        List<String> overflow = new ArrayList<>();
        int free = freeMask();
        boolean changed = false;
        for (String name : wanted) {
            if (!Keywords.isValidName(name)) {
                throw new IllegalArgumentException("keyword name not allowed");
            }
            if (indexOf(more, name) >= 0) {
                continue;
            }
            if (free == 0) {
                overflow.add(name);
            } else {
                more[Integer.numberOfTrailingZeros(free)] = name;
                free &= free - 1;
                changed = true;
            }
        }
        return new Added(changed ? new KeywordFile(more, opaque, problems) : this, List.copyOf(overflow));
    }

    /** What {@link #add} came to: the file, the same if nothing was added, and the names there was no letter left for. */
    public record Added(KeywordFile file, List<String> overflow) {}

    /** The file, one line per taken index. */
    public byte[] toBytes() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < INDEXES; i++) {
            String name = names[i];
            String raw = opaque[i];
            if (name != null) {
                byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
                text.append(i).append(' ').append(new String(bytes, StandardCharsets.ISO_8859_1));
                text.append('\n');
            } else if (raw != null) {
                text.append(i).append(' ').append(raw).append('\n');
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
