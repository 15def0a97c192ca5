package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A listing of a directory tree in which every write leaves a trace: inode, mode, size, mtime and ctime to the nanosecond
 * of every entry, by byte-exact names.
 */
final class FileTree {
    private static final int DIFFERENCES_SHOWN_MAX = 30;

    private final SortedMap<String, String> entries = new TreeMap<>();

    private FileTree() {}

    static FileTree of(Sandbox sandbox, Object directory) {
        return list(sandbox, directory, "%P\\t%y inode %i mode %m owner %u size %s mtime %T@ ctime %C@\\0");
    }

    /** Names, kinds and sizes only: for trees whose files may be replaced by equal ones. */
    static FileTree shapeOf(Sandbox sandbox, Object directory) {
        return list(sandbox, directory, "%P\\t%y mode %m owner %u\\0");
    }

    private static FileTree list(Sandbox sandbox, Object directory, String format) {
        FileTree tree = new FileTree();
        Ran find = sandbox.asMyself("find", directory.toString(), "-printf", format)
                .mustEndWith(0);
        for (String line : new String(find.bytes(), StandardCharsets.ISO_8859_1).split("\0")) {
            if (!line.isEmpty()) {
                int tab = line.lastIndexOf('\t');
                tree.entries.put(line.substring(0, tab), line.substring(tab + 1));
            }
        }
        return tree;
    }

    SortedSet<String> names() {
        return new TreeSet<>(entries.keySet());
    }

    Map<String, String> entries() {
        return entries;
    }

    /** Asserts that nothing was written, created, removed or touched since this listing was made. */
    void mustStillBe(FileTree now, String when) {
        List<String> differences = new ArrayList<>();
        SortedSet<String> all = names();
        all.addAll(now.entries.keySet());
        for (String name : all) {
            String before = entries.getOrDefault(name, "(not there)");
            String after = now.entries.getOrDefault(name, "(not there)");
            if (!before.equals(after) && differences.size() < DIFFERENCES_SHOWN_MAX) {
                differences.add((name.isEmpty() ? "." : name) + "\n    before: " + before + "\n    after:  " + after);
            }
        }
        assertEquals("", String.join("\n  ", differences), () -> when + " must not write");
    }
}
