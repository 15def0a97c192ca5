package dev.twinbox.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Each mode, full, by numbers and from a state, over TCP and over TLS, with a real Dovecot 2.3 and 2.4 at the other end, which is once
 * called and once calls. After each run both ends are equal, and a second one changes nothing. {@code TWINBOX_SEED} sets the
 * history; without {@code TWINBOX_ALL=1} one kind of run is played of each mode.
 */
class InteropNetworkModesTest {
    private static final long SEED = Long.parseLong(System.getenv().getOrDefault("TWINBOX_SEED", "411"));
    private static final int CHANGES = 3;
    private static final boolean ALL = "1".equals(System.getenv("TWINBOX_ALL"));

    private enum Mode {
        BACKUP("backup"),
        BACKUP_REVERSE("backup", "-R"),
        SYNC("sync"),
        ONE_WAY("sync", "-1"),
        ONE_WAY_REVERSE("sync", "-1", "-R");

        private final List<String> words;

        Mode(String... words) {
            this.words = List.of(words);
        }

        boolean pulls() {
            return words.contains("-R");
        }
    }

    /** By what a run knows which mailboxes to look at. */
    private enum Kind {
        STATE,
        NUMBERS,
        FULL
    }

    @TestFactory
    @Tag("F173")
    @Tag("F174")
    Stream<DynamicTest> dovecot23() {
        return each(Sandbox::create);
    }

    @TestFactory
    @Tag("F173")
    @Tag("F174")
    Stream<DynamicTest> dovecot24() {
        return each(Sandbox::createNewer);
    }

    private static Stream<DynamicTest> each(Supplier<Sandbox> sandboxes) {
        return Arrays.stream(Mode.values())
                .flatMap(mode -> Stream.of(
                        DynamicTest.dynamicTest(
                                mode + ", Twinbox begins", () -> new Play(sandboxes.get(), mode, true).run()),
                        DynamicTest.dynamicTest(
                                mode + ", Dovecot begins", () -> new Play(sandboxes.get(), mode, false).run())));
    }

    /** One mode with one end that begins. */
    private static final class Play {
        private final Sandbox sandbox;
        private final Mode mode;
        private final boolean twinboxBegins;
        private final Account left;
        private final Account right;
        private final List<String> history = new ArrayList<>();

        Play(Sandbox sandbox, Mode mode, boolean twinboxBegins) {
            this.sandbox = sandbox;
            this.mode = mode;
            this.twinboxBegins = twinboxBegins;
            this.left = Account.maildir(sandbox, "left");
            this.right = Account.maildir(sandbox, "right");
        }

        void run() {
            try (sandbox) {
                Twinbox twinbox = new Twinbox(sandbox);
                var certificate = NetworkPeer.Certificate.make(sandbox, twinbox, "good");
                Account source = mode.pulls() ? right : left;
                PairLife life = new PairLife(new SplittableRandom(SEED), mode.pulls() ? "right" : "left", history);
                life.begin(source);
                try (NetworkPeer peer = twinboxBegins
                        ? NetworkPeer.dovecot(right, certificate)
                        : NetworkPeer.twinbox(twinbox, right, certificate)) {
                    InteropNetworkTest.Caller caller = twinboxBegins
                            ? (user, settings, words) ->
                                    InteropNetworkTest.twinbox(twinbox, left, user, settings, words)
                            : (user, settings, words) -> InteropNetworkTest.doveadm(left, user, settings, words);
                    List<String> trusting = InteropNetworkTest.trusting(certificate);
                    once(caller, trusting, Kind.FULL, peer.plain(), "");
                    for (Kind kind : kinds()) {
                        for (String way : List.of(peer.plain(), peer.encrypted())) {
                            String state = kind == Kind.STATE
                                    ? once(caller, trusting, kind, way, "")
                                            .out()
                                            .strip()
                                    : "";
                            life.changeMails(source, CHANGES);
                            once(caller, trusting, kind, way, state);
                            mustBeEqual(kind + " over " + way);
                            ClientView before = ClientView.take(right);
                            once(caller, trusting, kind, way, "");
                            Expect.equal(
                                    List.of(),
                                    before.differences(ClientView.take(right)),
                                    () -> "a second run, " + kind + "\n" + String.join("\n", history));
                        }
                    }
                    if (twinboxBegins) {
                        Expect.equal(List.of(), NetworkPeer.complaints(right), () -> "the server's log");
                    }
                }
            }
        }

        private List<Kind> kinds() {
            // A Dovecot that pulls from a state gets nothing new, from whomever.
            List<Kind> all = mode.pulls() && !twinboxBegins
                    ? List.of(Kind.NUMBERS, Kind.FULL)
                    : List.of(Kind.STATE, Kind.NUMBERS, Kind.FULL);
            return ALL ? all : all.subList(0, 1);
        }

        private Ran once(InteropNetworkTest.Caller caller, List<String> trusting, Kind kind, String way, String state) {
            List<String> words = new ArrayList<>(mode.words);
            if (kind == Kind.FULL) {
                words.add("-f");
            }
            if (kind == Kind.STATE) {
                words.addAll(List.of("-s", state));
            }
            words.add(way);
            history.add(String.join(" ", words));
            Ran ran = caller.call("user", trusting, words.toArray(String[]::new));
            Expect.equal(0, ran.exit(), () -> ran + "\n" + String.join("\n", history));
            return ran;
        }

        private void mustBeEqual(String after) {
            List<String> differences = ClientView.take(left).differences(ClientView.take(right));
            Expect.equal(List.of(), differences, () -> after + "\n" + String.join("\n", history));
        }
    }
}
