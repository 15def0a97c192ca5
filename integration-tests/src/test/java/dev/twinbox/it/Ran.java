package dev.twinbox.it;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** A command that has ended: what it was, what it said, and how it ended. 128 + signal when a signal ended it. */
final class Ran {
    private static final int SHOWN_MAX = 4000;

    private final List<String> command;
    private final int exit;
    private final byte[] out;
    private final String err;

    Ran(List<String> command, int exit, byte[] out, String err) {
        this.command = List.copyOf(command);
        this.exit = exit;
        this.out = out;
        this.err = err;
    }

    int exit() {
        return exit;
    }

    byte[] bytes() {
        return out.clone();
    }

    /** What it wrote to stdout, as UTF-8. */
    String out() {
        return new String(out, StandardCharsets.UTF_8);
    }

    List<String> lines() {
        return out().isEmpty() ? List.of() : Arrays.asList(out().split("\n", -1));
    }

    String err() {
        return err;
    }

    Ran mustEndWith(int expected) {
        Expect.equal(expected, exit, this::toString);
        return this;
    }

    Ran mustEndWithOneOf(Integer... expected) {
        Expect.that(
                Set.of(expected).contains(exit), () -> "exit code not in " + Arrays.toString(expected) + ": " + this);
        return this;
    }

    /** Asserts that stderr has all these words, without regard to case. */
    Ran mustSay(String... words) {
        for (String word : words) {
            Expect.that(
                    err.toLowerCase(java.util.Locale.ROOT).contains(word.toLowerCase(java.util.Locale.ROOT)),
                    () -> "stderr lacks '" + word + "': " + this);
        }
        return this;
    }

    /** Asserts that nothing looks like an accident of the program itself. */
    Ran mustNotCrash() {
        for (String sign : List.of("Exception", "\tat ", "java.lang.", "StackOverflow", "OutOfMemory")) {
            Expect.that(!err.contains(sign), () -> "looks like a crash (" + sign + "): " + this);
        }
        return this;
    }

    @Override
    public String toString() {
        return "$ " + Shell.quoted(command) + "\nexit " + exit + "\nstdout: " + cut(out()) + "\nstderr: " + cut(err);
    }

    private static String cut(String text) {
        return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
    }
}
