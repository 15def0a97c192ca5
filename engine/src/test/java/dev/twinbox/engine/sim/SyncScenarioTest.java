package dev.twinbox.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.sim.SimWorld.Maker;
import dev.twinbox.engine.sim.SimWorld.Setting;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Histories that are kept, over every store, from either side. */
@Tag("F129")
class SyncScenarioTest {
    private static final Map<String, Setting> SETTINGS = Map.of(
            "memory",
            Setting.MEMORY,
            "Maildir++",
            new Setting(SyncStoresTest.PLUS_PLUS, SyncStoresTest.PLUS_PLUS, false),
            "fs and Maildir++",
            new Setting(SyncStoresTest.FS, SyncStoresTest.PLUS_PLUS, false),
            "memory and fs",
            new Setting(Maker.MEMORY, SyncStoresTest.FS, false),
            "many mailboxes at once",
            new Setting(SyncStoresTest.PLUS_PLUS, Maker.MEMORY, false).over(Wire.BRANCHES),
            "Twinbox's own protocol",
            new Setting(Maker.MEMORY, SyncStoresTest.PLUS_PLUS, false).over(Wire.TWIN));

    @TestFactory
    Stream<DynamicTest> keptHistoriesEndWell() {
        return Stream.of("known", "regressions").flatMap(file -> Histories.read(file).entrySet().stream()
                .flatMap(history -> SETTINGS.entrySet().stream()
                        .map(setting ->
                                DynamicTest.dynamicTest(history.getKey() + " (" + setting.getKey() + ")", () -> {
                                    SimWorld.play(history.getValue(), setting.getValue());
                                    SimWorld.play(
                                            history.getValue(),
                                            setting.getValue().swap());
                                }))));
    }

    @TestFactory
    Stream<DynamicTest> keptHistoriesEndWellOneWay() {
        return Histories.read("one-way").entrySet().stream().flatMap(history -> SETTINGS.entrySet().stream()
                .map(setting -> DynamicTest.dynamicTest(history.getKey() + " (" + setting.getKey() + ")", () -> {
                    SimWorld.play(history.getValue(), setting.getValue().onlyForth());
                })));
    }

    @Test
    void aHistoryIsItsText() {
        for (long seed = 0; seed < 500; seed++) {
            History history = HistoryMaker.make(seed);
            assertEquals(history, History.parse(history.toString()), "seed " + seed);
        }
    }

    @Test
    void aFailingHistoryIsMadeShort() throws Exception {
        // What fails here is the store that is missing; every operation can be left out.
        Setting broken = new Setting(
                Maker.MEMORY,
                (side, clock) -> {
                    throw new AssertionError("broken");
                },
                false);
        Shrinker.Shrunk shrunk = Shrinker.shrink(HistoryMaker.make(1), "broken", broken);
        assertEquals(List.of(), shrunk.history().operations());
        assertEquals("broken", shrunk.wrong());
    }
}
