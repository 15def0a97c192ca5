package dev.twinbox.it;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Twinbox at either end of a run with a real Dovecot, 2.3 and 2.4. Random histories of two accounts are put in step three times: by
 * Dovecot at both ends, by Twinbox calling Dovecot's {@code dsync-server}, and by Dovecot calling Twinbox's. {@code
 * TWINBOX_INTEROP} sets how many histories, {@code TWINBOX_SEEDS="4 711"} repeats single ones. Prints one line for each
 * history, mode and role.
 */
class InteropTest {
    private static final int HISTORIES = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_INTEROP", "2"));

    /** A destination of Dovecot's that has gone its own way is deleted in one run and made in the next. */
    private static final int RUNS_MAX = 3;

    /** Twinbox keeps a mailbox that the other side deleted if mail of its own lies in it (docs/differences-from-dsync.md). */
    private static final String KEPT = PairJudge.Wrong.DELETED_MAILBOX_KEPT.name();

    /** What is asked for. */
    private enum Mode {
        BACKUP("backup"),
        BACKUP_FULL("backup", "-f"),
        BACKUP_REVERSE("backup", "-R"),
        SYNC("sync"),
        SYNC_FULL("sync", "-f"),
        ONE_WAY("sync", "-1"),
        ONE_WAY_REVERSE("sync", "-1", "-R");

        final List<String> words;

        Mode(String... words) {
            this.words = List.of(words);
        }

        boolean mirrors() {
            return words.get(0).equals("backup");
        }

        boolean reverse() {
            return words.contains("-R");
        }

        boolean twoWay() {
            return this == SYNC || this == SYNC_FULL;
        }
    }

    @TestFactory
    @Tag("F175")
    @Tag("F176")
    Stream<DynamicTest> twinboxAndDovecotComeToTheSameAsTwoDovecots() {
        return histories(Sandbox::create);
    }

    @TestFactory
    @Tag("F175")
    @Tag("F176")
    Stream<DynamicTest> twinboxAndDovecot24ComeToTheSameAsTwoDovecots24() {
        return histories(Sandbox::createNewer);
    }

    private static Stream<DynamicTest> histories(Supplier<Sandbox> sandboxes) {
        return RandomLife.seeds(HISTORIES).stream()
                .map(seed -> DynamicTest.dynamicTest("seed " + seed, () -> compare(seed, sandboxes)));
    }

    private static void compare(long seed, Supplier<Sandbox> sandboxes) {
        List<String> failures = new ArrayList<>();
        try (Sandbox sandbox = sandboxes.get()) {
            PairHistory history = PairHistory.of(sandbox, seed);
            for (Mode mode : Mode.values()) {
                Comparison comparison = new Comparison(sandbox, history, mode);
                for (BothEnds.Role role : BothEnds.Role.values()) {
                    String verdict = comparison.verdict(role);
                    System.out.println(
                            "interop: seed " + seed + " " + mode + " " + role + " " + verdict.replace("\n", "\n    "));
                    if (verdict.startsWith("FAILED")) {
                        failures.add(mode + " " + role + ": " + verdict);
                    }
                }
            }
            if (!failures.isEmpty()) {
                throw new AssertionError("seed " + seed + "\n" + String.join("\n", failures) + "\nleft before:\n"
                        + history.left() + "right before:\n" + history.right() + "history:\n"
                        + String.join("\n", history.steps()));
            }
        }
    }

    /** One mode: what two Dovecots come to, and what Twinbox and a Dovecot do. */
    private static final class Comparison {
        private final Twinbox twinbox;
        private final PairHistory history;
        private final Mode mode;
        private final ClientView[] reference;
        private final List<String> referenceWrong;
        private final Ran referenceRun;

        Comparison(Sandbox sandbox, PairHistory history, Mode mode) {
            this.twinbox = new Twinbox(sandbox);
            this.history = history;
            this.mode = mode;
            PairHistory.Pair pair = history.pair().copy("dsync-" + mode);
            this.referenceRun = untilDone(() -> ends(pair).twoDovecots(mode.words));
            this.reference = pair.look();
            this.referenceWrong = mistakes(reference);
        }

        /** Begins with "same", "differs" or "kept" (but all promises are kept), "dsync" (two Dovecots break their promises there, too), or FAILED. */
        String verdict(BothEnds.Role role) {
            PairHistory.Pair pair = history.pair().copy(role + "-" + mode);
            Ran first = untilDone(() -> ends(pair).run(role, mode.words));
            ClientView[] our = pair.look();
            List<String> wrong = mistakes(our);
            Ran again = ends(pair).run(role, mode.words);
            List<String> changes = changes(our, pair.look());
            List<String> differences = reference[0].differences(our[0]);
            differences.addAll(reference[1].differences(our[1]));
            boolean kept = wrong.removeIf(line -> line.startsWith(KEPT));
            boolean failed = first.exit() != 0 || again.exit() != 0 || !wrong.isEmpty() || !changes.isEmpty();
            String details =
                    "\n" + String.join("\n", wrong) + "\n" + String.join("\n", changes) + "\nDIFFERENCES dsync ->"
                            + " ours\n" + String.join("\n", differences) + "\nDSYNC exit " + referenceRun.exit() + " "
                            + String.join("\n", referenceWrong) + "\nTWINBOX exit " + first.exit() + " and "
                            + again.exit() + "\n" + first.err() + again.err();
            if (failed && (referenceRun.exit() != 0 || !referenceWrong.isEmpty())) {
                return "dsync" + details;
            }
            if (failed) {
                return "FAILED" + details + "\n" + first + "\n" + again;
            }
            return differences.isEmpty() ? "same" : (kept ? "kept a deleted mailbox" : "differs") + details;
        }

        private BothEnds ends(PairHistory.Pair pair) {
            return new BothEnds(twinbox, pair.left(), pair.right(), BothEnds.Settings.NONE);
        }

        private interface Once {
            Ran run();
        }

        private static Ran untilDone(Once once) {
            Ran last = once.run();
            for (int i = 1; i < RUNS_MAX && last.exit() != 0; i++) {
                last = once.run();
            }
            return last;
        }

        /** Promises of the mode that are broken. */
        private List<String> mistakes(ClientView[] now) {
            List<String> wrong = new ArrayList<>();
            if (mode.mirrors() || mode.twoWay()) {
                now[0].differences(now[1]).forEach(line -> wrong.add("NOT_EQUAL " + line));
            }
            if (!mode.twoWay()) {
                ClientView source = mode.reverse() ? history.right() : history.left();
                source.differences(now[mode.reverse() ? 1 : 0]).forEach(line -> wrong.add("SOURCE_CHANGED " + line));
            }
            if (!mode.mirrors()) {
                ClientView changed = now[mode.reverse() ? 0 : 1];
                List<PairJudge.Mistake> mistakes = history.judge().judge(changed);
                mistakes.addAll(PairJudge.judgeUids(history.left(), now[0]));
                mistakes.addAll(PairJudge.judgeUids(history.right(), now[1]));
                mistakes.forEach(each -> wrong.add(each.wrong() + " " + each.text()));
            }
            return wrong;
        }

        private static List<String> changes(ClientView[] before, ClientView[] after) {
            List<String> changes = new ArrayList<>();
            for (int i = 0; i < before.length; i++) {
                before[i].differences(after[i]).forEach(line -> changes.add("SECOND_RUN_CHANGES " + line));
            }
            return changes;
        }
    }
}
