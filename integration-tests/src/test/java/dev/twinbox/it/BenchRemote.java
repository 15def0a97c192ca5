package dev.twinbox.it;

import dev.twinbox.it.Stopwatch.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Times first copies between two programs: Twinbox or doveadm at either end, over a pipe and over TCP, pushed ({@code backup}) and
 * pulled ({@code backup -R}), in alternation. Servers are started before the clock and stopped after it; the processor time of a
 * row over TCP is that of the caller alone.
 */
final class BenchRemote {
    private final BenchOptions options;
    private final Sandbox sandbox;
    private final Stopwatch stopwatch;
    private final Twinbox twinbox;
    private final Consumer<String> say;
    private final String fsync;
    private final NetworkPeer.Certificate certificate;
    private int copies;

    /** Who calls whom; the first is the row the others are compared with. */
    private enum Ends {
        TWINBOX_TWINBOX(true, true, "twinbox, twinbox"),
        TWINBOX_DOVECOT(true, false, "twinbox, doveadm"),
        DOVECOT_TWINBOX(false, true, "doveadm, twinbox"),
        DOVECOT_DOVECOT(false, false, "doveadm, doveadm");

        private final boolean twinboxCalls;
        private final boolean twinboxAnswers;
        private final String label;

        Ends(boolean twinboxCalls, boolean twinboxAnswers, String label) {
            this.twinboxCalls = twinboxCalls;
            this.twinboxAnswers = twinboxAnswers;
            this.label = label;
        }
    }

    BenchRemote(BenchOptions options, Sandbox sandbox, Stopwatch stopwatch, Twinbox twinbox, Consumer<String> say) {
        this.options = options;
        this.sandbox = sandbox;
        this.stopwatch = stopwatch;
        this.twinbox = twinbox;
        this.say = say;
        this.fsync = "mail_fsync=" + options.fsync();
        this.certificate = NetworkPeer.Certificate.make(sandbox, twinbox, "bench");
    }

    void run(BenchAccount shape, Account source) {
        for (boolean network : new boolean[] {false, true}) {
            for (boolean pull : new boolean[] {false, true}) {
                Map<Ends, List<Sample>> samples = new LinkedHashMap<>();
                for (int round = 0; round < options.rounds(); round++) {
                    for (Ends ends : Bench.turn(Ends.values(), round)) {
                        samples.computeIfAbsent(ends, e -> new ArrayList<>())
                                .add(copied(shape, source, ends, network, pull));
                    }
                }
                Map<String, List<Sample>> rows = new LinkedHashMap<>();
                for (Ends ends : Ends.values()) {
                    rows.put(ends.label, samples.getOrDefault(ends, List.of()));
                }
                String title = "first copy, " + (pull ? "pulled" : "pushed") + (network ? " over TCP" : " over a pipe");
                BenchTable.lines(title, rows).forEach(say);
            }
        }
    }

    private Sample copied(BenchAccount shape, Account source, Ends ends, boolean network, boolean pull) {
        Account fresh = Account.maildir(sandbox, "d-remote-" + ++copies);
        Account caller = pull ? fresh : source;
        Account called = pull ? source : fresh;
        Sample sample;
        if (network) {
            try (NetworkPeer peer = ends.twinboxAnswers
                    ? NetworkPeer.twinbox(twinbox, called, certificate, List.of("-o", fsync))
                    : NetworkPeer.dovecot(called, certificate, List.of(fsync))) {
                sample = timed(caller, ends, pull, List.of(peer.plain()));
            }
        } else if (ends.twinboxAnswers) {
            sample = timed(
                    caller,
                    ends,
                    pull,
                    twinbox.nestedCommand(
                            "-O", "-o", "mail_location=" + called.location(), "-o", fsync, "dsync-server"));
        } else {
            sample = timed(caller, ends, pull, called.nestedDoveadmCommand("-o", fsync, "dsync-server"));
        }
        Ran count = sandbox.asMyself(
                "sh",
                "-c",
                "find \"$1\" -type f -name '*bench*' | wc -l",
                "sh",
                fresh.home().toString());
        Expect.equal(String.valueOf(shape.mails()), count.out().strip(), () -> ends.label);
        return sample;
    }

    private Sample timed(Account caller, Ends ends, boolean pull, List<String> other) {
        List<String> words = new ArrayList<>(List.of("-o", fsync, "-o", "doveadm_password=" + NetworkPeer.PASSWORD));
        if (ends.twinboxCalls) {
            words.addAll(0, List.of(twinbox.program().toString(), "-O"));
            words.addAll(List.of("-o", "mail_location=" + caller.location(), "-o", "mail_home=" + caller.home()));
        }
        words.addAll(List.of("backup", "-u", "user"));
        if (!ends.twinboxCalls) {
            words.subList(words.size() - 2, words.size()).clear();
        }
        if (pull) {
            words.add("-R");
        }
        words.addAll(other);
        stopwatch.settle();
        return stopwatch.measure(
                ends.twinboxCalls
                        ? sandbox.asUserCommand(words)
                        : Bench.doveadm(sandbox, caller, words.toArray(String[]::new)));
    }
}
