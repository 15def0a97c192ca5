package dev.twinbox.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

    /** One history over branches for so many without. */
    private static final long BRANCHES_SHARE = 10;

    /** One history as bytes for so many as objects. */
    private static final long WIRE_SHARE = 50;

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

    /** Others each time, unless the environment says which. */
    private static long fresh() {
        return System.nanoTime() & 0xFFFF_FFFF_FFFFL;
    }

    private static void play(String what, long usualFirst, long seeds, SimWorld.Setting setting) throws Exception {
        long first = number("TWINBOX_SEED", usualFirst);
        System.out.println("simulator" + what + ": " + seeds + " seeds from " + first);
        assertEquals("", String.join("\n\n", Simulation.play(first, seeds, setting)));
    }

    @Test
    void nothingIsLostAndBothSidesAreEqualAfterOneRun() throws Exception {
        play("", fresh(), number("TWINBOX_SEEDS", SEEDS), SimWorld.Setting.MEMORY.whileNobodyIsAbout());
    }

    @Test
    void theResultIsTheSameWithTheSidesSwapped() throws Exception {
        long seeds = number("TWINBOX_SEEDS", SEEDS) / SWAPPED_SHARE;
        play(", sides swapped", fresh(), seeds, SimWorld.Setting.MEMORY.fromEitherSide());
    }

    @Test
    @Tag("F109")
    void oneWayTheDestinationLosesNothingAndTheSourceIsNotChanged() throws Exception {
        play(", one way", fresh(), number("TWINBOX_SEEDS", SEEDS), SimWorld.Setting.MEMORY.onlyForth());
    }

    @Test
    void nothingIsLostWhileOthersUseTheAccountsDuringTheRuns() throws Exception {
        play(", with others about", BUSY_FIRST, number("TWINBOX_SEEDS", BUSY_SEEDS), SimWorld.Setting.MEMORY);
    }

    /** Threads say in which order mailboxes are gone through, so a seed does not say everything. */
    @Test
    void theSameGoesForManyMailboxesAtOnce() throws Exception {
        long seeds = number("TWINBOX_SEEDS", SEEDS) / BRANCHES_SHARE;
        play(
                ", many at once",
                fresh(),
                seeds,
                SimWorld.Setting.MEMORY.whileNobodyIsAbout().over(Wire.BRANCHES));
        play(
                ", many at once, one way",
                fresh(),
                seeds,
                SimWorld.Setting.MEMORY.onlyForth().over(Wire.BRANCHES));
        play(
                ", many at once, stateful",
                fresh(),
                seeds,
                SimWorld.Setting.STATEFUL.whileNobodyIsAbout().over(Wire.BRANCHES));
    }

    @Test
    void theSameGoesForTwinboxesOwnProtocol() throws Exception {
        long seeds = number("TWINBOX_SEEDS", SEEDS) / WIRE_SHARE;
        play(
                ", over the wire",
                fresh(),
                seeds,
                SimWorld.Setting.MEMORY.whileNobodyIsAbout().over(Wire.TWIN));
        play(
                ", over the wire, one way",
                fresh(),
                seeds,
                SimWorld.Setting.MEMORY.onlyForth().over(Wire.TWIN));
    }

    @Test
    void theSameGoesForRunsThatGoOnFromAState() throws Exception {
        long seeds = number("TWINBOX_SEEDS", SEEDS) / STATEFUL_SHARE;
        play(", stateful", fresh(), seeds, SimWorld.Setting.STATEFUL.whileNobodyIsAbout());
    }
}
