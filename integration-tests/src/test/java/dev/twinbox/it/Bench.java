package dev.twinbox.it;

import dev.twinbox.it.Stopwatch.Sample;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Times Twinbox against the installed {@code doveadm backup}, its pull ({@code -R}) and {@code cp -a} with a sync, in
 * alternation on the same generated accounts, and then two-way runs ({@link BenchSync}); or runs over a pipe and TCP ({@link
 * BenchRemote}), over a slow line ({@link
 * BenchLine}), or from one format into another ({@link BenchFormats}), instead. Started by {@code bin/bench}, which lists the options.
 *
 * <p>No old tree is deleted before the end of an account: on ext4 that makes creating files slow for seconds, for every
 * program, and would punish whoever comes next.
 */
final class Bench {
    /** A program that can bring the destination up to date with the source. */
    private enum Tool {
        TWINBOX("twinbox"),
        PUSH("doveadm backup"),
        PULL("doveadm backup -R"),
        COPY("cp -a; sync -f");

        private final String label;

        Tool(String label) {
            this.label = label;
        }
    }

    private final BenchOptions options;
    private final Sandbox sandbox;
    private final Twinbox twinbox;
    private final Consumer<String> say;
    private final Stopwatch stopwatch;

    private Bench(BenchOptions options, Sandbox sandbox, Consumer<String> say) {
        this.options = options;
        this.sandbox = sandbox;
        this.twinbox = new Twinbox(sandbox);
        this.say = say;
        this.stopwatch = new Stopwatch(sandbox);
    }

    public static void main(String[] arguments) throws IOException {
        BenchOptions options = BenchOptions.parse(List.of(arguments));
        Files.createDirectories(options.out());
        Path report = options.out().resolve("report.txt");
        try (PrintStream file = new PrintStream(Files.newOutputStream(report), true, StandardCharsets.UTF_8);
                Sandbox sandbox = Sandbox.createIn(options.out())) {
            Bench bench = new Bench(options, sandbox, line -> {
                System.out.println(line);
                file.println(line);
            });
            bench.start();
            for (String name : options.accounts()) {
                bench.account(BenchAccount.byName(name, options.scale()));
            }
        }
        System.out.println("written to " + report);
    }

