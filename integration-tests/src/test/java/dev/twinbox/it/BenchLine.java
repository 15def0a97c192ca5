package dev.twinbox.it;

import dev.twinbox.it.Stopwatch.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Times runs between two programs over a line that is late by some milliseconds in each direction ({@link Relay}): a first copy,
 * and a run with nothing to do over many mailboxes. Both ends are started for the run, as over ssh. Then a first copy without
 * delay over TLS to a server that runs already, against a local {@code doveadm backup}.
 */
final class BenchLine {
    /** Many mailboxes, few mails in each. */
    private static final int MAILBOXES = 500;

    private static final int MAILS_EACH = 4;

    /** {@code utime} and {@code stime} in {@code /proc/PID/stat}, counted from behind the name, and what a second is there. */
    private static final int UTIME = 11;

    private static final double TICKS = 100;

    private final BenchOptions options;
    private final Sandbox sandbox;
    private final Stopwatch stopwatch;
    private final Twinbox twinbox;
    private final Consumer<String> say;
    private final String fsync;
    private int copies;

    /** Who speaks what; the first is the row the others are compared with. */
    private enum Ends {
        TWIN("twinbox"),
        DSYNC("twinbox in dsync"),
        DOVEADM("doveadm");

        private final String label;

        Ends(String label) {
            this.label = label;
        }
    }

    /** What both ends took. */
    private record Both(Sample caller, Sample called) {}

    BenchLine(BenchOptions options, Sandbox sandbox, Stopwatch stopwatch, Twinbox twinbox, Consumer<String> say) {
        this.options = options;
        this.sandbox = sandbox;
        this.stopwatch = stopwatch;
        this.twinbox = twinbox;
        this.say = say;
        this.fsync = "mail_fsync=" + options.fsync();
    }

    void run(BenchAccount shape, Account source) {
        String line = ", over a line " + options.line() + " ms late each way";
        Map<Ends, Account> none = Map.of();
        show("first copy, " + shape.mailboxes() + " mailboxes" + line, alternated(shape, source, none));
        BenchAccount wide = new BenchAccount(
                "W", shape.mails(), manyMailboxes(), shape.median(), shape.sigma(), shape.attachments());
        show(
                "first copy, " + wide.mailboxes() + " mailboxes" + line,
                alternated(wide, Bench.source(sandbox, wide), none));
        idle(line);
        tls(shape, source);
    }

    private int manyMailboxes() {
        return Math.max(2, (int) (MAILBOXES * Math.min(1, options.scale())));
    }

    /** Over many mailboxes. Each destination was made by the program that is timed. */
    private void idle(String line) {
        int mailboxes = manyMailboxes();
        BenchAccount shape = new BenchAccount("M", mailboxes * MAILS_EACH, mailboxes, 1_000, 0.3, 0);
        Account source = Bench.source(sandbox, shape);
        Map<Ends, Account> copied = new LinkedHashMap<>();
        for (Ends ends : Ends.values()) {
            Account destination = fresh();
            copied.put(ends, destination);
            if (ends == Ends.DOVEADM) {
                source.doveadm("backup", destination.location());
            } else {
                twinbox.backup(source, destination).mustEndWith(0);
            }
        }
        show("nothing to do, " + mailboxes + " mailboxes" + line, alternated(shape, source, copied));
    }

    private Account fresh() {
        return Account.maildir(sandbox, "d-line-" + ++copies);
    }

    private Map<Ends, List<Both>> alternated(BenchAccount shape, Account source, Map<Ends, Account> copied) {
        Map<Ends, List<Both>> samples = new LinkedHashMap<>();
        for (int round = 0; round < options.rounds(); round++) {
            for (Ends ends : Bench.turn(Ends.values(), round)) {
                Account known = copied.get(ends);
                Account destination = known != null ? known : fresh();
                samples.computeIfAbsent(ends, e -> new ArrayList<>()).add(timed(source, destination, ends));
                Bench.complete(sandbox, shape, destination, ends.label);
            }
        }
        return samples;
    }

    private Both timed(Account source, Account destination, Ends ends) {
        Path took = sandbox.path("d-took-" + ++copies);
        List<String> other = new ArrayList<>(Stopwatch.TIMED);
        other.addAll(List.of("-o", took.toString()));
        other.addAll(
                ends == Ends.DOVEADM
                        ? destination.nestedDoveadmCommand("-o", fsync, "dsync-server")
                        : twinbox.nestedCommand(
                                "-O", "-o", "mail_location=" + destination.location(), "-o", fsync, "dsync-server"));
        BlockingQueue<Process> started = new LinkedBlockingQueue<>();
        try (Relay relay = Relay.toProgram(
                () -> {
                    Process process =
                            Shell.start(sandbox.root(), stopwatch.environment(), sandbox.asUserCommand(other));
                    started.add(process);
                    return process;
                },
                options.line())) {
            stopwatch.settle();
            Sample caller = stopwatch.measure(caller(source, ends, relay.command()));
            return new Both(caller, called(started.remove(), took));
        }
    }

