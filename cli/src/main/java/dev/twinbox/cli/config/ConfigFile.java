package dev.twinbox.cli.config;

import dev.twinbox.cli.exit.Refusal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The settings file: lines {@code name = value} in UTF-8, and blocks as in what {@code doveconf -n} prints. A {@code #} at the
 * start of a line or after a blank begins a comment; a value in double quotes keeps blanks and {@code #}, and a backslash in it
 * stands before a quote or another backslash. A name may stand several times, the last one counts. What stands in a block has
 * the block's words before it: {@code prefix} in a block {@code namespace work} is {@code namespace/work/prefix}. There are no
 * includes.
 */
final class ConfigFile {
    /** Longest file read, bytes. */
    static final int SIZE_MAX = 1 << 20;

    /** Most blocks within each other. */
    static final int DEPTH_MAX = 16;

    private ConfigFile() {}

    /**
     * One line.
     *
     * @param number of the line, from 1
     */
    record Line(int number, String name, String value) {}

    /**
     * @param origin the file, for messages
     */
    static List<Line> parse(String text, String origin) throws Refusal {
        List<Line> lines = new ArrayList<>();
        Deque<Block> blocks = new ArrayDeque<>();
        int number = 0;
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                end = text.length();
            }
            number++;
            String line = text.substring(start, end).strip();
            start = end + 1;
            if (line.isEmpty() || line.charAt(0) == '#') {
                continue;
            }
            if (line.equals("}")) {
                if (blocks.isEmpty()) {
                    throw Refusal.configuration(origin + ":" + number + ": this '}' ends no block");
                }
                blocks.removeLast();
                continue;
            }
            int equals = line.indexOf('=');
            if (line.endsWith("{") && (equals < 0 || line.indexOf('"') >= 0 && line.indexOf('"') < equals)) {
                if (blocks.size() == DEPTH_MAX) {
                    throw Refusal.configuration(origin + ":" + number + ": blocks are nested too deep");
                }
                blocks.addLast(block(line.substring(0, line.length() - 1).strip(), number));
                continue;
            }
            if (line.startsWith("!include")) {
                throw Refusal.configuration(
                        origin + ":" + number + ": includes are not followed; give what doveconf -n prints");
            }
            if (equals < 1) {
                throw Refusal.configuration(origin + ":" + number + ": neither a line 'name = value' nor a block");
            }
            lines.add(new Line(
                    number,
                    within(blocks, line.substring(0, equals).strip()),
                    value(line.substring(equals + 1).strip(), origin, number)));
        }
        if (!blocks.isEmpty()) {
            throw Refusal.configuration(origin + ":" + blocks.getLast().begin() + ": this block does not end");
        }
        return lines;
    }

    /**
     * A block that lines stand in.
     *
     * @param words what stands before it, with slashes between them; one that has no name gets the number of its line
     * @param begin the line where it begins
     */
    private record Block(String words, int begin) {}

    private static Block block(String head, int number) {
        int blank = 0;
        while (blank < head.length() && head.charAt(blank) != ' ' && head.charAt(blank) != '\t') {
            blank++;
        }
        String name = head.substring(blank).strip();
        if (name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")) {
            name = name.substring(1, name.length() - 1);
        }
        return new Block(head.substring(0, blank) + "/" + (name.isEmpty() ? "#" + number : name), number);
    }

    private static String within(Deque<Block> blocks, String name) {
        if (blocks.isEmpty()) {
            return name;
        }
        StringBuilder full = new StringBuilder();
        for (Block block : blocks) {
            full.append(block.words()).append('/');
        }
        return full.append(name).toString();
    }

    private static String value(String text, String origin, int number) throws Refusal {
        if (text.startsWith("\"")) {
            return quoted(text, origin, number);
        }
        if (text.startsWith("#")) {
            return "";
        }
        for (int i = 1; i < text.length(); i++) {
            if (text.charAt(i) == '#' && (text.charAt(i - 1) == ' ' || text.charAt(i - 1) == '\t')) {
                return text.substring(0, i).strip();
            }
        }
        return text;
    }

    private static String quoted(String text, String origin, int number) throws Refusal {
        StringBuilder value = new StringBuilder();
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                String rest = text.substring(i + 1).strip();
                if (rest.isEmpty() || rest.charAt(0) == '#') {
                    return value.toString();
                }
                break;
            }
            boolean escape = c == '\\' && i + 1 < text.length() && "\"\\".indexOf(text.charAt(i + 1)) >= 0;
            value.append(escape ? text.charAt(++i) : c);
        }
        throw Refusal.configuration(origin + ":" + number + ": a quoted value must end with its second quote");
    }
}
