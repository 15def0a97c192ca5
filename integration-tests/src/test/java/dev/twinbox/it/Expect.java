package dev.twinbox.it;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Expectations of the instruments, which also work outside of a test framework: the benchmark uses them. */
final class Expect {
    private Expect() {}

    static void that(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }

    static void equal(@Nullable Object expected, @Nullable Object actual, Supplier<String> what) {
        that(Objects.equals(expected, actual), () -> what.get() + "\nexpected: " + expected + "\nbut was:  " + actual);
    }

    static AssertionError failure(String message) {
        return new AssertionError(message);
    }
}