    private List<String> caller(Account source, Ends ends, List<String> other) {
        List<String> words = new ArrayList<>();
        if (ends == Ends.DOVEADM) {
            words.addAll(List.of("-o", fsync, "backup"));
            words.addAll(other);
            return Bench.doveadm(sandbox, source, words.toArray(String[]::new));
        }
        words.addAll(List.of(twinbox.program().toString(), "-O", "-o", "mail_location=" + source.location()));
        words.addAll(List.of("-o", fsync, "backup"));
        if (ends == Ends.DSYNC) {
            words.addAll(List.of("--protocol", "dsync"));
        }
        words.addAll(other);
        return sandbox.asUserCommand(words);
    }

    private static Sample called(Process process, Path took) {
        try {
            process.waitFor();
            return Stopwatch.sample(0, Files.readString(took), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void show(String title, Map<Ends, List<Both>> samples) {
        Map<String, List<Sample>> rows = new LinkedHashMap<>();
        for (Ends ends : Ends.values()) {
            rows.put(ends.label, both(samples, ends).stream().map(Both::caller).toList());
        }
        BenchTable.lines(title, rows).forEach(say);
        for (Ends ends : Ends.values()) {
            others(ends.label, both(samples, ends).stream().map(Both::called).toList());
        }
    }

    private static List<Both> both(Map<Ends, List<Both>> samples, Ends ends) {
        return samples.getOrDefault(ends, List.of());
    }

    /** What the end took that was called. */
    private void others(String label, List<Sample> samples) {
        say.accept(String.format(
                "  %-70s %8.2f %8d",
                "the other end of " + label,
                BenchTable.median(samples.stream().map(Sample::cpu).toList()),
                samples.stream().mapToLong(Sample::rssKb).max().orElse(0) / 1024));
    }

    private void tls(BenchAccount shape, Account source) {
        NetworkPeer.Certificate certificate = NetworkPeer.Certificate.make(sandbox, twinbox, "line");
        List<Sample> callers = new ArrayList<>();
        List<Sample> locals = new ArrayList<>();
        List<Sample> servers = new ArrayList<>();
        for (int round = 0; round < options.rounds(); round++) {
            Account overTls = fresh();
            try (NetworkPeer peer = NetworkPeer.twinbox(twinbox, overTls, certificate, List.of("-o", fsync))) {
                List<String> words = new ArrayList<>(List.of(twinbox.program().toString(), "-O", "-o", fsync));
                words.addAll(List.of("-o", "mail_location=" + source.location(), "-o", "mail_home=" + source.home()));
                words.addAll(List.of("-o", "doveadm_password=" + NetworkPeer.PASSWORD));
                words.addAll(List.of("-o", "twinbox_fingerprint=" + certificate.fingerprint()));
                words.addAll(List.of("backup", "-u", "user", "--protocol", "twinbox", peer.encrypted()));
                stopwatch.settle();
                callers.add(stopwatch.measure(sandbox.asUserCommand(words)));
                servers.add(ofProcess(peer.encryptedPid()));
            }
            Bench.complete(sandbox, shape, overTls, "TLS");
            Account local = fresh();
            stopwatch.settle();
            locals.add(stopwatch.measure(Bench.doveadm(sandbox, source, "-o", fsync, "backup", local.location())));
        }
        Map<String, List<Sample>> rows = new LinkedHashMap<>();
        rows.put("twinbox over TLS", callers);
        rows.put("doveadm, local", locals);
        BenchTable.lines("first copy, without delay", rows).forEach(say);
        others("twinbox over TLS", servers);
    }

    /** Of a process that still runs. */
    private static Sample ofProcess(long pid) {
        try {
            Path proc = Path.of("/proc", Long.toString(pid));
            String stat = Files.readString(proc.resolve("stat"));
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            double cpu = (Long.parseLong(words[UTIME]) + Long.parseLong(words[UTIME + 1])) / TICKS;
            long rss = Files.readString(proc.resolve("status"))
                    .lines()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
            return new Sample(0, cpu, rss, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
