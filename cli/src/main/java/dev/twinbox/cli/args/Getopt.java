package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads options as getopt_long(3) does with a leading {@code +}: it stops at the first word that is no option. Short
 * options may be grouped ({@code -fR}), an argument may follow at once ({@code -uuser}, {@code --long=value}) or as the
 * next word, whatever that looks like ({@code -O -1}). {@code --} ends the options, {@code -} is a word. Long names are
 * not abbreviated: a script must not change its meaning when an option is added. Not safe for use by several threads.
 */
final class Getopt<O extends OptionSpec> {
    private final List<O> options;
    private final List<String> words;
    private final String command;
    private int index;
    private boolean ended;
    private String group = "";
    private int groupAt;
    private @Nullable O option;
    private String argument = "";
    private String spelling = "";

    /**
     * @param command the command the options belong to, for messages; empty for the program itself
     * @param start the first word to look at
     */
    Getopt(String command, List<O> options, List<String> words, int start) {
        this.command = command;
        this.options = options;
        this.words = words;
        this.index = start;
    }

    /**
     * Goes to the next option.
     *
     * @return false if there is none; {@link #index} then says where the other words begin
     * @throws Refusal if an option is unknown, lacks its argument or has one it does not take
     */
    boolean next() throws Refusal {
        if (groupAt < group.length()) {
            return nextOfGroup();
        }
        if (ended || index >= words.size()) {
            return false;
        }
        String word = words.get(index);
        if (word.length() < 2 || word.charAt(0) != '-') {
            return false;
        }
        index++;
        if (word.equals("--")) {
            ended = true;
            return false;
        }
        if (word.charAt(1) == '-') {
            return takeLong(word);
        }
        group = word;
        groupAt = 1;
        return nextOfGroup();
    }

    /** The option {@link #next} went to. */
    O option() {
        if (option == null) {
            throw new IllegalStateException("no option read yet");
        }
        return option;
    }

    /** Its argument; empty if it takes none. */
    String argument() {
        return argument;
    }

    /** The option as it was written, for messages. */
    String spelling() {
        return spelling;
    }

    /** The first word not yet read. */
    int index() {
        return index;
    }

    private boolean nextOfGroup() throws Refusal {
        char letter = group.charAt(groupAt++);
        spelling = "-" + letter;
        O found = null;
        for (O candidate : options) {
            if (candidate.letter() == letter && letter != OptionSpec.NO_LETTER) {
                found = candidate;
                break;
            }
        }
        if (found == null) {
            throw refuse("unknown option " + spelling);
        }
        option = found;
        argument = "";
        if (found.takesArgument()) {
            argument = groupAt < group.length() ? group.substring(groupAt) : nextWord();
            groupAt = group.length();
        }
        return true;
    }

    private boolean takeLong(String word) throws Refusal {
        int equals = word.indexOf('=');
        spelling = equals < 0 ? word : word.substring(0, equals);
        O found = null;
        for (O candidate : options) {
            String name = candidate.longName();
            if (!name.isEmpty() && name.length() == spelling.length() - 2 && spelling.endsWith(name)) {
                found = candidate;
                break;
            }
        }
        if (found == null) {
            throw refuse("unknown option " + spelling);
        }
        if (equals >= 0 && !found.takesArgument()) {
            throw refuse("option " + spelling + " takes no argument");
        }
        option = found;
        argument = "";
        if (found.takesArgument()) {
            argument = equals >= 0 ? word.substring(equals + 1) : nextWord();
        }
        return true;
    }

    private String nextWord() throws Refusal {
        if (index >= words.size()) {
            throw refuse("option " + spelling + " needs an argument");
        }
        return words.get(index++);
    }

    private Refusal refuse(String what) {
        return Refusal.usage((command.isEmpty() ? "" : command + ": ") + what + " (see twinbox help"
                + (command.isEmpty() ? "" : " " + command) + ")");
    }
}
