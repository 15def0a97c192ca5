package dev.twinbox.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.merge.MailboxMerge.Common;
import dev.twinbox.engine.merge.MailboxMerge.Mode;
import dev.twinbox.engine.merge.MailboxMerge.Result;
import dev.twinbox.engine.merge.Replica.Mail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Histories on two replicas, judged by what the last common state and the two sides say, not by how merging works. */
class MergeHistoryTest {
    private static final int SEEDS = Integer.getInteger("twinbox.merge.seeds", 10_000);
    private static final int MAX_ROUNDS = 4;
    private static final int MAX_OPERATIONS = 5;
    private static final String[] WORDS = {"\\Seen", "\\Flagged", "work"};

    /** What the log is like that the sides have. */
    private enum Logs {
        WHOLE,
        SINCE_LAST_RUN,
        WITHOUT_TIMES,
        SOMETIMES_LOST
    }

    /** Something a user does to the n-th mail of a mailbox, or a delivery. */
    private record Operation(String name, int mail, String word) {
        void run(Side side) {
            List<Long> uids = new ArrayList<>(side.now.mails.keySet());
            if (name.equals("deliver")) {
                side.deliver();
            } else if (mail < uids.size()) {
                long uid = uids.get(mail);
                switch (name) {
                    case "set" -> side.set(uid, word, true);
                    case "clear" -> side.set(uid, word, false);
                    case "expunge" -> side.now.expunge(uid);
                    default -> side.now.moveOutAndBack(uid);
                }
            }
        }

        @Override
        public String toString() {
            return name + (name.equals("deliver") ? "" : " " + mail) + word;
        }
    }

    /** One side from the last common state to now. */
    private static final class Side {
        final String name;
        final Replica base;
        final Replica now;
        final Set<String> touched = new HashSet<>();
        int delivered;

        Side(String name, Replica replica) {
            this.name = name;
            this.now = replica;
            this.base = replica.copy();
        }

        void deliver() {
            // Of the names of both sides sometimes this, sometimes that sorts first.
            now.deliver((now.uidNext % 2 == 0 ? name : "m" + name) + now.highestModSeq + "." + delivered++);
        }

        void set(long uid, String word, boolean value) {
            now.set(uid, word, value);
            touched.add(uid + word);
        }
    }

    private static Result merge(Replica left, Replica right, boolean times, long common) {
        return LeftOut.merge(
                left.input(times), right.input(times), Mode.TWO_WAY, common == 0 ? Common.NONE : new Common(common, 1));
    }

    /** Merges both ways, carries it out and looks at what has come of it. */
    private static long round(Side left, Side right, Logs logs, long common) {
        boolean times = logs != Logs.WITHOUT_TIMES;
        Result result = merge(left.now, right.now, times, common);
        Result swapped = merge(right.now, left.now, times, common);
        Replica otherLeft = left.now.copy();
        Replica otherRight = right.now.copy();
        otherLeft.apply(swapped.responderPlan(), right.now);
        otherRight.apply(swapped.initiatorPlan(), left.now);
        Replica leftAfter = left.now.copy();
        Replica rightAfter = right.now.copy();
        leftAfter.apply(result.initiatorPlan(), right.now);
        rightAfter.apply(result.responderPlan(), left.now);

        assertEquals(leftAfter.status(), rightAfter.status(), "status");
        assertTrue(leftAfter.snapshot().sameMails(rightAfter.snapshot()), "sides differ: " + leftAfter + rightAfter);
        assertEquals(otherLeft.mails.toString(), otherRight.mails.toString(), "swapped sides differ");
        if (logs == Logs.WHOLE || logs == Logs.SINCE_LAST_RUN) {
            left.base.mails.keySet().forEach(uid -> compareWords(uid, left, right, leftAfter, otherLeft));
        }
        assertEquals(uids(leftAfter), uids(otherLeft), "swapping makes a difference");
        judge(left, right, leftAfter, logs);
        Result again = merge(leftAfter, rightAfter, times, result.commonUid());
        assertTrue(MirrorMerge.isNoOp(again.initiatorPlan(), leftAfter.status()), "again: " + again);
        assertTrue(MirrorMerge.isNoOp(again.responderPlan(), rightAfter.status()), "again: " + again);

        Replica leftBefore = left.now.copy();
        left.now.apply(result.initiatorPlan(), right.now);
        right.now.apply(result.responderPlan(), leftBefore);
        return result.commonUid();
    }

