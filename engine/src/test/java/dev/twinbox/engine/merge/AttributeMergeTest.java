package dev.twinbox.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.ModSeq;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AttributeMergeTest {
    private static final int RANDOM_PAIRS = 50_000;

    private static MailboxAttribute set(String key, String value, long time, long modSeq) {
        return new MailboxAttribute(false, key, value, false, false, time, new ModSeq(modSeq));
    }

    private static MailboxAttribute gone(String key, long time, long modSeq) {
        return new MailboxAttribute(false, key, null, false, true, time, new ModSeq(modSeq));
    }

    private static Attributes of(MailboxAttribute... list) {
        return Attributes.of(Arrays.asList(list));
    }

    /** The first of the two wins, whichever side it is on. */
    private static void wins(MailboxAttribute winner, MailboxAttribute loser, long common) {
        assertEquals(
                new AttributeMerge.Plan(List.of(), List.of(winner)),
                AttributeMerge.merge(of(winner), of(loser), common));
        assertEquals(
                new AttributeMerge.Plan(List.of(winner), List.of()),
                AttributeMerge.merge(of(loser), of(winner), common));
    }

    private static void nothing(Attributes one, Attributes other) {
        assertTrue(AttributeMerge.merge(one, other).isEmpty());
        assertTrue(AttributeMerge.merge(other, one).isEmpty());
    }

    @Test
    void entryOfOneSideGoesToTheOther() {
        MailboxAttribute entry = set("a", "1", 5, 2);
        assertEquals(
                new AttributeMerge.Plan(List.of(), List.of(entry)), AttributeMerge.merge(of(entry), Attributes.NONE));
        assertEquals(
                new AttributeMerge.Plan(List.of(entry), List.of()), AttributeMerge.merge(Attributes.NONE, of(entry)));
    }

    @Test
    void deletionOfWhatIsNotThereMeansNothing() {
        nothing(of(gone("a", 5, 2)), Attributes.NONE);
        nothing(of(gone("a", 5, 2)), of(gone("a", 9, 1)));
    }

    @Test
    void privateAndSharedAreDifferentEntries() {
        MailboxAttribute shared = new MailboxAttribute(true, "a", "1", false, false, 9, new ModSeq(9));
        MailboxAttribute mine = set("a", "2", 1, 1);
        assertEquals(
                new AttributeMerge.Plan(List.of(shared), List.of(mine)), AttributeMerge.merge(of(mine), of(shared)));
    }

    @Test
    void laterOneWins() {
        wins(set("a", "1", 6, 2), set("a", "2", 5, 9), 0);
        wins(gone("a", 6, 2), set("a", "2", 5, 9), 0);
        wins(set("a", "1", 6, 2), gone("a", 5, 9), 0);
        wins(set("a", "1", 1, 2), set("a", "2", 0, 9), 0);
    }

    @Test
    void onlyTheOneChangedSinceTheLastRunWins() {
        wins(set("a", "1", 5, 12), set("a", "2", 6, 10), 10);
        wins(gone("a", 5, 12), set("a", "2", 6, 0), 10);
        wins(set("a", "2", 6, 11), set("a", "1", 5, 12), 10);
        wins(set("a", "2", 6, 9), set("a", "1", 5, 10), 10);
    }

    @Test
    void withEqualTimesTheHigherModSeqWinsThenTheLargerValue() {
        wins(set("a", "1", 5, 3), set("a", "2", 5, 2), 0);
        wins(gone("a", 5, 3), set("a", "2", 5, 2), 0);
        wins(set("a", "2", 5, 2), set("a", "1", 5, 2), 0);
        wins(set("a", "", 5, 2), gone("a", 5, 2), 0);
        wins(set("a", "\u00e9", 0, 0), set("a", "z", 0, 0), 0);
        wins(set("a", "\ud83d\ude00", 0, 0), set("a", "\uffee", 0, 0), 0);
    }

    @Test
    void equalValuesAreLeftAlone() {
        nothing(of(set("a", "1", 5, 2)), of(set("a", "1", 9, 7)));
        assertTrue(AttributeMerge.merge(of(set("a", "1", 5, 20)), of(set("a", "1", 9, 7)), 10)
                .isEmpty());
    }

    @Test
    void mirrorTakesTheSourcesValuesAndNothingElse() {
        Attributes source = of(set("a", "1", 5, 2), set("same", "s", 5, 2), gone("dead", 7, 9));
        Attributes destination = of(
                set("a", "newer", 50, 20), set("same", "s", 1, 1), set("surplus", "x", 99, 99), set("dead", "", 9, 9));
        List<MailboxAttribute> changes = AttributeMerge.mirror(source, destination);
        assertEquals(List.of(set("a", "1", 5, 2), gone("dead", 7, 9), gone("surplus", 0, 0)), changes);
        assertEquals(List.of(), AttributeMerge.mirror(source, after(destination, changes)));
        assertEquals(List.of(), AttributeMerge.mirror(of(gone("z", 1, 1)), Attributes.NONE));
        assertEquals(
                List.of(set("a", "1", 5, 2), gone("dead", 7, 9)),
                AttributeMerge.mirror(Attributes.of(source.list(), false), destination));
    }

    private static Attributes after(Attributes before, List<MailboxAttribute> changes) {
        List<MailboxAttribute> all = new ArrayList<>(before.list());
        all.addAll(changes);
        return Attributes.of(all);
    }

    private static NavigableMap<Attributes.Key, String> values(Attributes attributes) {
        TreeMap<Attributes.Key, String> values = new TreeMap<>();
        for (MailboxAttribute each : attributes.present()) {
            values.put(Attributes.Key.of(each), String.valueOf(each.value()));
        }
        return values;
    }

    private static Attributes random(SplittableRandom random) {
        List<MailboxAttribute> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            boolean deleted = random.nextInt(3) == 0;
            list.add(new MailboxAttribute(
                    random.nextBoolean(),
                    "k" + random.nextInt(2),
                    deleted ? null : "v" + random.nextInt(3),
                    false,
                    deleted,
                    random.nextInt(3),
                    new ModSeq(random.nextInt(4))));
        }
        return Attributes.of(list);
    }

    @Test
    void randomPairsBecomeEqualAndStaySo() {
        for (long seed = 0; seed < RANDOM_PAIRS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Attributes a = random(random);
            Attributes b = random(random);
            long common = random.nextInt(3);
            AttributeMerge.Plan plan = AttributeMerge.merge(a, b, common);
            AttributeMerge.Plan swapped = AttributeMerge.merge(b, a, common);
            assertEquals(plan.initiator(), swapped.responder(), "seed " + seed);
            assertEquals(plan.responder(), swapped.initiator(), "seed " + seed);
            Attributes nextA = after(a, plan.initiator());
            Attributes nextB = after(b, plan.responder());
            assertEquals(values(nextA), values(nextB), "seed " + seed);
            assertTrue(AttributeMerge.merge(nextA, nextB, common).isEmpty(), "seed " + seed);
            assertTrue(AttributeMerge.merge(nextA, nextB).isEmpty(), "seed " + seed);
            for (MailboxAttribute change : plan.initiator()) {
                assertTrue(b.list().contains(change), "seed " + seed);
            }
            Attributes mirrored = after(b, AttributeMerge.mirror(a, b));
            assertEquals(values(a), values(mirrored), "seed " + seed);
            assertEquals(List.of(), AttributeMerge.mirror(a, mirrored), "seed " + seed);
        }
    }
}
