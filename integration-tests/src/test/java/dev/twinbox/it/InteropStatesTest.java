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
 * Runs from a state ({@code -s}) between Twinbox and a real Dovecot, 2.3 and 2.4, over a pipe. Now the one begins and now the
 * other, always at the left account, each from the state that the other has printed. {@code TWINBOX_STATES} sets how many
 * states each of them gets from the other.
 */
class InteropStatesTest {
    private static final int STATES = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_STATES", "3"));
    private static final long SEED = 203;
    private static final int CHANGES_MAX = 4;
    private static final String STATE = "[A-Za-z0-9+/]{80,}=*\n";

    /** What is asked for. Dovecot's {@code -s} lets a run see only what changed at the side of the one who begins. */
    private enum Mode {
        SYNC("sync"),
        ONE_WAY("sync", "-1"),
        /** Twinbox's own backup has no states: only Dovecot begins. */
        BACKUP("backup");

        final List<String> words;

        Mode(String... words) {
            this.words = List.of(words);
        }

        List<BothEnds.Role> roles() {
            return this == BACKUP ? List.of(BothEnds.Role.DOVECOT_BEGINS) : List.of(BothEnds.Role.values());
        }
    }

    @TestFactory
    @Tag("F124")
    Stream<DynamicTest> twinboxAndDovecotGoOnFromEachOthersStatesOverAPipe() {
        return each(Sandbox::create);
    }

    @TestFactory
    @Tag("F124")
    Stream<DynamicTest> twinboxAndDovecot24GoOnFromEachOthersStatesOverAPipe() {
        return each(Sandbox::createNewer);
    }

    private static Stream<DynamicTest> each(Supplier<Sandbox> sandboxes) {
        return Arrays.stream(Mode.values())
                .map(mode -> DynamicTest.dynamicTest(mode.name(), () -> goOn(sandboxes, mode)));
    }

    private static void goOn(Supplier<Sandbox> sandboxes, Mode mode) {
        try (Sandbox sandbox = sandboxes.get()) {
            SplittableRandom random = new SplittableRandom(SEED);
            List<String> history = new ArrayList<>();
            Account left = Account.maildir(sandbox, "left");
            Account right = Account.maildir(sandbox, "right");
            PairLife atLeft = new PairLife(random, "left", history);
            atLeft.begin(left);
            ClientView.take(left);
            BothEnds ends = new BothEnds(new Twinbox(sandbox), left, right, BothEnds.Settings.NONE);
            String state = "";
            for (int round = 0; round <= STATES; round++) {
                for (BothEnds.Role role : mode.roles()) {
                    history.add("round " + round + ": " + role + " " + mode.words);
                    List<String> words = new ArrayList<>(mode.words);
                    words.addAll(List.of("-s", state));
                    Ran ran = ends.run(role, words);
                    state = stateOf(ran, history);
                    List<String> differences = ClientView.take(left).differences(ClientView.take(right));
                    Expect.equal(List.of(), differences, () -> ran + "\n" + String.join("\n", history));
                    atLeft.changeMails(left, 1 + random.nextInt(CHANGES_MAX));
                }
            }
            left.mustBeSilent();
        }
    }

    /** The new state. Whoever finds the old one invalid or stale says so, or says in the new one that he did. */
    private static String stateOf(Ran ran, List<String> history) {
        Expect.equal(0, ran.exit(), () -> ran + "\n" + String.join("\n", history));
        for (String complaint : List.of("state is invalid", "incremental", "full")) {
            Expect.that(!ran.err().contains(complaint), () -> ran + "\n" + String.join("\n", history));
        }
        Expect.that(ran.out().matches(STATE), () -> "no state: " + ran + "\n" + String.join("\n", history));
        return ran.out().strip();
    }
}
