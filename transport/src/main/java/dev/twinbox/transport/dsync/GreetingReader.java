package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.MailboxInfo.CacheField;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Understands the lines of a greeting. All its failures are {@link IllegalArgumentException}. */
final class GreetingReader {
    private static final String VERSION_START = "VERSION\tdsync\t";

    private final Map<Character, ItemFormat.Columns<?>> items = new HashMap<>();
    private ItemFormat.@Nullable Columns<CacheField> cacheFields;
    private @Nullable DsyncVersion version;
    private int lines;

    /**
     * Takes the next line.
     *
     * @return what was said, if the greeting is complete with this line
     */
    @Nullable
    Speaker read(String line) {
        DsyncVersion known = version;
        if (known == null) {
            version = version(line);
            return null;
        }
        if (line.equals(Formats.DOT)) {
            return end(known);
        }
        if (++lines > DsyncLimits.HEADER_LINES_MAX) {
            throw new IllegalArgumentException("more than " + DsyncLimits.HEADER_LINES_MAX + " lines");
        }
        if (line.isEmpty()) {
            throw new IllegalArgumentException("an empty line");
        }
        header(line.charAt(0), line.substring(1));
        return null;
    }

    private static DsyncVersion version(String line) {
        if (!line.startsWith(VERSION_START)) {
            throw new IllegalArgumentException("this is no dsync");
        }
        List<String> numbers = List.of(line.substring(VERSION_START.length()).split("\t", -1));
        if (numbers.size() != 2) {
            throw new IllegalArgumentException("the version is not two numbers");
        }
        long major = Values.number("major version", numbers.get(0));
        if (major != DsyncVersion.MAJOR) {
            throw new IllegalArgumentException("major version is " + major + ", not " + DsyncVersion.MAJOR);
        }
        return new DsyncVersion(Values.number("minor version", numbers.get(1)));
    }

    private void header(char letter, String keys) {
        ItemFormat<?> format = Formats.of(letter);
        if (format == null) {
            return;
        }
        try {
            List<String> announced = keys.isEmpty() ? List.of() : Tabs.split(keys, DsyncLimits.KEYS_MAX);
            boolean again;
            if (format == CacheFieldFormat.FORMAT) {
                again = cacheFields != null;
                cacheFields = CacheFieldFormat.FORMAT.columns(announced);
            } else {
                again = items.put(letter, format.columns(announced)) != null;
            }
            if (again) {
                throw new IllegalArgumentException("announced twice");
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(format.name() + ": " + e.getMessage(), e);
        }
    }

    private Speaker end(DsyncVersion known) {
        for (ItemFormat<?> format : Formats.ALL) {
            if (Formats.isPromised(format, known) && !items.containsKey(format.letter())) {
                throw new IllegalArgumentException(format.name() + " is not announced");
            }
        }
        return new Speaker(known, Map.copyOf(items), cacheFields);
    }
}
