package dev.twinbox.it;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Random histories of two accounts, made by a real Dovecot; then the same pair is put in step by Dovecot's own dsync and by
 * Twinbox. Both must end the same, or dsync must have broken a promise; Twinbox never may. The classes of differences are in
 * {@code docs/differences-from-dsync.md}. {@code TWINBOX_DIFFERENTIAL} sets how many histories, {@code TWINBOX_SEEDS="4 711"}
 * repeats single ones. Prints one line for each history and mode.
 */
class DifferentialTest {
    private static final int HISTORIES = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_DIFFERENTIAL", "6"));
    private static final boolean SHOW_HISTORIES = System.getenv("TWINBOX_SHOW") != null;
    /** First words of the verdicts that are all right: each is a class of {@code docs/differences-from-dsync.md}. */
    private static final List<String> ACCEPTED =
            List.of("same", "dsync", "other UIDs", "other copies", "kept a deleted mailbox");

    private static final String KEPT = PairJudge.Wrong.DELETED_MAILBOX_KEPT.name();

    /** What is asked for. */
    private enum Mode {
        SYNC("sync"),
        SYNC_FULL("sync", "-f"),
        ONE_WAY("sync", "-1"),
        BACKUP("backup");

        final List<String> words;

        Mode(String... words) {
            this.words = List.of(words);
        }
    }

    @TestFactory
    @Tag("F107")
    @Tag("F108")
    Stream<DynamicTest> endsAsWithDovecotUnlessDovecotBreaksAPromise() {
        return RandomLife.seeds(HISTORIES).stream()
                .map(seed -> DynamicTest.dynamicTest("seed " + seed, () -> compare(seed)));
    }

    private static void compare(long seed) {
        List<String> failures = new ArrayList<>();
        try (Sandbox sandbox = Sandbox.create()) {
            PairHistory history = PairHistory.of(sandbox, seed);
            for (Mode mode : Mode.values()) {
                String verdict;
                try {
                    verdict = new Comparison(sandbox, history, mode).verdict();
                } catch (AssertionError e) {
                    verdict = "FAILED " + e.getMessage();
                }
                System.out.println("differential: seed " + seed + " " + mode + " " + verdict.replace("\n", "\n    "));
                if (SHOW_HISTORIES && !verdict.startsWith("same")) {
                    System.out.println(history.left() + "--\n" + history.right() + String.join("\n", history.steps()));
                }
                if (ACCEPTED.stream().noneMatch(verdict::startsWith)) {
                    failures.add(mode + ": " + verdict);
                }
            }
            if (!failures.isEmpty()) {
                throw new AssertionError("seed " + seed + "\n" + String.join("\n", failures) + "\nleft before:\n"
                        + history.left() + "right before:\n" + history.right() + "history:\n"
                        + String.join("\n", history.steps()));
            }
        }
    }

    /** One mode on copies of the pair. */
    private static final class Comparison {
        private final Twinbox twinbox;
        private final PairHistory history;
        private final Mode mode;
        private final PairHistory.Pair ours;
        private final PairHistory.Pair theirs;

        Comparison(Sandbox sandbox, PairHistory history, Mode mode) {
            this.twinbox = new Twinbox(sandbox);
            this.history = history;
            this.mode = mode;
            this.ours = history.pair().copy("twinbox-" + mode);
            this.theirs = history.pair().copy("dsync-" + mode);
        }

        /** Begins with "same", or with "dsync" when only dsync is to blame; otherwise Twinbox is to blame or nobody. */
        String verdict() {
            Ran dsync = dsync();
            ClientView[] their = theirs.look();
            Ran run = twinbox();
            ClientView[] our = ours.look();
            List<String> wrong = mistakes(our[0], our[1]);
            Ran again = twinbox();
            wrong.addAll(changes(our, ours.look()));
            boolean kept = wrong.removeIf(line -> line.startsWith(KEPT));
            if (run.exit() != 0 || again.exit() != 0 || !wrong.isEmpty()) {
                return "FAILED\n" + String.join("\n", wrong) + "\n" + run + "\n" + again + "\nDSYNC, exit "
                        + dsync.exit() + ":\n" + String.join("\n", mistakes(their[0], their[1]));
            }
            List<String> differences = their[0].differences(our[0]);
            differences.addAll(their[1].differences(our[1]));
            if (differences.isEmpty()) {
                return "same";
            }
            List<String> theirWrong = blame(dsync, their);
            String word = "dsync: " + classes(theirWrong);
            if (theirWrong.isEmpty() && kept) {
                word = "kept a deleted mailbox";
            } else if (theirWrong.isEmpty()) {
                boolean mails = their[0].hasTheSameMails(our[0]) && their[1].hasTheSameMails(our[1]);
                boolean guids = their[0].hasTheSameGuids(our[0]) && their[1].hasTheSameGuids(our[1]);
                word = mails ? "other UIDs" : guids ? "other copies" : "UNEXPLAINED";
            }
            return word + "\n" + String.join("\n", theirWrong) + "\nDIFFERENCES dsync -> twinbox\n"
                    + String.join("\n", differences);
        }

        private static List<String> changes(ClientView[] before, ClientView[] after) {
            List<String> changes = new ArrayList<>();
            for (int i = 0; i < before.length; i++) {
                before[i].differences(after[i]).forEach(line -> changes.add("SECOND_RUN_CHANGES " + line));
            }
            return changes;
        }

        private static String classes(List<String> wrong) {
            SortedSet<String> classes = new TreeSet<>();
            wrong.forEach(line -> classes.add(line.split(" ", 2)[0]));
            return String.join(" ", classes);
        }

        private Ran dsync() {
            List<String> words = new ArrayList<>(mode.words);
            words.add(theirs.right().location());
            return theirs.left().tryDoveadm(words.toArray(String[]::new));
        }

        private Ran twinbox() {
            return switch (mode) {
                case SYNC -> twinbox.sync(ours.left(), ours.right());
                case SYNC_FULL -> twinbox.sync(ours.left(), ours.right(), "-f");
                case ONE_WAY -> twinbox.sync(ours.left(), ours.right(), "-1");
                case BACKUP -> twinbox.backup(ours.left(), ours.right(), "--allow-delete");
            };
        }

        /** Promises of the mode that this end breaks. */
        private List<String> mistakes(ClientView left, ClientView right) {
            List<String> wrong = new ArrayList<>();
            if (mode != Mode.ONE_WAY) {
                left.differences(right).forEach(line -> wrong.add("NOT_EQUAL " + line));
            }
            if (mode == Mode.ONE_WAY || mode == Mode.BACKUP) {
                history.left().differences(left).forEach(line -> wrong.add("SOURCE_CHANGED " + line));
            }
            if (mode != Mode.BACKUP) {
                List<PairJudge.Mistake> mistakes = history.judge().judge(right);
                mistakes.addAll(PairJudge.judgeUids(history.right(), right));
                if (mode != Mode.ONE_WAY) {
                    mistakes.addAll(PairJudge.judgeUids(history.left(), left));
                }
                mistakes.forEach(mistake -> wrong.add(mistake.wrong() + " " + mistake.text()));
            }
            return wrong;
        }

        private List<String> blame(Ran dsync, ClientView[] their) {
            List<String> wrong = mistakes(their[0], their[1]);
            if (dsync.exit() != 0) {
                wrong.add("EXIT_" + dsync.exit() + " " + dsync.err());
            }
            if (wrong.isEmpty()) {
                dsync();
                wrong.addAll(changes(their, theirs.look()));
            }
            return wrong;
        }
    }
}
