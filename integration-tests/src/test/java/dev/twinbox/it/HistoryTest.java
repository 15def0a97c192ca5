package dev.twinbox.it;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Accounts that a real Dovecot has used for a while. {@code TWINBOX_SEEDS="4 711"} repeats single histories,
 * {@code TWINBOX_HISTORIES} sets how many, {@code TWINBOX_OPERATIONS} how long they are.
 */
class HistoryTest {
    private static final int HISTORIES = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_HISTORIES", "6"));
    private static final int OPERATIONS = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_OPERATIONS", "600"));
    private static final int ROUNDS = 3;

    @TestFactory
    @Tag("F106")
    @Tag("F128")
    Stream<DynamicTest> anAccountInUseIsMirroredEquallyRoundAfterRound() {
        return perSeed("source changes", (test, seed) -> {
            Account source = Account.maildir(test.sandbox, "source");
            Account replica = Account.maildir(test.sandbox, "replica");
            RandomLife life = new RandomLife(seed).live(source, OPERATIONS);
            test.oneRunMakesItTheSame(source, replica);
            for (int round = 0; round < ROUNDS; round++) {
                life.live(source, OPERATIONS / 10);
                test.oneRunMakesItTheSame(source, replica, "--allow-delete");
            }
            test.anotherRunWritesNothing(source, replica);
            test.anotherRunWritesNothing(source, replica, "-f");
        });
    }

    @TestFactory
    @Tag("F106")
    Stream<DynamicTest> aReplicaInUseIsAlwaysPutRightInOneRun() {
        return perSeed("both change", (test, seed) -> {
            Account source = Account.maildir(test.sandbox, "source");
            RandomLife life = new RandomLife(seed).live(source, OPERATIONS / 2);
            Account replica = source.copy("replica");
            RandomLife other = new RandomLife(seed + 1_000_000);
            for (int round = 0; round < ROUNDS; round++) {
                life.live(source, OPERATIONS / 10);
                other.live(replica, OPERATIONS / 10);
                test.oneRunMakesItTheSame(source, replica, "--allow-delete");
            }
        });
    }

    private interface History {
        void run(Proof test, long seed);
    }

    /** The words of {@link TwinboxTest} with a sandbox for each history. */
    private static final class Proof extends TwinboxTest {}

    private static Stream<DynamicTest> perSeed(String name, History history) {
        List<Long> seeds = RandomLife.seeds(HISTORIES);
        return seeds.stream()
                .map(seed -> DynamicTest.dynamicTest(name + ", seed " + seed, () -> {
                    Proof proof = new Proof();
                    try {
                        history.run(proof, seed);
                    } catch (AssertionError e) {
                        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
                    } finally {
                        proof.cleanUp();
                    }
                }));
    }
}
