package dev.twinbox.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.sim.SimWorld.Maker;
import dev.twinbox.engine.sim.SimWorld.Setting;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.account.AccountLocation.Format;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Random histories over Maildirs. {@code TWINBOX_SEED} and {@code TWINBOX_STORE_SEEDS} as in the simulator test. */
class SyncStoresTest {
    static final Maker PLUS_PLUS = (side, clock) -> MaildirSim.plusPlus(side.toString(), clock);
    static final Maker FS = (side, clock) -> MaildirSim.fs(side.toString(), clock);
    static final Maker SDBOX = (side, clock) -> new DboxSim(side.toString(), Format.SDBOX, clock);
    static final Maker LISTED = (side, clock) -> DboxSim.listed(side.toString(), Format.SDBOX, clock);
    static final Maker MDBOX = (side, clock) -> new DboxSim(side.toString(), Format.MDBOX, clock);
    private static final long SEEDS = 120;

    /** Not others each time: a flag in one history of many thousands does not end well yet, see docs/testing.md. */
    private static final long FIRST_SEED = 1;

    private static void play(Setting setting) throws Exception {
        long first = SyncSimulatorTest.number("TWINBOX_SEED", FIRST_SEED);
        System.out.println("stores from seed " + first);
        List<String> failures = Simulation.play(first, SyncSimulatorTest.number("TWINBOX_STORE_SEEDS", SEEDS), setting);
        assertEquals("", String.join("\n\n", failures));
    }

    @Test
    void maildirsBecomeEqual() throws Exception {
        play(new Setting(PLUS_PLUS, PLUS_PLUS, false));
    }

    @Test
    void maildirsOfDifferentLayoutBecomeEqual() throws Exception {
        play(new Setting(PLUS_PLUS, FS, false));
    }

    @Test
    void maildirAndMemoryBecomeEqual() throws Exception {
        play(new Setting(FS, Maker.MEMORY, false));
    }

    @Test
    void sdboxesBecomeEqual() throws Exception {
        play(new Setting(SDBOX, SDBOX, false));
    }

    /** The other side may not have heard of it yet. */
    @Test
    void mergeLeavesTheLogItsExpunges() throws Exception {
        List<SimAccount> left = new ArrayList<>();
        Maker kept = (side, clock) -> {
            left.add(SDBOX.make(side, clock));
            return left.get(0);
        };
        SimWorld.play(History.parse("""
                        right: deliver m1 INBOX
                        sync
                        left: deliver m2 INBOX
                        left: expunge m1 INBOX
                        left: flag m2 INBOX work
                        right: deliver m5 INBOX
                        sync
                        """), new Setting(kept, Maker.MEMORY, false));
        try (MailStore store = left.get(0).openForReading();
                Mailbox inbox = store.open(MailboxName.INBOX)) {
            assertEquals(1, inbox.changes(0).expunges().get(0).uid());
        }
    }

    @Test
    void sdboxAndMaildirBecomeEqual() throws Exception {
        play(new Setting(SDBOX, PLUS_PLUS, false));
    }

    @Test
    void listedMailboxesAndMaildirBecomeEqual() throws Exception {
        play(new Setting(LISTED, FS, false));
    }

    @Test
    void sdboxAndMaildirFollowOneWay() throws Exception {
        play(new Setting(SDBOX, FS, false).onlyForth());
    }

    @Test
    void mdboxAndMaildirBecomeEqual() throws Exception {
        play(new Setting(MDBOX, FS, false));
    }

    @Test
    void mdboxAndSdboxFollowOneWay() throws Exception {
        play(new Setting(SDBOX, MDBOX, false).onlyForth());
    }

    @Test
    void maildirsFollowOneWay() throws Exception {
        play(new Setting(PLUS_PLUS, FS, false).onlyForth());
    }

    @Test
    void maildirAndMemoryFollowOneWay() throws Exception {
        play(new Setting(FS, Maker.MEMORY, false).onlyForth());
    }
}
