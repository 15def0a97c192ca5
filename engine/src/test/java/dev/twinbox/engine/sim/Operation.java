package dev.twinbox.engine.sim;

import java.util.List;
import java.util.Locale;

/**
 * One line of a history. Mails and folders have names of their own ({@code m1}, {@code Work/Sub}), and what cannot be done
 * is left out, so that any part of a history is a history.
 *
 * <pre>
 * left: deliver m1 INBOX           a new mail; the same name at both sides is the same mail
 * left: flag m1 INBOX \Seen        sets a flag, or a keyword if there is no backslash
 * left: clear m1 INBOX work        takes it away
 * left: expunge m1 INBOX
 * left: move m1 INBOX Work
 * left: copy m1 INBOX Work
 * left: create Work
 * left: rename Work Job
 * left: delete Work
 * left: subscribe Work
 * left: unsubscribe Work
 * left: clock -86400               that side's wall clock is set, seconds
 * clock 5                          time passes for both, seconds
 * left@3: deliver m2 INBOX         the same, but during the next sync, when that side says its third item
 * left@3: cut                      the link breaks there
 * sync                             also: sync full, sync capacity 1, sync full capacity 1
 * </pre>
 */
public sealed interface Operation {
    /** Whose account. */
    enum Side {
        /** The initiator's, unless the sides are swapped. */
        LEFT,
        RIGHT;

        /** The other one. */
        public Side other() {
            return this == LEFT ? RIGHT : LEFT;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Something that happens at one side. */
    sealed interface At extends Operation {
        /** At which. */
        Side side();

        /** The line without the side. */
        String action();

        @Override
        default String line() {
            return side() + ": " + action();
        }
    }

    /** The line of the scenario language. */
    String line();

    /** A new mail. */
    record Deliver(Side side, String mail, String folder) implements At {
        @Override
        public String action() {
            return "deliver " + mail + " " + folder;
        }
    }

    /** Sets or takes away a flag, which begins with a backslash, or a keyword. */
    record Mark(Side side, String mail, String folder, String word, boolean on) implements At {
        @Override
        public String action() {
            return (on ? "flag " : "clear ") + mail + " " + folder + " " + word;
        }
    }

    /** Takes a mail away. */
    record Expunge(Side side, String mail, String folder) implements At {
        @Override
        public String action() {
            return "expunge " + mail + " " + folder;
        }
    }

    /** Copies a mail, or moves it. */
    record Transfer(Side side, String mail, String folder, String to, boolean move) implements At {
        @Override
        public String action() {
            return (move ? "move " : "copy ") + mail + " " + folder + " " + to;
        }
    }

    /** Makes a mailbox. */
    record Create(Side side, String folder) implements At {
        @Override
        public String action() {
            return "create " + folder;
        }
    }

    /** Renames a mailbox and what is below it. */
    record Rename(Side side, String folder, String to) implements At {
        @Override
        public String action() {
            return "rename " + folder + " " + to;
        }
    }

    /** Deletes a mailbox, not what is below it. */
    record Delete(Side side, String folder) implements At {
        @Override
        public String action() {
            return "delete " + folder;
        }
    }

    /** Subscribes a name, or the opposite. */
    record Subscribe(Side side, String folder, boolean on) implements At {
        @Override
        public String action() {
            return (on ? "subscribe " : "unsubscribe ") + folder;
        }
    }

    /** Somebody sets a side's wall clock. */
    record Skew(Side side, long seconds) implements At {
        @Override
        public String action() {
            return "clock " + seconds;
        }
    }

    /** Something happens during the next sync, just before that side says its n-th item, counted from 1. */
    record During(At what, int item) implements Operation {
        @Override
        public String line() {
            return what.side() + "@" + item + ": " + what.action();
        }
    }

    /** The link breaks; of use within {@link During} only. */
    record Cut(Side side) implements At {
        @Override
        public String action() {
            return "cut";
        }
    }

    /** Time passes. */
    record Tick(long seconds) implements Operation {
        @Override
        public String line() {
            return "clock " + seconds;
        }
    }

    /**
     * The sides are merged.
     *
     * @param capacity how many items can be on their way; 0 for the usual number
     */
    record Sync(boolean full, int capacity) implements Operation {
        @Override
        public String line() {
            return "sync" + (full ? " full" : "") + (capacity > 0 ? " capacity " + capacity : "");
        }
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Operation parse(String line) {
        try {
            int colon = line.indexOf(": ");
            if (colon < 0) {
                return common(List.of(line.trim().split(" +")));
            }
            String[] who = line.substring(0, colon).trim().split("@");
            Side side = Side.valueOf(who[0].toUpperCase(Locale.ROOT));
            At what = action(side, List.of(line.substring(colon + 2).trim().split(" +")));
            return who.length == 1 ? what : new During(what, Integer.parseInt(who[1]));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IllegalArgumentException("no line of a history: " + line, e);
        }
    }

    private static Operation common(List<String> words) {
        if (words.get(0).equals("clock")) {
            return new Tick(Long.parseLong(words.get(1)));
        }
        if (!words.get(0).equals("sync")) {
            throw new IllegalArgumentException(words.get(0));
        }
        int capacity = words.indexOf("capacity");
        return new Sync(words.contains("full"), capacity < 0 ? 0 : Integer.parseInt(words.get(capacity + 1)));
    }

    private static At action(Side side, List<String> words) {
        String verb = words.get(0);
        return switch (verb) {
            case "deliver" -> new Deliver(side, words.get(1), words.get(2));
            case "flag", "clear" -> new Mark(side, words.get(1), words.get(2), words.get(3), verb.equals("flag"));
            case "expunge" -> new Expunge(side, words.get(1), words.get(2));
            case "move", "copy" -> new Transfer(side, words.get(1), words.get(2), words.get(3), verb.equals("move"));
            case "create" -> new Create(side, words.get(1));
            case "rename" -> new Rename(side, words.get(1), words.get(2));
            case "delete" -> new Delete(side, words.get(1));
            case "subscribe", "unsubscribe" -> new Subscribe(side, words.get(1), verb.equals("subscribe"));
            case "clock" -> new Skew(side, Long.parseLong(words.get(1)));
            case "cut" -> new Cut(side);
            default -> throw new IllegalArgumentException(verb);
        };
    }
}