    private void start() {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < options.rounds() + 1; i++) {
            samples.add(stopwatch.measure(
                    sandbox.asUserCommand(List.of(twinbox.program().toString(), "--version"))));
        }
        say.accept(String.format(
                "bare start of the launcher: %s",
                BenchTable.line(BenchTable.walls(samples.subList(1, samples.size())))));
    }

    private void account(BenchAccount shape) {
        say.accept("");
        say.accept(String.format(
                "Account %s: %,d mails in %d mailboxes, mail_fsync = %s, %d rounds",
                shape.name(), shape.mails(), shape.mailboxes(), options.fsync(), options.rounds()));
        Account source = source(sandbox, shape);
        if (options.line() >= 0) {
            new BenchLine(options, sandbox, stopwatch, twinbox, say).run(shape, source);
            sandbox.shell("rm -rf \"$1\"/d-* \"$1\"/source-*", sandbox.root());
            return;
        }
        if (options.remote()) {
            new BenchRemote(options, sandbox, stopwatch, twinbox, say).run(shape, source);
            sandbox.shell("rm -rf \"$1\"/d-* \"$1\"/source-*", sandbox.root());
            return;
        }
        if (options.formats()) {
            new BenchFormats(options, sandbox, stopwatch, twinbox, say).run(source);
            sandbox.shell("rm -rf \"$1\"/d-* \"$1\"/source-*", sandbox.root());
            return;
        }
        Map<Tool, List<Sample>> first = new LinkedHashMap<>();
        Map<Tool, Account> destinations = new LinkedHashMap<>();
        for (int round = 0; round < options.rounds(); round++) {
            for (Tool tool : turn(Tool.values(), round)) {
                Account fresh = Account.maildir(sandbox, "d-" + shape.name() + "-" + tool.name() + "-" + round);
                destinations.put(tool, fresh);
                stopwatch.settle();
                first.computeIfAbsent(tool, t -> new ArrayList<>())
                        .add(stopwatch.measure(command(tool, source, fresh)));
                complete(sandbox, shape, fresh, tool.label);
            }
        }
        show("first copy, durable on return", first);
        destinations.remove(Tool.COPY);
        show("nothing to do", repeated(source, destinations, round -> {}));
        show("1 % changed", repeated(source, destinations, round -> change(source, shape, round)));
        same(source, destinations);
        new BenchSync(options, sandbox, stopwatch, twinbox, say).run(shape, source);
        if (options.calls()) {
            calls(shape, source);
        }
        sandbox.shell("rm -rf \"$1\"/d-* \"$1\"/s-* \"$1\"/source-*", sandbox.root());
    }

    /** A generated account that Dovecot has looked at. */
    static Account source(Sandbox sandbox, BenchAccount shape) {
        Path home = sandbox.path("source-" + shape.name());
        shape.writeTo(home.resolve("Maildir"));
        sandbox.asMyself("chown", "-R", sandbox.owner(), home.toString()).mustEndWith(0);
        Account source = Account.maildir(sandbox, home.getFileName().toString());
        source.doveadm("mailbox", "status", "all", "*");
        return source;
    }

    private void show(String title, Map<Tool, List<Sample>> samples) {
        Map<String, List<Sample>> rows = new LinkedHashMap<>();
        for (Tool tool : Tool.values()) {
            if (samples.containsKey(tool)) {
                rows.put(tool.label, samples.get(tool));
            }
        }
        BenchTable.lines(title, rows).forEach(say);
    }

    private interface Before {
        void round(int number);
    }

    private Map<Tool, List<Sample>> repeated(Account source, Map<Tool, Account> destinations, Before before) {
        Map<Tool, List<Sample>> samples = new LinkedHashMap<>();
        for (int round = 0; round < options.rounds(); round++) {
            before.round(round);
            for (Tool tool : turn(Tool.values(), round)) {
                Account destination = destinations.get(tool);
                if (destination != null) {
                    stopwatch.settle();
                    Sample sample = stopwatch.measure(command(tool, source, destination));
                    samples.computeIfAbsent(tool, t -> new ArrayList<>()).add(sample);
                }
            }
        }
        return samples;
    }

    /** One mail in a hundred: half of them flagged, a quarter expunged, as many new ones. */
    static void change(Account source, BenchAccount shape, int round) {
        SplittableRandom random = new SplittableRandom(round);
        int changes = Math.max(4, shape.mails() / 100);
        try (ImapSession imap = source.imap()) {
            List<String> boxes = imap.must("LIST \"\" *").stream()
                    .filter(line -> line.startsWith("* LIST") && !line.contains("\\No"))
                    .map(line -> line.replaceFirst(".* \"/\" ", "").replace("\"", ""))
                    .toList();
            int visits = Math.min(boxes.size(), 10);
            for (int visit = 0; visit < visits; visit++) {
                String box = boxes.get(random.nextInt(boxes.size()));
                int mails = imap.select(box);
                for (int i = 0; i < changes / visits / 4 && mails > 8; i++) {
                    int at = 1 + random.nextInt(mails - 4);
                    imap.send("STORE " + at + ":" + (at + 1) + " +FLAGS.SILENT (\\Answered)");
                    imap.send("STORE " + (at + 3) + " +FLAGS.SILENT (\\Deleted)");
                    imap.append(
                            box, "", "06-Jan-2025 08:00:00 +0000", Mails.random(random, round + "-" + visit + "-" + i));
                }
                imap.send("EXPUNGE");
            }
        }
    }

    /** That all mails of a shape are in the Maildirs of an account. */
    static void complete(Sandbox sandbox, BenchAccount shape, Account destination, String label) {
        Ran count = sandbox.asMyself(
                "sh",
                "-c",
                "find \"$1\" -type f -name '*bench*' | wc -l",
                "sh",
                destination.home().toString());
        Expect.equal(String.valueOf(shape.mails()), count.out().strip(), () -> "mails that " + label + " has copied");
    }

    /** A fast tool that does the wrong thing wins nothing. */
    private void same(Account source, Map<Tool, Account> destinations) {
        Account mirrored = destinations.get(Tool.TWINBOX);
        if (mirrored != null) {
            source.view().mustEqual(mirrored.view().mustBeSilent(), "after the benchmark");
            say.accept("Dovecot sees the replica of Twinbox as the source.");
        }
    }

    private void calls(BenchAccount shape, Account source) {
        say.accept("");
        say.accept("system calls of a first copy (strace -f -c): per mail, syncs per mail");
        for (Tool tool : Tool.values()) {
            Account fresh = Account.maildir(sandbox, "d-calls-" + tool.name());
            Path counts = sandbox.file("calls-" + tool.name(), new byte[0]);
            List<String> command = new ArrayList<>(List.of("strace", "-f", "-c", "-o", counts.toString()));
            List<String> full = command(tool, source, fresh);
            Shell.run(
                            sandbox.root(),
                            stopwatch.environment(),
                            new byte[0],
                            sandbox.asUserCommand(concat(command, bare(full))))
                    .mustEndWith(0);
            long all = 0;
            long syncs = 0;
            for (String line : sandbox.asUser("cat", counts.toString()).lines()) {
                String[] cells = line.strip().split(" +");
                if (cells.length >= 5 && cells[0].matches("[0-9.]+") && !line.endsWith("total")) {
                    long count = Long.parseLong(cells[3]);
                    all += count;
                    syncs += cells[cells.length - 1].contains("sync") ? count : 0;
                }
            }
            say.accept(String.format(
                    "  %-18s %8.1f %8.3f", tool.label, (double) all / shape.mails(), (double) syncs / shape.mails()));
        }
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }

    /** The command without what makes it run as the mail user. */
    private List<String> bare(List<String> command) {
        return command.subList(sandbox.asUserCommand(List.of()).size(), command.size());
    }

    private List<String> command(Tool tool, Account source, Account destination) {
        String fsync = "mail_fsync=" + options.fsync();
        return switch (tool) {
            case TWINBOX ->
                sandbox.asUserCommand(List.of(
                        twinbox.program().toString(),
                        "-o",
                        fsync,
                        "backup",
                        "--from",
                        source.location(),
                        destination.location()));
            case PUSH -> at(source, "-o", fsync, "backup", destination.location());
            case PULL -> at(destination, "-o", fsync, "backup", "-R", source.location());
            case COPY ->
                sandbox.asUserCommand(List.of(
                        "sh",
                        "-c",
                        "cp -a \"$1\" \"$2\" && sync -f \"$2\"",
                        "sh",
                        source.maildir().toString(),
                        destination.maildir().toString()));
        };
    }

    /** doveadm takes the home of the mail user from the environment. */
    private List<String> at(Account account, String... arguments) {
        return doveadm(sandbox, account, arguments);
    }

    static List<String> doveadm(Sandbox sandbox, Account account, String... arguments) {
        List<String> command = new ArrayList<>(List.of("env", "HOME=" + account.home()));
        List<String> full = account.doveadmCommand(arguments);
        command.addAll(full.subList(sandbox.asUserCommand(List.of()).size(), full.size()));
        return sandbox.asUserCommand(command);
    }

    /** Who is timed after whom in a round: another one is the first in each. */
    static <T> List<T> turn(T[] all, int round) {
        List<T> turn = new ArrayList<>(List.of(all));
        Collections.rotate(turn, -round);
        return turn;
    }
}
