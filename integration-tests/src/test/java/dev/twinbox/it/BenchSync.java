package dev.twinbox.it;

import dev.twinbox.it.Stopwatch.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Times two-way runs of Twinbox against {@code doveadm sync}. Each program has a pair of accounts of its own, since a sync
 * changes both; what users do between runs is the same for both pairs.
 */
final class BenchSync {
    private static final String TWINBOX = "twinbox sync";
    private static final String DOVEADM = "doveadm sync";

    private final BenchOptions options;
    private final Sandbox sandbox;
    private final Stopwatch stopwatch;
    private final Twinbox twinbox;
    private final Consumer<String> say;
    private final Map<String, Pair> pairs = new LinkedHashMap<>();

    private record Pair(Account left, Account right) {}

    BenchSync(BenchOptions options, Sandbox sandbox, Stopwatch stopwatch, Twinbox twinbox, Consumer<String> say) {
        this.options = options;
        this.sandbox = sandbox;
        this.stopwatch = stopwatch;
        this.twinbox = twinbox;
        this.say = say;
    }

    void run(BenchAccount shape, Account source) {
        for (String program : List.of(TWINBOX, DOVEADM)) {
            pairs.put(program, made(shape, source, program));
        }
        show("two-way, nothing to do", List.of(), round -> {});
        show("two-way and full (-f), nothing to do", List.of("-f"), round -> {});
        showStateful();
        show(
                "two-way, 1 % changed at either side",
                List.of(), round -> {
                    for (Pair pair : pairs.values()) {
                        Bench.change(pair.left, shape, 100 + round);
                        Bench.change(pair.right, shape, 200 + round);
                    }
                });
        Pair ours = pair(TWINBOX);
        ours.left.view().mustEqual(ours.right.view(), "after the benchmark");
    }

    private Pair pair(String program) {
        return Objects.requireNonNull(pairs.get(program));
    }

    /** Two copies of the source that the program has brought in step. */
    private Pair made(BenchAccount shape, Account source, String program) {
        String name = "s-" + shape.name() + "-" + program.substring(0, program.indexOf(' '));
        Account left = Account.maildir(sandbox, name + "-left");
        Account right = Account.maildir(sandbox, name + "-right");
        for (Account copy : List.of(left, right)) {
            sandbox.shell("cp -a \"$1/.\" \"$2/\"", source.maildir(), copy.maildir());
        }
        Pair pair = new Pair(left, right);
        stopwatch.measure(command(program, pair, List.of()));
        return pair;
    }

    private interface Before {
        void round(int number);
    }

    private void show(String title, List<String> more, Before before) {
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        for (int round = 0; round < options.rounds(); round++) {
            before.round(round);
            for (String program : inTurn(round)) {
                stopwatch.settle();
                Sample sample = stopwatch.measure(command(program, pair(program), more));
                samples.computeIfAbsent(program, p -> new ArrayList<>()).add(sample);
            }
        }
        print(title, samples);
    }

    private void showStateful() {
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        Map<String, String> states = new LinkedHashMap<>();
        pairs.forEach((program, pair) -> states.put(
                program,
                stopwatch
                        .measure(command(program, pair, List.of("-s", "")))
                        .out()
                        .strip()));
        for (int round = 0; round < options.rounds(); round++) {
            for (String program : inTurn(round)) {
                stopwatch.settle();
                Sample sample = stopwatch.measure(
                        command(program, pair(program), List.of("-s", states.getOrDefault(program, ""))));
                samples.computeIfAbsent(program, p -> new ArrayList<>()).add(sample);
            }
        }
        print("two-way and stateful (-s), nothing to do", samples);
    }

    private void print(String title, Map<String, List<Sample>> samples) {
        Map<String, List<Sample>> rows = new LinkedHashMap<>();
        for (String program : List.of(TWINBOX, DOVEADM)) {
            rows.put(program, samples.getOrDefault(program, List.of()));
        }
        BenchTable.lines(title, rows).forEach(say);
    }

    private static List<String> inTurn(int round) {
        return round % 2 == 0 ? List.of(TWINBOX, DOVEADM) : List.of(DOVEADM, TWINBOX);
    }

    private List<String> command(String program, Pair pair, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of("-o", "mail_fsync=" + options.fsync(), "sync"));
        arguments.addAll(more);
        if (program.equals(DOVEADM)) {
            arguments.add(pair.right.location());
            return Bench.doveadm(sandbox, pair.left, arguments.toArray(new String[0]));
        }
        List<String> command = new ArrayList<>(List.of(twinbox.program().toString()));
        command.addAll(arguments);
        command.addAll(List.of("--from", pair.left.location(), pair.right.location()));
        return sandbox.asUserCommand(command);
    }
}
