package dev.twinbox.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MirrorMergeTest {
    private static final int RANDOM_TABLES = 50_000;
    private static final MailboxGuid GUID = new MailboxGuid(3, 4);
    private static final long VALIDITY = 1234;

    private record Row(String guid, int flags, String keywords, long modSeq, long received) {
        static Row of(String guid) {
            return new Row(guid, 0, "", 1, 1000);
        }

        Row flags(int bits) {
            return new Row(guid, bits, keywords, modSeq, received);
        }

        Row modSeq(long value) {
            return new Row(guid, flags, keywords, value, received);
        }

        Row keywords(String names) {
            return new Row(guid, flags, names, modSeq, received);
        }

        Row received(long seconds) {
            return new Row(guid, flags, keywords, modSeq, seconds);
        }

        Keywords words() {
            return keywords.isEmpty() ? Keywords.NONE : Keywords.of(List.of(keywords.split(" ")));
        }
    }

    private static NavigableMap<Long, Row> rows(Object... uidsAndRows) {
        NavigableMap<Long, Row> rows = new TreeMap<>();
        for (int i = 0; i < uidsAndRows.length; i += 2) {
            Object row = uidsAndRows[i + 1];
            rows.put(((Integer) uidsAndRows[i]).longValue(), row instanceof Row given ? given : Row.of((String) row));
        }
        return rows;
    }

    private static MailboxSnapshot table(NavigableMap<Long, Row> rows, long highestModSeq, boolean provisional) {
        MailboxSnapshot.Builder builder = new MailboxSnapshot.Builder();
        rows.forEach((uid, row) -> builder.add(
                uid, new MailGuid(row.guid()), new Flags(row.flags()), row.words(), row.modSeq(), row.received()));
        long uidNext = rows.isEmpty() ? 1 : rows.lastKey() + 1;
        return builder.build(
                new MailboxStatus(GUID, VALIDITY, uidNext, rows.size(), 1, highestModSeq, provisional), new Object());
    }

    private static MailboxSnapshot table(NavigableMap<Long, Row> rows) {
        return table(
                rows, 1 + rows.values().stream().mapToLong(Row::modSeq).max().orElse(0), false);
    }

    private static MailboxPlan plan(NavigableMap<Long, Row> source, NavigableMap<Long, Row> destination) {
        return MirrorMerge.plan(table(source), table(destination), row -> true);
    }

    private static String words(MailboxPlan plan) {
        StringBuilder text = new StringBuilder();
        for (Step step : plan.steps()) {
            if (step instanceof Save s) {
                text.append("+").append(s.newUid()).append(s.guid());
            } else if (step instanceof Expunge e) {
                text.append("-").append(e.uid()).append(e.guid());
            } else if (step instanceof Renumber r) {
                text.append(r.uid()).append(">").append(r.newUid());
            } else if (step instanceof Copy c) {
                text.append(c.fromUid()).append("=").append(c.newUid());
            } else if (step instanceof Update u) {
                text.append(u.visible() ? "!" : "~").append(u.uid());
            }
            text.append(' ');
        }
        return text.toString().trim();
    }

    /** Carries a plan out as its Javadoc says, refusing what breaks its rules. */
    private static NavigableMap<Long, Row> apply(MailboxPlan plan, NavigableMap<Long, Row> before) {
        NavigableMap<Long, Row> after = new TreeMap<>(before);
        Set<Long> spokenOf = new HashSet<>();
        for (Step step : plan.steps()) {
            Long old = step instanceof Expunge e
                    ? (Long) e.uid()
                    : step instanceof Renumber r ? (Long) r.uid() : step instanceof Update u ? (Long) u.uid() : null;
            if (old != null) {
                assertTrue(spokenOf.add(old), "two steps for UID " + old);
                assertTrue(before.containsKey(old), "no UID " + old);
                after.remove(old);
            }
        }
        for (Step step : plan.steps()) {
            if (step instanceof Save s) {
                add(
                        after,
                        s.newUid(),
                        new Row(s.guid().value(), s.flags().bits(), s.keywords().toString(), s.modSeq(), s.received()));
            } else if (step instanceof Renumber r) {
                add(
                        after,
                        r.newUid(),
                        new Row(
                                existing(before, r.uid()).guid(),
                                r.flags().bits(),
                                r.keywords().toString(),
                                r.modSeq(),
                                r.received()));
            } else if (step instanceof Copy c) {
                add(
                        after,
                        c.newUid(),
                        new Row(
                                existing(before, c.fromUid()).guid(),
                                c.flags().bits(),
                                c.keywords().toString(),
                                c.modSeq(),
                                c.received()));
            } else if (step instanceof Update u) {
                Row old = existing(before, u.uid());
                long date = u.received() == MailboxSnapshot.RECEIVED_UNKNOWN ? old.received() : u.received();
                add(
                        after,
                        u.uid(),
                        new Row(old.guid(), u.flags().bits(), u.keywords().toString(), u.modSeq(), date));
            } else if (step instanceof Expunge e) {
                assertEquals(e.guid().value(), existing(before, e.uid()).guid());
            }
        }
        return after;
    }

    private static Row existing(NavigableMap<Long, Row> rows, long uid) {
        return Objects.requireNonNull(rows.get(uid), () -> "no UID " + uid);
    }

    private static void add(NavigableMap<Long, Row> rows, long uid, Row row) {
        assertEquals(null, rows.put(uid, row), "two mails for UID " + uid);
    }

    @Test
    void hasNothingToDoForEqualTables() {
        NavigableMap<Long, Row> rows =
                rows(1, "a", 5, Row.of("b").flags(Flags.SEEN).keywords("x y"));
        MailboxPlan plan = plan(rows, rows);
        assertEquals("", words(plan));
        assertTrue(MirrorMerge.isNoOp(plan, table(rows).status()));
    }

    @Test
    void fetchesOnlyWhatIsMissingAndTakesAwayWhatIsSurplus() {
        assertEquals("+2b -3c", words(plan(rows(1, "a", 2, "b"), rows(1, "a", 3, "c"))));
    }

    @Test
    void replacesAnotherMailAtTheSameUidAndKeepsTheRest() {
        assertEquals("+2b -2x", words(plan(rows(1, "a", 2, "b", 3, "c"), rows(1, "a", 2, "x", 3, "c"))));
    }

    @Test
    void renumbersInsteadOfFetching() {
        assertEquals("9>2", words(plan(rows(1, "a", 2, "b"), rows(1, "a", 9, "b"))));
        assertEquals("2>1 1>2", words(plan(rows(1, "a", 2, "b"), rows(1, "b", 2, "a"))), "a swap");
        assertEquals("2>1 3>2 1>3", words(plan(rows(1, "a", 2, "b", 3, "c"), rows(1, "c", 2, "a", 3, "b"))));
    }

    @Test
    void copiesASecondMailOfTheSameGuid() {
        assertEquals("1=2", words(plan(rows(1, "a", 2, "a"), rows(1, "a"))));
        assertEquals("-2a", words(plan(rows(1, "a"), rows(1, "a", 2, "a"))));
        assertEquals("+1a +2a", words(plan(rows(1, "a", 2, "a"), rows())));
        assertEquals("7>1 7=2", words(plan(rows(1, "a", 2, "a"), rows(7, "a"))));
    }

    @Test
    void putsFlagsKeywordsDatesAndModSeqsRight() {
        assertEquals("!1", words(plan(rows(1, Row.of("a").flags(Flags.SEEN)), rows(1, "a"))));
        assertEquals("!1", words(plan(rows(1, "a"), rows(1, Row.of("a").keywords("x")))));
        assertEquals("!1", words(plan(rows(1, "a"), rows(1, Row.of("a").received(1001)))));
        assertEquals("~1", words(plan(rows(1, "a"), rows(1, Row.of("a").modSeq(7)))));
        assertEquals(
                "",
                words(plan(
                        rows(1, Row.of("a").keywords("X")), rows(1, Row.of("a").keywords("x")))));
        assertEquals("", words(plan(rows(1, Row.of("a").flags(Flags.RECENT)), rows(1, "a"))), "\\Recent is nobody's");
        assertEquals("", words(plan(rows(1, Row.of("a").received(MailboxSnapshot.RECEIVED_UNKNOWN)), rows(1, "a"))));
    }

    @Test
    void doesNotFetchWhatIsNotWantedButKeepsWhatIsThere() {
        MailboxSnapshot source = table(rows(1, "a", 2, "b"));
        assertEquals("", words(MirrorMerge.plan(source, table(rows(1, "a")), row -> false)));
        assertEquals("2>1", words(MirrorMerge.plan(table(rows(1, "a")), table(rows(2, "a")), row -> false)));
    }

    @Test
    void takesTheSourcesNumbersExactly() {
        MailboxPlan plan = plan(rows(1, "a"), rows(1, "a", 7, Row.of("b").modSeq(99)));
        MailboxStatus status = table(rows(1, "a")).status();
        assertEquals(
                new MailboxPlan.Target(GUID, VALIDITY, status.uidNext(), 1, status.highestModSeq(), true),
                plan.target());
    }

    @Test
    void countsItsOwnModSeqsWhereTheSourceHasNone() {
        NavigableMap<Long, Row> own = rows(1, Row.of("a").modSeq(5));
        MailboxSnapshot source = table(rows(1, Row.of("a").modSeq(0)), 0, false);
        MailboxPlan still = MirrorMerge.plan(source, table(own), row -> true);
        assertEquals("", words(still));
        assertEquals(6, still.target().highestModSeq());
        assertTrue(MirrorMerge.isNoOp(still, table(own).status()));
        MailboxSnapshot more =
                table(rows(1, Row.of("a").modSeq(0), 2, Row.of("b").modSeq(0)), 0, false);
        assertEquals(7, MirrorMerge.plan(more, table(own), row -> true).target().highestModSeq());
        assertFalse(MirrorMerge.looksEqual(source.status(), source.status()), "nothing to tell changes by");
    }

    @Test
    void matchesByGuidAloneWhereTheSourcesNumbersAreProvisional() {
        MailboxSnapshot source = table(rows(1, "c", 2, "a", 3, "b"), 1, true);
        MailboxPlan plan = MirrorMerge.plan(source, table(rows(5, "a", 6, "x", 8, "b")), row -> true);
        assertEquals("+9c -6x", words(plan));
        assertFalse(plan.target().exact());
        assertFalse(MirrorMerge.looksEqual(source.status(), source.status()));
    }

    @Test
    @Tag("F120")
    void eachNumberThatDiffersMeansLooking() {
        MailboxGuid guid = new MailboxGuid(1, 2);
        MailboxStatus one = new MailboxStatus(guid, 7, 100, 50, 90, 1000, false);
        assertTrue(MirrorMerge.looksEqual(one, new MailboxStatus(guid, 7, 100, 50, 90, 1000, false)));
        for (MailboxStatus other : List.of(
                new MailboxStatus(new MailboxGuid(1, 3), 7, 100, 50, 90, 1000, false),
                new MailboxStatus(guid, 8, 100, 50, 90, 1000, false),
                new MailboxStatus(guid, 7, 101, 50, 90, 1000, false),
                new MailboxStatus(guid, 7, 100, 51, 90, 1000, false),
                new MailboxStatus(guid, 7, 100, 50, 91, 1000, false),
                new MailboxStatus(guid, 7, 100, 50, 90, 1001, false),
                new MailboxStatus(guid, 7, 100, 50, 90, 1000, true))) {
            assertFalse(MirrorMerge.looksEqual(one, other), other::toString);
            assertFalse(MirrorMerge.looksEqual(other, one), other::toString);
        }
    }

    @Test
    void makesAnyTableLikeAnyOther() {
        for (long seed = 0; seed < RANDOM_TABLES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            NavigableMap<Long, Row> source = randomRows(random);
            NavigableMap<Long, Row> destination =
                    random.nextInt(3) == 0 ? randomRows(random) : tampered(random, source);
            try {
                MailboxPlan plan = plan(source, destination);
                NavigableMap<Long, Row> result = apply(plan, destination);
                assertEquals(source, result);
                assertEquals("", words(plan(source, result)), "second plan");
                assertEquals(fewestFetches(source, destination), fetches(plan), "mails fetched");
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ": " + e.getMessage() + "\n" + source + "\n" + destination, e);
            }
        }
    }

    @Test
    void hasTheSameMailsAsAnyProvisionalSource() {
        for (long seed = 0; seed < RANDOM_TABLES / 5; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            NavigableMap<Long, Row> source = randomRows(random);
            NavigableMap<Long, Row> destination =
                    random.nextInt(3) == 0 ? randomRows(random) : tampered(random, source);
            try {
                MailboxSnapshot from = table(source, 1, true);
                MailboxPlan plan = MirrorMerge.plan(from, table(destination), row -> true);
                NavigableMap<Long, Row> result = apply(plan, destination);
                assertEquals(guids(source), guids(result));
                assertTrue(result.isEmpty() || plan.target().uidNext() > result.lastKey());
                for (Map.Entry<Long, Row> kept : result.entrySet()) {
                    Row was = destination.get(kept.getKey());
                    if (was != null) {
                        assertEquals(was.guid(), kept.getValue().guid(), "a UID never means another mail");
                    }
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ": " + e.getMessage() + "\n" + source + "\n" + destination, e);
            }
        }
    }

    private static List<String> guids(NavigableMap<Long, Row> rows) {
        List<String> guids = new ArrayList<>();
        rows.values().forEach(row -> guids.add(row.guid()));
        guids.sort(Comparator.naturalOrder());
        return guids;
    }

    private static Set<String> fetches(MailboxPlan plan) {
        Set<String> guids = new HashSet<>();
        for (Step step : plan.steps()) {
            if (step instanceof Save save) {
                guids.add(save.guid().value());
            }
        }
        return guids;
    }

    private static Set<String> fewestFetches(NavigableMap<Long, Row> source, NavigableMap<Long, Row> destination) {
        Set<String> guids = new HashSet<>(guids(source));
        guids.removeAll(new HashSet<>(guids(destination)));
        return guids;
    }

    private static NavigableMap<Long, Row> randomRows(SplittableRandom random) {
        NavigableMap<Long, Row> rows = new TreeMap<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            rows.put(1L + random.nextInt(15), randomRow(random));
        }
        return rows;
    }

    private static Row randomRow(SplittableRandom random) {
        return new Row(
                String.valueOf((char) ('a' + random.nextInt(10))),
                random.nextInt(4),
                random.nextInt(3) == 0 ? "k" + random.nextInt(3) : "",
                1 + random.nextInt(5),
                1000 + random.nextInt(2));
    }

    private static NavigableMap<Long, Row> tampered(SplittableRandom random, NavigableMap<Long, Row> rows) {
        NavigableMap<Long, Row> changed = new TreeMap<>(rows);
        for (int i = random.nextInt(4); i > 0; i--) {
            long uid = 1L + random.nextInt(15);
            Row row = changed.remove(uid);
            if (row == null || random.nextBoolean()) {
                changed.put(uid, randomRow(random));
            } else if (random.nextBoolean()) {
                changed.put(1L + random.nextInt(15), row);
            }
        }
        return changed;
    }
}
