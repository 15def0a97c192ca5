package dev.twinbox.cli.owner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.owner.OwnerRule.Decision;
import dev.twinbox.cli.owner.OwnerRule.Place;
import dev.twinbox.engine.disk.FileOwner;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.run.SystemClock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OwnerRuleTest {
    private static Place place(String text, int uid) {
        return new Place(text, new FileOwner(uid, uid + 1));
    }

    @Test
    void othersThanRootGoOnWhateverTheOwner() {
        Decision decision = OwnerRule.decide(1000, List.of(place("/a", 0), place("/b", 1001)));
        assertNull(decision.become());
        assertNull(decision.refusal());
    }

    @Test
    void rootGoesOnWithWhatRootOwns() {
        assertEquals(new Decision(null, null), OwnerRule.decide(0, List.of(place("/a", 0), place("/b", 0))));
    }

    @Test
    void rootBecomesTheOneOwner() {
        Decision decision = OwnerRule.decide(0, List.of(place("/a", 1000), place("/b", 1000)));
        assertEquals(new FileOwner(1000, 1001), decision.become());
    }

    @Test
    void rootRefusesTwoOwnersAndSaysWhatToDo() {
        for (int other : new int[] {0, 1001}) {
            for (boolean turned : new boolean[] {false, true}) {
                List<Place> places = turned
                        ? List.of(place("/b", other), place("/a", 1000))
                        : List.of(place("/a", 1000), place("/b", other));
                Decision decision = OwnerRule.decide(0, places);
                assertNull(decision.become());
                String refusal = decision.refusal();
                assertNotNull(refusal);
                if (other == 0) {
                    assertTrue(refusal.contains("-o 1000 -g 1001 '/b'"), refusal);
                }
            }
        }
    }

    @Test
    void runsTheLauncherAgainThroughSetpriv() throws Refusal {
        Relaunch relaunch = new Relaunch(new RealDisk(new SystemClock()), Map.of(), false);
        assertEquals(
                List.of(
                        "setpriv",
                        "--reuid=4000000000",
                        "--regid=7",
                        "--clear-groups",
                        "--",
                        "/opt/twinbox/bin/twinbox",
                        "backup",
                        "a b"),
                relaunch.command(
                        new FileOwner((int) 4_000_000_000L, 7), "/opt/twinbox/bin/twinbox", List.of("backup", "a b")));
        assertEquals(
                List.of("--reuid=0", "--regid=0", "--init-groups"),
                relaunch.command(FileOwner.ROOT, "/x", List.of()).subList(1, 4));
    }
}
