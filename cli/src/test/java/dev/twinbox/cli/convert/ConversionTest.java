package dev.twinbox.cli.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.cli.exit.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("F186")
@Tag("F187")
@Tag("F188")
class ConversionTest {
    private static final ConversionRecord BEGUN =
            ConversionRecord.begun("bob", "maildir:/old", "mdbox:/new", List.of());
    private static final Conversion.Choices ALL = new Conversion.Choices(5, 10, true, false, true);
    private static final Conversion.Choices BY_HAND = new Conversion.Choices(5, 10, false, false, true);
    private static final Conversion.Choices SWITCHED = new Conversion.Choices(5, 10, false, true, true);

    private final World world = new World();

    @Test
    void doesTheStepsInTheOrderOfTheManPage() throws Exception {
        world.copySeconds(60, 20, 3);
        assertEquals(0, world.run(ALL));
        assertEquals(
                List.of("first copy", "copy", "copy", "switch", "settle", "kick", "merge", "look for all"), world.done);
        assertEquals(Stage.DONE, world.record.stage());
        assertEquals(3, world.record.rounds());
    }

    @Test
    void goesOnWithACopyThatStaysSlow() throws Exception {
        world.copySeconds(60, 60, 60, 60, 60, 60);
        assertEquals(0, world.run(ALL));
        assertEquals(5, world.record.rounds());
    }

    @Test
    void copiesAgainWhatWasMissedBecauseItChanged() throws Exception {
        world.failing.put("first copy", 2);
        assertEquals(0, world.run(ALL));
        assertEquals(2, world.record.rounds());
        World restless = new World();
        restless.failing.putAll(Map.of("first copy", 2, "copy", 2));
        assertEquals(0, restless.run(ALL));
        assertEquals(5, restless.record.rounds());
    }

    @Test
    void aRunThatIsDoneIsDone() throws Exception {
        world.run(ALL);
        world.done.clear();
        assertEquals(0, world.run(ALL));
        assertEquals(List.of(), world.done);
    }

    @Test
    void withoutACommandThatSwitchesItWaitsForTheAdministrator() throws Exception {
        assertEquals(0, world.run(BY_HAND));
        assertEquals(Stage.READY, world.record.stage());
        assertEquals(List.of("first copy", "compare"), world.done);
        world.done.clear();
        assertEquals(0, world.run(SWITCHED));
        assertEquals(List.of("settle", "kick", "merge", "look for all"), world.done);
    }

    @Test
    void nothingCanBeSwitchedBeforeItWasCopied() {
        assertThrows(Refusal.class, () -> world.run(SWITCHED));
        assertEquals(List.of(), world.done);
    }

    @Test
    void aFailureEndsTheRunAndTheNextOneGoesOnThere() throws Exception {
        for (String step : List.of("first copy", "switch", "kick", "merge", "look for all")) {
            World one = new World();
            one.failing.put(step, 75);
            assertEquals(75, one.run(ALL), step);
            assertEquals(step, one.done.get(one.done.size() - 1), "nothing was done after " + step);
            one.done.clear();
            one.failing.clear();
            assertEquals(0, one.run(ALL), step);
            assertEquals(Stage.DONE, one.record.stage(), step);
        }
    }

    /** From then on somebody may have put mail there that a mirror would take away. */
    @Test
    void nothingIsMirroredOnceTheSwitchWasBegun() throws Exception {
        world.failing.put("switch", 1);
        assertEquals(75, world.run(ALL));
        world.failing.clear();
        world.done.clear();
        world.run(ALL);
        assertFalse(world.done.contains("copy"), world.done.toString());
    }

    @Test
    void aSwitchOfWhichNobodyKnowsHowItEndedIsNotPassedOver() throws Exception {
        world.failing.put("switch", 1);
        world.run(ALL);
        assertThrows(Refusal.class, () -> world.run(BY_HAND));
        assertEquals(0, world.run(SWITCHED));
    }

    @Test
    void aCallThatIsKilledAnywhereIsFinishedByTheNext() throws Exception {
        int steps = 0;
        while (true) {
            World one = new World();
            one.copySeconds(60, 3);
            one.dieAt = steps;
            try {
                one.run(ALL);
                break;
            } catch (Killed e) {
                one.dieAt = Integer.MAX_VALUE;
                one.run(ALL);
                assertEquals(Stage.DONE, one.record.stage(), "killed at step " + steps);
                boolean merged = false;
                for (String step : one.done) {
                    merged |= step.equals("switch");
                    assertFalse(merged && step.endsWith("copy"), "killed at step " + steps + ": " + one.done);
                }
            }
            steps++;
        }
        assertTrue(steps > 10, "only " + steps + " steps");
    }

    @Test
    void aRecordSaysTheSameAfterItWasWritten() {
        ConversionRecord odd = new ConversionRecord(
                "b\\n\nb", "maildir:~/a\n=b", "to", List.of("\\Trash", "Spam.*", "a\nb"), Stage.KICK, 3, 7, 9);
        assertEquals(Optional.of(odd), ConversionRecord.decode(odd.encode()));
    }

    @Test
    void aDamagedRecordIsNoneAndNeverAFault() {
        String good = BEGUN.encode();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 2000; i++) {
            char[] bad = good.toCharArray();
            bad[random.nextInt(bad.length)] = (char) random.nextInt(256);
            ConversionRecord.decode(new String(bad, 0, random.nextInt(bad.length)));
        }
        assertEquals(Optional.empty(), ConversionRecord.decode(""));
        assertEquals(Optional.empty(), ConversionRecord.decode(good.replace("stage=copy", "stage=gone")));
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Notes what is done, and what would be on record if the process died. */
    private static final class World implements Steps {
        private final List<String> done = new ArrayList<>();
        private final Map<String, Integer> failing = new HashMap<>();
        private final List<Integer> durations = new ArrayList<>();
        private ConversionRecord record = BEGUN;
        private long now;
        private int dieAt = Integer.MAX_VALUE;
        private int step;

        int run(Conversion.Choices choices) throws Refusal, InterruptedException {
            return new Conversion(this, choices, record).run();
        }

        void copySeconds(Integer... seconds) {
            durations.addAll(List.of(seconds));
        }

        private int note(String what) {
            live();
            done.add(what);
            return failing.getOrDefault(what, 0);
        }

        private void live() {
            if (step++ == dieAt) {
                throw new Killed();
            }
        }

        @Override
        public int copy(boolean first) {
            now += durations.isEmpty() ? 1 : durations.remove(0);
            return note(first ? "first copy" : "copy");
        }

        @Override
        public int merge() {
            return note("merge");
        }

        @Override
        public int compare() {
            return note("compare");
        }

        @Override
        public int lookForAll() {
            return note("look for all");
        }

        @Override
        public int switchLocation() {
            return note("switch");
        }

        @Override
        public void settle() {
            note("settle");
        }

        @Override
        public int kick() {
            return note("kick");
        }

        @Override
        public void remember(ConversionRecord is) {
            live();
            record = is;
        }

        @Override
        public void say(String line) {}

        @Override
        public long seconds() {
            return now;
        }
    }
}
