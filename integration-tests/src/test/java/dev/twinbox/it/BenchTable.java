package dev.twinbox.it;

import java.util.Collections;
import java.util.List;

/** Numbers of several rounds as one cell of a table. */
final class BenchTable {
    private BenchTable() {}

    static double median(List<Double> numbers) {
        List<Double> sorted = numbers.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Median with the smallest and the largest. */
    static String line(List<Double> numbers) {
        return String.format("%.3f (%.3f-%.3f)", median(numbers), Collections.min(numbers), Collections.max(numbers));
    }
}
