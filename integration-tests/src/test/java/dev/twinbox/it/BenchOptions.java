package dev.twinbox.it;

import java.nio.file.Path;
import java.util.List;

/**
 * The options of {@code bin/bench}.
 *
 * @param line how late the line of {@link BenchLine} is in each direction, in milliseconds; -1: other cases are timed
 */
record BenchOptions(
        List<String> accounts,
        double scale,
        int rounds,
        String fsync,
        boolean calls,
        boolean remote,
        boolean formats,
        long line,
        Path out) {
    static BenchOptions parse(List<String> arguments) {
        List<String> accounts = List.of("A", "B");
        double scale = 1;
        int rounds = 3;
        String fsync = "optimized";
        boolean calls = false;
        boolean remote = false;
        boolean formats = false;
        long line = -1;
        Path out = Path.of("bench-out").toAbsolutePath();
        for (int i = 0; i < arguments.size(); i++) {
            String option = arguments.get(i);
            if (option.equals("--calls")) {
                calls = true;
                continue;
            }
            if (option.equals("--remote")) {
                remote = true;
                continue;
            }
            if (option.equals("--formats")) {
                formats = true;
                continue;
            }
            if (++i == arguments.size()) {
                throw new IllegalArgumentException(option + " needs a value, or is unknown");
            }
            String value = arguments.get(i);
            switch (option) {
                case "--accounts" -> accounts = List.of(value.split(","));
                case "--scale" -> scale = Double.parseDouble(value);
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--fsync" -> fsync = value;
                case "--line" -> line = Long.parseLong(value);
                case "--out" -> out = Path.of(value).toAbsolutePath();
                default -> throw new IllegalArgumentException("unknown option: " + option);
            }
        }
        return new BenchOptions(accounts, scale, rounds, fsync, calls, remote, formats, line, out);
    }
}