    private static void compareWords(long uid, Side left, Side right, Replica straight, Replica swapped) {
        if (straight.mails.containsKey(uid)) {
            for (String word : WORDS) {
                assertTrue(
                        left.touched.contains(uid + word) && right.touched.contains(uid + word)
                                || straight.get(uid).words.contains(word)
                                        == swapped.get(uid).words.contains(word),
                        "swapping makes a difference");
            }
        }
    }

    private static Map<Long, String> uids(Replica replica) {
        Map<Long, String> uids = new TreeMap<>();
        replica.mails.forEach((uid, mail) -> uids.put(uid, mail.guid));
        return uids;
    }

    /** No mail lost, none doubled, none back, no flag lost: base, left and right decide. */
    private static void judge(Side left, Side right, Replica after, Logs logs) {
        Map<String, Integer> expected = new HashMap<>();
        for (Map.Entry<Long, Mail> entry : left.base.mails.entrySet()) {
            Mail mine = left.now.mails.get(entry.getKey());
            Mail theirs = right.now.mails.get(entry.getKey());
            if (mine == null || theirs == null) {
                continue;
            }
            Mail base = entry.getValue();
            expected.merge(base.guid, 1, Integer::sum);
            Mail mail = after.mails.get(entry.getKey());
            assertNotNull(mail, "lost UID " + entry.getKey());
            assertEquals(base.guid, mail.guid, "lost UID " + entry.getKey());
            if (logs == Logs.WHOLE || logs == Logs.SINCE_LAST_RUN) {
                judgeWords(entry.getKey(), left, right, mail);
            }
        }
        Map<String, Integer> newLeft = fresh(left);
        Map<String, Integer> newRight = fresh(right);
        Set<String> guids = new HashSet<>(newLeft.keySet());
        guids.addAll(newRight.keySet());
        for (String guid : guids) {
            expected.merge(guid, Math.max(newLeft.getOrDefault(guid, 0), newRight.getOrDefault(guid, 0)), Integer::sum);
        }
        Map<String, Integer> found = new HashMap<>();
        after.mails.values().forEach(mail -> found.merge(mail.guid, 1, Integer::sum));
        if (logs == Logs.SOMETIMES_LOST) {
            expected.keySet().forEach(guid -> assertTrue(found.containsKey(guid), "lost " + guid));
        } else {
            assertEquals(new TreeMap<>(expected), new TreeMap<>(found), "mails");
        }
    }

    private static Map<String, Integer> fresh(Side side) {
        Map<String, Integer> found = new HashMap<>();
        side.now.mails.forEach((uid, mail) -> {
            if (!side.base.mails.containsKey(uid)) {
                found.merge(mail.guid, 1, Integer::sum);
            }
        });
        return found;
    }

    private static void judgeWords(long uid, Side left, Side right, Mail mail) {
        for (String word : WORDS) {
            boolean base = left.base.get(uid).words.contains(word);
            boolean mine = left.now.get(uid).words.contains(word);
            boolean theirs = right.now.get(uid).words.contains(word);
            boolean backAndForth = left.touched.contains(uid + word)
                    && right.touched.contains(uid + word)
                    && (mine == base || theirs == base);
            if (!backAndForth) {
                assertEquals(mine == base ? theirs : mine, mail.words.contains(word), word + " of UID " + uid);
            }
        }
    }

