package dev.twinbox.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.FaultDisk.Moment;
import dev.twinbox.engine.disk.SimulatedCrash;
import dev.twinbox.engine.sim.Operation.Side;
import dev.twinbox.engine.sim.SimWorld.Maker;
import dev.twinbox.engine.sim.SimWorld.Setting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A two-way run between Maildirs is broken off: by a process that dies or a power failure at every single operation that
 * changes a disk, and by a link that breaks at every item. What comes out after the next run is judged as if the first had
 * not been, and the run after that must find nothing to do.
 */
class SyncCrashTest {
    private static final int RUNS_MAX = 2_000;

    /** Without {@code TWINBOX_ALL=1} only each so manieth operation, from another one on each time. */
    private static final int STEP = SyncSimulatorTest.number("TWINBOX_ALL", 0) > 0 ? 1 : 7;

    private static final long SEED = SyncSimulatorTest.number("TWINBOX_SEED", System.nanoTime() & 0xFFFF_FFFF_FFFFL);

    private static final DiskPath DISK = DiskPath.of("/home");

    /** Mails come, go, move and get flags; mailboxes are made, renamed, deleted, one with and one without children. */
    private static final String STORY = """
            left: create Work
            left: create Work/Sub
            left: create Old
            left: create Old/Kept
            left: create Past
            left: deliver m1 INBOX
            left: deliver m2 INBOX
            left: deliver m3 Work
            left: deliver m4 Old
            left: deliver m9 Past
            left: deliver m10 Work/Sub
            sync
            left: flag m1 INBOX \\Seen
            left: expunge m2 INBOX
            left: move m3 Work INBOX
            left: deliver m5 Work
            left: rename Work Job
            left: delete Old
            right: delete Past
            right: flag m1 INBOX work
            right: deliver m6 Work
            right: deliver m7 INBOX
            right: expunge m10 Work/Sub
            right: create New
            right: deliver m8 New
            right: subscribe New
            """;

    /** Mails whose GUIDs cannot be the names of files in a Maildir. */
    private static final String ODD_STORY = """
            left: deliver m1 INBOX
            left: deliver m/2 INBOX
            sync
            left: deliver m/3 INBOX
            left: deliver m4 INBOX
            left: deliver m/5 INBOX
            left: expunge m1 INBOX
            left: flag m/2 INBOX \\Seen
            """;

    /** Every kind of store is once at either side. */
    private static final Map<String, Setting> PAIRS = new TreeMap<>(Map.of(
            "Maildir++ and fs", new Setting(SyncStoresTest.PLUS_PLUS, SyncStoresTest.FS, false),
            "fs and Maildir++", new Setting(SyncStoresTest.FS, SyncStoresTest.PLUS_PLUS, false),
            "sdbox and Maildir++", new Setting(SyncStoresTest.SDBOX, SyncStoresTest.PLUS_PLUS, false),
            "fs and sdbox", new Setting(SyncStoresTest.FS, SyncStoresTest.SDBOX, false),
            "mdbox and fs", new Setting(SyncStoresTest.MDBOX, SyncStoresTest.FS, false),
            "listed and Maildir++", new Setting(SyncStoresTest.LISTED, SyncStoresTest.PLUS_PLUS, false),
            "sdbox and mdbox", new Setting(SyncStoresTest.SDBOX, SyncStoresTest.MDBOX, false)));

    private static void cutEverywhere(Setting setting, int step) throws Exception {
        List<String> failures = new ArrayList<>();
        int cuts = 0;
        for (Side side : Side.values()) {
            for (int item = 1 + (int) (SEED % step); item < 120; item += step) {
                History history = History.parse(STORY + side + "@" + item + ": cut\nsync\n");
                String wrong = Simulation.fails(history, setting);
                cuts++;
                if (wrong != null) {
                    failures.add(side + "@" + item + ": " + wrong);
                }
            }
        }
        System.out.println(cuts + " links cut");
        assertEquals("", String.join("\n", failures));
    }

    @Test
    void aLinkThatBreaksAtAnyItemCostsNothing() throws Exception {
        cutEverywhere(Setting.MEMORY, 1);
    }

    @Test
    void aLinkBetweenMaildirsThatBreaksAtAnyItemCostsNothing() throws Exception {
        for (Setting setting : PAIRS.values()) {
            cutEverywhere(setting, STEP);
        }
    }

