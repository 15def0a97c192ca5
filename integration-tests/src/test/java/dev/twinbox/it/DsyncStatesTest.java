package dev.twinbox.it;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * States handed back and forth between real dsync and Twinbox, both merging the same pair. {@code TWINBOX_STATES} sets how
 * many states each of them gets from the other.
 */
class DsyncStatesTest extends TwinboxTest {
    private static final int STATES = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_STATES", "3"));
    private static final long SEED = 115;
    private static final int CHANGES_MAX = 5;
    private static final String STATE = "[A-Za-z0-9+/]{80,}=*\n";

    @Test
    @Tag("F124")
    void dsyncAndTwinboxGoOnFromEachOthersStates() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<String> history = new ArrayList<>();
        Account left = filled("left", 3);
        Account right = Account.maildir(sandbox, "right");
        PairLife atLeft = new PairLife(random, "left", history);
        PairLife atRight = new PairLife(random, "right", history);
        String state = stateOf(twinbox.sync(left, right, "-s", ""), history);
        for (int round = 1; round <= STATES; round++) {
            history.add("round " + round);
            atLeft.changeMails(left, 1 + random.nextInt(CHANGES_MAX));
            state = stateOf(left.doveadm("sync", "-s", state, right.location()), history);
            mustBeEqual(left, right, "dsync from our state", history);
            atLeft.changeMails(left, random.nextInt(CHANGES_MAX));
            atRight.changeMails(right, 1 + random.nextInt(CHANGES_MAX));
            state = stateOf(twinbox.sync(left, right, "-s", state), history);
            mustBeEqual(left, right, "Twinbox from dsync's state", history);
        }
        left.mustBeSilent();
    }

    /** The new state. Whoever finds the old one invalid or stale says so, or says in the new one that he did. */
    private static String stateOf(Ran ran, List<String> history) {
        ran.mustEndWith(0);
        for (String complaint : List.of("state is invalid", "incremental", "full")) {
            Expect.that(!ran.err().contains(complaint), () -> ran + "\n" + String.join("\n", history));
        }
        Expect.that(ran.out().matches(STATE), () -> "no state: " + ran + "\n" + String.join("\n", history));
        return ran.out().strip();
    }

    private static void mustBeEqual(Account left, Account right, String what, List<String> history) {
        List<String> differences = ClientView.take(left).differences(ClientView.take(right));
        Expect.equal(List.of(), differences, () -> what + "\n" + String.join("\n", history));
    }
}
