package dev.twinbox.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.FaultDisk.Moment;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.disk.SimulatedCrash;
import dev.twinbox.engine.sim.Operation.Side;
import dev.twinbox.engine.sim.SimWorld.Maker;
import dev.twinbox.engine.sim.SimWorld.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A two-way run is broken off: by a process that dies or a power failure at every single operation that changes a disk, and by
 * a link that breaks at every item. What comes out after the next run is judged as if the first had not been.
 */
class SyncCrashTest {
    private static final int RUNS_MAX = 2_000;

    /** Without {@code TWINBOX_ALL=1} only each so manieth operation. */
    private static final int STEP = SyncSimulatorTest.number("TWINBOX_ALL", 0) > 0 ? 1 : 7;

    static final String STORY = """
            left: create Work
            left: create Old
            left: deliver m1 INBOX
            left: deliver m2 INBOX
            left: deliver m3 Work
            left: deliver m4 Old
            sync
            left: flag m1 INBOX \\Seen
            left: expunge m2 INBOX
            left: move m3 Work INBOX
            left: deliver m5 Work
            left: rename Work Job
            left: delete Old
            right: flag m1 INBOX work
            right: deliver m6 Work
            right: deliver m7 INBOX
            right: create New
            right: deliver m8 New
            right: subscribe New
            """;

    private static void cutEverywhere(Setting setting, int step) throws Exception {
        List<String> failures = new ArrayList<>();
        for (Side side : Side.values()) {
            for (int item = 1; item < 80; item += step) {
                History history = History.parse(STORY + side + "@" + item + ": cut\nsync\n");
                String wrong = Simulation.fails(history, setting);
                if (wrong != null) {
                    failures.add(side + "@" + item + ": " + wrong);
                }
            }
        }
        assertEquals("", String.join("\n", failures));
    }

    @Test
    void aLinkThatBreaksAtAnyItemCostsNothing() throws Exception {
        cutEverywhere(Setting.MEMORY, 1);
    }

    @Test
    void aLinkBetweenMaildirsThatBreaksAtAnyItemCostsNothing() throws Exception {
        cutEverywhere(new Setting(SyncStoresTest.PLUS_PLUS, SyncStoresTest.FS, false), STEP);
    }

    /** What happens to the disk of one side in a run. */
    private static int crash(Side victim, int at, Moment moment, boolean powerFails) throws Exception {
        MaildirSim[] account = new MaildirSim[1];
        Maker maker = (side, clock) -> account[0] = MaildirSim.plusPlus(side.toString(), clock);
        Setting setting =
                victim == Side.LEFT ? new Setting(maker, Maker.MEMORY, false) : new Setting(Maker.MEMORY, maker, false);
        int[] operations = new int[1];
        SimWorld.play(History.parse(STORY + "sync\n"), setting, 2, run -> {
            SimDisk disk = account[0].disk();
            FaultDisk faulty = new FaultDisk(disk).crashAt(at, moment);
            account[0].use(disk, faulty);
            try {
                run.run();
            } catch (SimulatedCrash expected) {
                // The process is gone.
            }
            operations[0] = faulty.changes();
            account[0].use(powerFails ? disk.crash(new SplittableRandom(at)) : disk.copy(), null);
        });
        return operations[0];
    }

    private static void crashEverywhere(Moment moment, boolean powerFails) throws Exception {
        for (Side victim : Side.values()) {
            int at = 0;
            while (true) {
                String where = victim + " crashes " + moment + " operation " + at + (powerFails ? ", power loss" : "");
                try {
                    if (crash(victim, at, moment, powerFails) <= at) {
                        break;
                    }
                } catch (AssertionError e) {
                    throw new AssertionError(where + ": " + e.getMessage(), e);
                }
                at += STEP;
                assertTrue(at < RUNS_MAX, "run does not end");
            }
            assertTrue(at > 50, "only " + at + " operations");
        }
    }

    @Test
    void aProcessThatDiesAtAnyOperationIsMadeGoodByTheNextRun() throws Exception {
        for (Moment moment : Moment.values()) {
            crashEverywhere(moment, false);
        }
    }

    @Test
    void powerLossAtAnyOperationIsMadeGoodByTheNextRun() throws Exception {
        crashEverywhere(Moment.AFTER, true);
    }
}