    /** What ends the run, and what it takes along. */
    private enum Fault {
        /** The process dies; nothing that was written is lost. */
        DEATH_BEFORE(Moment.BEFORE, false, false),
        DEATH_AFTER(Moment.AFTER, false, false),
        /** The machine of the victim loses power: what nobody made durable may be lost. */
        POWER_LOSS(Moment.AFTER, true, false),
        /** Both accounts are on that machine. */
        POWER_LOSS_OF_BOTH(Moment.AFTER, true, true);

        final Moment moment;
        final boolean power;
        final boolean both;

        Fault(Moment moment, boolean power, boolean both) {
            this.moment = moment;
            this.power = power;
            this.both = both;
        }
    }

    /** One run that is broken off, and the next ones. Returns how many operations the victim's disk has seen. */
    private static int crash(String story, Setting layout, Side victim, int at, Fault fault) throws Exception {
        Map<Side, OnDisk> accounts = new EnumMap<>(Side.class);
        Setting setting = new Setting(keep(layout.left(), accounts), keep(layout.right(), accounts), false);
        SplittableRandom random = new SplittableRandom(SEED + at);
        int[] operations = new int[1];
        SimWorld.play(History.parse(story + "sync\n"), setting, 2, run -> {
            for (OnDisk account : accounts.values()) {
                account.disk().syncFileSystem(DISK); // users may lose what they did not make durable themselves
            }
            OnDisk broken = Objects.requireNonNull(accounts.get(victim));
            FaultDisk faulty = new FaultDisk(broken.disk()).crashAt(at, fault.moment);
            broken.use(broken.disk(), faulty);
            try {
                run.run();
            } catch (SimulatedCrash expected) {
                // The process is gone.
            }
            operations[0] = faulty.changes();
            for (OnDisk account : accounts.values()) {
                boolean dark = fault.power && (fault.both || account == broken);
                account.use(dark ? account.disk().crash(random) : account.disk().copy(), null);
            }
        });
        return operations[0];
    }

    private static Maker keep(Maker maker, Map<Side, OnDisk> accounts) {
        return (side, clock) -> {
            SimAccount made = maker.make(side, clock);
            accounts.put(side, (OnDisk) made);
            return made;
        };
    }

    private static void crashEverywhere(Fault fault) throws Exception {
        int crashes = 0;
        for (Map.Entry<String, Setting> pair : PAIRS.entrySet()) {
            for (Side victim : Side.values()) {
                int at = (int) (SEED % STEP);
                while (true) {
                    String where =
                            pair.getKey() + ", " + victim + ", " + fault + " at operation " + at + ", seed " + SEED;
                    try {
                        if (crash(STORY, pair.getValue(), victim, at, fault) <= at) {
                            break;
                        }
                    } catch (AssertionError | IOException | RuntimeException e) {
                        throw new AssertionError(where + ": " + e.getMessage(), e);
                    }
                    crashes++;
                    at += STEP;
                    assertTrue(at < RUNS_MAX, "run does not end");
                }
                assertTrue(at > 50, "only " + at + " operations");
            }
        }
        System.out.println(fault + ": " + crashes + " crashes");
    }

    @Test
    void aProcessThatDiesAtAnyOperationIsMadeGoodByTheNextRun() throws Exception {
        crashEverywhere(Fault.DEATH_BEFORE);
        crashEverywhere(Fault.DEATH_AFTER);
    }

    @Test
    void powerLossAtAnyOperationIsMadeGoodByTheNextRun() throws Exception {
        crashEverywhere(Fault.POWER_LOSS);
    }

    @Test
    void powerLossOfBothAccountsIsMadeGoodByTheNextRun() throws Exception {
        crashEverywhere(Fault.POWER_LOSS_OF_BOTH);
    }

    @Test
    void aMailWhoseGuidCannotBeAFileNameIsThereOnceWhateverHappens() throws Exception {
        for (Maker maildir : List.of(SyncStoresTest.PLUS_PLUS, SyncStoresTest.FS)) {
            Setting setting = new Setting(SyncStoresTest.SDBOX, maildir, false);
            for (Fault fault : Fault.values()) {
                int at = 0;
                while (at < crashAt(setting, at, fault)) {
                    at++;
                }
                assertTrue(at > 20, "only " + at + " operations");
            }
        }
    }

    private static int crashAt(Setting setting, int at, Fault fault) throws Exception {
        try {
            return crash(ODD_STORY, setting, Side.RIGHT, at, fault);
        } catch (AssertionError | IOException | RuntimeException e) {
            throw new AssertionError(fault + " at operation " + at + ", seed " + SEED + ": " + e.getMessage(), e);
        }
    }
}