    private static List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        all.add(new Operation("deliver", 0, ""));
        for (int mail = 0; mail < 2; mail++) {
            for (String word : List.of("\\Seen", "work")) {
                all.add(new Operation("set", mail, word));
                all.add(new Operation("clear", mail, word));
            }
            all.add(new Operation("expunge", mail, ""));
            all.add(new Operation("move", mail, ""));
        }
        return all;
    }

    private static List<List<Operation>> sequences() {
        List<List<Operation>> all = new ArrayList<>();
        all.add(List.of());
        for (Operation first : operations()) {
            all.add(List.of(first));
            for (Operation second : operations()) {
                all.add(List.of(first, second));
            }
        }
        return all;
    }

    private static Replica ancestor(int mails) {
        Replica base = new Replica();
        for (int i = 0; i < mails; i++) {
            base.deliver("base" + i, i == 1 ? new String[] {"\\Seen", "work"} : new String[0]);
        }
        base.forgetUntil(base.highestModSeq);
        base.apply(merge(base, base, true, 0).initiatorPlan(), base);
        return base;
    }

    @Test
    void everyPairOfShortHistoriesIsMergedWithoutLoss() {
        List<List<Operation>> sequences = sequences();
        for (int mails = 0; mails <= 2; mails++) {
            Replica base = ancestor(mails);
            for (List<Operation> mine : sequences) {
                for (List<Operation> theirs : sequences) {
                    Side left = new Side("a", base.copy());
                    Side right = new Side("b", base.copy());
                    try {
                        mine.forEach(operation -> operation.run(left));
                        theirs.forEach(operation -> operation.run(right));
                        round(left, right, Logs.WHOLE, 0);
                    } catch (AssertionError | RuntimeException e) {
                        throw new AssertionError(mails + " mails, " + mine + " against " + theirs, e);
                    }
                }
            }
        }
    }

    @Test
    void longHistoriesWithWholeLogsAreMergedWithoutLoss() {
        manyHistories(Logs.WHOLE, 1);
    }

    @Test
    void longHistoriesWithSavedStateAreMergedWithoutLoss() {
        manyHistories(Logs.SINCE_LAST_RUN, 2);
    }

    @Test
    void logsThatDoNotSayWhenFlagsChangedLoseNoMail() {
        manyHistories(Logs.WITHOUT_TIMES, 3);
    }

    @Test
    void lostLogsLoseNoMail() {
        manyHistories(Logs.SOMETIMES_LOST, 4);
    }

    private static void manyHistories(Logs logs, long first) {
        for (int i = 0; i < SEEDS; i++) {
            long seed = first * 1_000_000_007L + i;
            List<String> story = new ArrayList<>();
            try {
                history(seed, logs, story);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + story, e);
            }
        }
    }

    private static void history(long seed, Logs logs, List<String> story) {
        SplittableRandom random = new SplittableRandom(seed);
        Replica left = ancestor(random.nextInt(4));
        Replica right = left.copy();
        long common = 0;
        int rounds = random.nextInt(1, MAX_ROUNDS + 1);
        for (int round = 0; round < rounds; round++) {
            Side mine = new Side("a", left);
            Side theirs = new Side("b", right);
            boolean lost = false;
            for (Side side : List.of(mine, theirs)) {
                for (int n = random.nextInt(MAX_OPERATIONS + 1); n > 0; n--) {
                    Operation operation = randomOperation(random);
                    if (logs == Logs.SOMETIMES_LOST && side == theirs && operation.name.equals("move")) {
                        continue; // without logs, two users who moved the same mail cannot be told from a sync
                    }
                    story.add(side.name + ":" + operation);
                    operation.run(side);
                }
                if (logs == Logs.SOMETIMES_LOST && !lost && random.nextInt(3) == 0) {
                    lost = true;
                    story.add(side.name + ":forget");
                    side.now.forget();
                }
            }
            story.add("|");
            common = round(mine, theirs, logs, logs == Logs.SINCE_LAST_RUN ? common : 0);
            if (logs == Logs.SINCE_LAST_RUN) {
                left.forgetUntil(left.highestModSeq);
                right.forgetUntil(right.highestModSeq);
            }
        }
    }

    private static Operation randomOperation(SplittableRandom random) {
        String[] names = {"deliver", "deliver", "set", "set", "clear", "expunge", "move"};
        String name = names[random.nextInt(names.length)];
        boolean word = name.equals("set") || name.equals("clear");
        return new Operation(name, random.nextInt(5), word ? WORDS[random.nextInt(WORDS.length)] : "");
    }
}
