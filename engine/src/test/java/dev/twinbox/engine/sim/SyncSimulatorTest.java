package dev.twinbox.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random two-way histories over accounts in memory. {@code TWINBOX_SEEDS} sets how many, {@code TWINBOX_SEED} the first, as
 * system properties or in the environment; without, every run tries others.
 */
@Tag("F127")
class SyncSimulatorTest {
    private static final long SEEDS = 10_000;

    /** One stateful history for so many stateless ones. */
    private static final long STATEFUL_SHARE = 4;

    /** One history that is played from either side for so many that are played once. */
    private static final long SWAPPED_SHARE = 4;

    /**
     * What happens during a run depends on the threads, too, so a seed does not say everything there. So by default these are
     * few, and always the same.
     */
    private static final long BUSY_SEEDS = 2_000;

    private static final long BUSY_FIRST = 1;

    static long number(String name, long usual) {
        String wanted = System.getProperty(name, System.getenv(name));
        return wanted == null ? usual : Long.parseLong(wanted);
    }

    @Test
    void nothingIsLostAndBothSidesAreEqualAfterOneRun() throws Exception {
        long first = number("TWINBOX_SEED", System.nanoTime() & 0xFFFF_FFFF_FFFFL);
        long seeds = number("TWINBOX_SEEDS", SEEDS);
        System.out.println("simulator: " + seeds + " seeds from " + first);
        List<String> failures = Simulation.play(first, seeds, SimWorld.Setting.MEMORY.whileNobodyIsAbout());
        assertEquals("", String.join("\n\n", failures));
    }

    @Test
    void theResultIsTheSameWithTheSidesSwapped() throws Exception {
        long first = number("TWINBOX_SEED", System.nanoTime() & 0xFFFF_FFFF_FFFFL);
        long seeds = number("TWINBOX_SEEDS", SEEDS) / SWAPPED_SHARE;
        System.out.println("simulator, sides swapped: " + seeds + " seeds from " + first);
        List<String> failures = Simulation.play(first, seeds, SimWorld.Setting.MEMORY.fromEitherSide());
        assertEquals("", String.join("\n\n", failures));
    }

    @Test
    void oneWayTheDestinationLosesNothingAndTheSourceIsNotChanged() throws Exception {
        long first = number("TWINBOX_SEED", System.nanoTime() & 0xFFFF_FFFF_FFFFL);
        long seeds = number("TWINBOX_SEEDS", SEEDS);
        System.out.println("simulator, one way: " + seeds + " seeds from " + first);
        List<String> failures = Simulation.play(first, seeds, SimWorld.Setting.MEMORY.onlyForth());
        assertEquals("", String.join("\n\n", failures));
    }

    @Test
    void nothingIsLostWhileOthersUseTheAccountsDuringTheRuns() throws Exception {
        long first = number("TWINBOX_SEED", BUSY_FIRST);
        long seeds = number("TWINBOX_SEEDS", BUSY_SEEDS);
        System.out.println("simulator, with others about: " + seeds + " seeds from " + first);
        List<String> failures = Simulation.play(first, seeds, SimWorld.Setting.MEMORY);
        assertEquals("", String.join("\n\n", failures));
    }

    @Test
    void theSameGoesForRunsThatGoOnFromAState() throws Exception {
        long first = number("TWINBOX_SEED", System.nanoTime() & 0xFFFF_FFFF_FFFFL);
        long seeds = number("TWINBOX_SEEDS", SEEDS) / STATEFUL_SHARE;
        System.out.println("simulator, stateful: " + seeds + " seeds from " + first);
        List<String> failures = Simulation.play(first, seeds, SimWorld.Setting.STATEFUL.whileNobodyIsAbout());
        assertEquals("", String.join("\n\n", failures));
    }
}
