package dev.twinbox.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.merge.MailboxMerge.Common;
import dev.twinbox.engine.merge.MailboxMerge.Mode;
import dev.twinbox.engine.merge.MailboxMerge.Result;
import dev.twinbox.engine.storage.MailboxPlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** {@code sync -1} again and again while both sides are used. */
class OneWayHistoryTest {
    private static final int SEEDS = Integer.getInteger("twinbox.merge.seeds", 10_000);
    private static final int MAX_ROUNDS = 5;
    private static final int MAX_OPERATIONS = 5;
    private static final String[] WORDS = {"\\Seen", "\\Flagged", "work"};

    private final Replica source = new Replica();
    private final Replica destination = new Replica();

    /** GUIDs that somebody expunged, and words of mails that somebody touched, by side. */
    private final Set<String> sourceTouched = new HashSet<>();

    private final Set<String> destinationTouched = new HashSet<>();

    private void use(SplittableRandom random, Replica replica, String name, Set<String> touched, boolean mayMove) {
        List<Long> uids = new ArrayList<>(replica.mails.keySet());
        int what = uids.isEmpty() ? 0 : random.nextInt(6);
        if (what < 2) {
            replica.deliver((random.nextBoolean() ? "a" : "b") + name + replica.uidNext);
            return;
        }
        long uid = uids.get(random.nextInt(uids.size()));
        String guid = replica.get(uid).guid;
        if (what == 2) {
            replica.expunge(uid);
            touched.add(guid);
        } else if (what == 3 && mayMove) {
            replica.moveOutAndBack(uid);
            touched.add(guid + "moved");
        } else {
            String word = WORDS[random.nextInt(WORDS.length)];
            replica.set(uid, word, random.nextInt(3) > 0);
            touched.add(guid + word);
        }
    }

    private Result merge(boolean reversed) {
        return reversed
                ? LeftOut.merge(destination.input(true), source.input(true), Mode.RESPONDER_TO_INITIATOR, Common.NONE)
                : LeftOut.merge(source.input(true), destination.input(true), Mode.INITIATOR_TO_RESPONDER, Common.NONE);
    }

    private void round(boolean reversed, boolean forgetful) {
        Replica before = destination.copy();
        Result result = merge(reversed);
        MailboxPlan plan = reversed ? result.initiatorPlan() : result.responderPlan();
        MailboxPlan sourcePlan = reversed ? result.responderPlan() : result.initiatorPlan();
        assertTrue(MirrorMerge.isNoOp(sourcePlan, source.status()), "the source is to be changed: " + sourcePlan);
        assertFalse(plan.target().exact());
        destination.apply(plan, source);

        Map<String, Integer> here = count(destination);
        count(before)
                .forEach((guid, n) -> assertTrue(
                        here.getOrDefault(guid, 0) >= n || sourceTouched.contains(guid),
                        "the destination lost " + guid));
        count(source)
                .forEach((guid, n) -> assertTrue(
                        here.getOrDefault(guid, 0) >= n || destinationTouched.contains(guid), "never came: " + guid));
        if (!forgetful) {
            here.forEach((guid, n) -> assertTrue(
                    count(source).containsKey(guid) || count(before).containsKey(guid), "came back: " + guid));
            judgeWords(before);
        }
        MailboxPlan again =
                reversed ? merge(true).initiatorPlan() : merge(false).responderPlan();
        assertTrue(MirrorMerge.isNoOp(again, destination.status()), "again: " + again);
    }

    private void judgeWords(Replica before) {
        Map<String, Integer> there = count(source);
        destination.mails.values().forEach(mail -> {
            boolean moved = !there.containsKey(mail.guid)
                    || sourceTouched.contains(mail.guid + "moved")
                    || destinationTouched.contains(mail.guid + "moved");
            for (String word : WORDS) {
                boolean has = mail.words.contains(word);
                boolean mine = destinationTouched.contains(mail.guid + word);
                boolean theirs = sourceTouched.contains(mail.guid + word);
                if (!moved && !theirs) {
                    assertEquals(find(before, mail.guid, word), has, word + " of " + mail.guid + " was not kept");
                } else if (!moved && !mine) {
                    assertEquals(find(source, mail.guid, word), has, word + " of " + mail.guid + " did not come");
                }
            }
        });
    }

    private static boolean find(Replica replica, String guid, String word) {
        return replica.mails.values().stream().anyMatch(mail -> mail.guid.equals(guid) && mail.words.contains(word));
    }

    private static Map<String, Integer> count(Replica replica) {
        Map<String, Integer> found = new TreeMap<>();
        replica.mails.values().forEach(mail -> found.merge(mail.guid, 1, Integer::sum));
        return found;
    }

    private static void history(long seed, boolean forgetful) {
        SplittableRandom random = new SplittableRandom(seed);
        OneWayHistoryTest world = new OneWayHistoryTest();
        boolean reversed = random.nextBoolean();
        int rounds = random.nextInt(1, MAX_ROUNDS + 1);
        for (int round = 0; round < rounds; round++) {
            for (int n = random.nextInt(MAX_OPERATIONS + 1); n > 0; n--) {
                world.use(random, world.source, "s", world.sourceTouched, !forgetful);
            }
            for (int n = random.nextInt(MAX_OPERATIONS + 1); n > 0 && round > 0; n--) {
                world.use(random, world.destination, "d", world.destinationTouched, !forgetful);
            }
            // Without logs, two users who moved the same mail cannot be told from a sync.
            if (forgetful && random.nextInt(3) == 0) {
                (random.nextBoolean() ? world.source : world.destination).forget();
            }
            world.round(reversed, forgetful);
        }
    }

    @Test
    void nothingIsLostAndASecondRunChangesNothing() {
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                history(seed, false);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void lostLogsLoseNoMailOfTheDestination() {
        for (long seed = 1_000_000; seed < 1_000_000 + SEEDS; seed++) {
            try {
                history(seed, true);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }
}
