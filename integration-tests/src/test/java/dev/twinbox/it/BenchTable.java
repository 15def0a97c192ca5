package dev.twinbox.it;

import dev.twinbox.it.Stopwatch.Sample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

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

    static List<Double> walls(List<Sample> samples) {
        return samples.stream().map(Sample::wall).toList();
    }

    /** A table; the first row is ours, and the others are compared with it. */
    static List<String> lines(String title, Map<String, List<Sample>> rows) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(title);
        lines.add(String.format(
                "  %-18s %24s %26s %8s %8s", "", "wall s (min-max)", "ratio to it (min-max)", "cpu s", "MB"));
        List<Double> ours = List.of();
        for (Map.Entry<String, List<Sample>> row : rows.entrySet()) {
            List<Double> theirs = walls(row.getValue());
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < ours.size(); i++) {
                ratios.add(ours.get(i) / theirs.get(i));
            }
            lines.add(String.format(
                    "  %-18s %24s %26s %8.2f %8d",
                    row.getKey(),
                    line(theirs),
                    ratios.isEmpty() ? "" : line(ratios),
                    median(row.getValue().stream().map(Sample::cpu).toList()),
                    row.getValue().stream().mapToLong(Sample::rssKb).max().orElse(0) / 1024));
            ours = ours.isEmpty() ? theirs : ours;
        }
        return lines;
    }
}
