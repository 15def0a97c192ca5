package dev.twinbox.it;

import dev.twinbox.it.Stopwatch.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Times first copies from one format into another: Twinbox against {@code doveadm backup} and its pull ({@code -R}), in
 * alternation. Not mboxes.
 */
final class BenchFormats {
    private static final String MAILDIR = "maildir:~/Maildir";

    private final BenchOptions options;
    private final Sandbox sandbox;
    private final Stopwatch stopwatch;
    private final Twinbox twinbox;
    private final Consumer<String> say;
    private int copies;

    /** A program that copies; the first is the row the others are compared with. */
    private enum Tool {
        TWINBOX("twinbox"),
        PUSH("doveadm backup"),
        PULL("doveadm backup -R");

        private final String label;

        Tool(String label) {
            this.label = label;
        }
    }

    BenchFormats(BenchOptions options, Sandbox sandbox, Stopwatch stopwatch, Twinbox twinbox, Consumer<String> say) {
        this.options = options;
        this.sandbox = sandbox;
        this.stopwatch = stopwatch;
        this.twinbox = twinbox;
        this.say = say;
    }

    void run(Account source) {
        for (String format : List.of("mdbox:~/mdbox", "sdbox:~/sdbox")) {
            Account there = show(source, format);
            show(there, MAILDIR);
        }
    }

    /** Times copies into a format; returns one that doveadm made. */
    private Account show(Account source, String format) {
        Map<Tool, List<Sample>> samples = new LinkedHashMap<>();
        Account last = source;
        for (int round = 0; round < options.rounds(); round++) {
            for (Tool tool : Bench.turn(Tool.values(), round)) {
                Account fresh = Account.at(sandbox, "d-format-" + ++copies, format);
                stopwatch.settle();
                samples.computeIfAbsent(tool, t -> new ArrayList<>())
                        .add(stopwatch.measure(command(tool, source, fresh)));
                Expect.equal(mails(source), mails(fresh), () -> "mails that " + tool.label + " has copied");
                last = tool == Tool.PULL ? fresh : last;
            }
        }
        Map<String, List<Sample>> rows = new LinkedHashMap<>();
        for (Tool tool : Tool.values()) {
            rows.put(tool.label, samples.getOrDefault(tool, List.of()));
        }
        BenchTable.lines("first copy, " + driver(source.location()) + " to " + driver(format), rows)
                .forEach(say);
        return last;
    }

    private static String driver(String location) {
        return location.substring(0, location.indexOf(':'));
    }

    /** How many mails Dovecot sees in each mailbox that has any; parents are mailboxes to some formats and folders to others. */
    private static List<String> mails(Account account) {
        return account.doveadm("mailbox", "status", "messages", "*").lines().stream()
                .filter(line -> !line.isEmpty() && !line.endsWith("messages=0"))
                .sorted()
                .toList();
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
            case PUSH -> Bench.doveadm(sandbox, source, "-o", fsync, "backup", destination.location());
            case PULL -> Bench.doveadm(sandbox, destination, "-o", fsync, "backup", "-R", source.location());
        };
    }
}
