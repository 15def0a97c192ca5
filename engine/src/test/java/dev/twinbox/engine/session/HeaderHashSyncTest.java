package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.memory.MailGuids;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import dev.twinbox.transport.link.LocalPeer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Accounts whose mails have no GUIDs, or cannot keep them: Date and Message-ID say which mails are the same. */
@Tag("F115")
class HeaderHashSyncTest {
    private static final int RANDOM_HISTORIES = 500;

    private final SimClock clock = new SimClock();
    private MemoryAccount left = account("left", 1, MailGuids.NONE);
    private MemoryAccount right = account("right", 2, MailGuids.NONE);
    private SyncState state = SyncState.EMPTY;
    private int names;

    /** All pairs that cannot go by GUIDs both ways. */
    static Stream<Arguments> pairs() {
        List<Arguments> pairs = new ArrayList<>();
        for (MailGuids one : MailGuids.values()) {
            for (MailGuids other : MailGuids.values()) {
                if (one != MailGuids.KEPT || other != MailGuids.KEPT) {
                    pairs.add(Arguments.of(one, other));
                }
            }
        }
        return pairs.stream();
    }

    /** The manual page's story, by headers only. */
    @ParameterizedTest
    @MethodSource("pairs")
    void oneWayAnExpungedMailStaysGoneAndTheNewOneKeepsItsUid(MailGuids one, MailGuids other) throws Exception {
        accounts(one, other);
        for (int i = 1; i <= 5; i++) {
            deliver(left, "m" + i);
        }
        assertEquals(Status.DONE, sync(true).status());
        assertEquals("{1=m1, 2=m2, 3=m3, 4=m4, 5=m5}", mails(right));
        right.client().expunge(MailboxName.INBOX, 1);
        deliver(left, "m6");
        assertEquals(Status.DONE, sync(true).status());
        assertEquals("{2=m2, 3=m3, 4=m4, 5=m5, 6=m6}", mails(right));
        assertEquals("{1=m1, 2=m2, 3=m3, 4=m4, 5=m5, 6=m6}", mails(left));
        assertNothingToDo(true);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void conflictingUidsGetNewOnesAtBothSides(MailGuids one, MailGuids other) throws Exception {
        accounts(one, other);
        for (int i = 1; i <= 5; i++) {
            deliver(left, "m" + i);
        }
        assertEquals(Status.DONE, sync(false).status());
        assertEquals(mails(left), mails(right));
        deliver(left, "here");
        deliver(right, "there");
        assertEquals(Status.DONE, sync(false).status());
        assertEquals(mails(left), mails(right));
        assertEquals(Set.of(1L, 2L, 3L, 4L, 5L, 7L, 8L), table(left).keySet());
        assertNothingToDo(false);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void flagsAndExpungesAreMerged(MailGuids one, MailGuids other) throws Exception {
        accounts(one, other);
        for (int i = 1; i <= 4; i++) {
            deliver(left, "m" + i);
        }
        sync(false);
        left.client().flag(MailboxName.INBOX, 1, new Flags(Flags.SEEN));
        right.client().flag(MailboxName.INBOX, 1, new Flags(Flags.ANSWERED));
        left.client().expunge(MailboxName.INBOX, 2);
        right.client().expunge(MailboxName.INBOX, 3);
        assertEquals(Status.DONE, sync(false).status());
        assertEquals("{1=m1\\Answered \\Seen, 4=m4}", mails(left));
        assertEquals(mails(left), mails(right));
        assertNothingToDo(false);
    }

    /** The same mail came to both, as to two accounts that are fed by one mailing list. */
    @ParameterizedTest
    @MethodSource("pairs")
    void theSameMailAtBothSidesIsOne(MailGuids one, MailGuids other) throws Exception {
        accounts(one, other);
        deliver(left, "m1");
        deliver(left, "m2");
        deliver(right, "m2");
        deliver(right, "m1");
        assertEquals(Status.DONE, sync(false).status());
        assertEquals(mails(left), mails(right));
        assertEquals(List.of("m1", "m2"), names(left));
        assertNothingToDo(false);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void twoMailsWithTheSameHeadersAreBothCopiedAsTheyAre(MailGuids one, MailGuids other) throws Exception {
        accounts(one, other);
        deliver(left, "draft", "first");
        deliver(left, "m2", "");
        deliver(left, "draft", "second");
        assertEquals(Status.DONE, sync(false).status());
        assertEquals("{1=draft first, 2=m2, 3=draft second}", mails(right));
        assertNothingToDo(false);
        right.client().expunge(MailboxName.INBOX, 1);
        assertEquals(Status.DONE, sync(false).status());
        assertEquals("{2=m2, 3=draft second}", mails(left));
        deliver(right, "draft", "third");
        assertEquals(Status.DONE, sync(false).status());
        assertEquals("{2=m2, 3=draft second, 4=draft third}", mails(left));
        assertEquals(mails(left), mails(right));
        assertNothingToDo(false);
    }

    /** Two mails of which nothing is known are not one because of that. */
    @ParameterizedTest
    @MethodSource("pairs")
    void mailsWithoutTheHeadersAreToldApartByTheirBodies(MailGuids one, MailGuids other) throws Exception {
        accounts(one, other);
        bare(left, "one");
        bare(left, "both");
        bare(right, "two");
        bare(right, "both");
        assertEquals(Status.DONE, sync(false).status());
        assertEquals(mails(left), mails(right));
        assertEquals(List.of("both", "one", "two"), names(left));
        assertNothingToDo(false);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aSavedStateTellsThatTheLastMailWasExpunged(MailGuids one, MailGuids other) throws Exception {
        accounts(one, other);
        deliver(left, "m1");
        deliver(left, "m2");
        for (int i = 0; i < 2; i++) { // the first run begins the state, the second one knows what is common
            state = stateful().state();
        }
        right.client().expunge(MailboxName.INBOX, 2);
        Outcome outcome = stateful();
        assertEquals(Status.DONE, outcome.status());
        assertEquals("{1=m1}", mails(left));
        assertEquals(mails(left), mails(right));
    }

    @Test
    void copiesOfMailsWithoutGuidGetDifferentOnesThatStay() throws Exception {
        accounts(MailGuids.NONE, MailGuids.KEPT);
        deliver(left, "m1");
        deliver(left, "m1");
        sync(false);
        Set<String> guids = guids(right);
        assertEquals(2, guids.size());
        deliver(left, "m2");
        right.client().flag(MailboxName.INBOX, 1, new Flags(Flags.SEEN));
        sync(false);
        assertTrue(guids(right).containsAll(guids), guids + " " + guids(right));
        assertEquals(List.of("m1", "m1", "m2"), names(left));
    }

    @Test
    void backupSaysWhyItCannot() throws Exception {
        deliver(left, "m1");
        Outcome outcome = backup(SyncType.CHANGED, DeleteLimit.OFF);
        assertEquals(Status.DAMAGED, outcome.status());
        assertTrue(String.valueOf(outcome.reason()).contains("use sync"), outcome.reason());
        assertEquals("{}", mails(right));
    }

    /** The same header with another body, none at all with another body, and the very same twice. */
    private void deliverMailsThatLookAlike() throws Exception {
        deliver(left, "draft", "first");
        deliver(left, "m2");
        deliver(left, "draft", "second");
        bare(left, "one");
        bare(left, "two");
        deliver(left, "twice");
        deliver(left, "twice");
    }

    /** All pairs in which a mirror cannot go by GUIDs. */
    static Stream<Arguments> mirrors() {
        return pairs().filter(pair -> pair.get()[0] != MailGuids.NONE && pair.get()[1] != MailGuids.KEPT);
    }

    @ParameterizedTest
    @MethodSource("mirrors")
    void aMirrorIsExactAndFindsNothingToDo(MailGuids one, MailGuids other) throws Exception {
        accounts(one, other);
        deliverMailsThatLookAlike();
        assertMirrored("first");
        String before = mails(right);
        Outcome outcome = backup(SyncType.FULL, DeleteLimit.OFF);
        assertEquals(Status.DONE, outcome.status());
        assertNothingDone(outcome, before);
        // Used, and put right again; also where the headers are the same, and the mail is another.
        right.client().expunge(MailboxName.INBOX, 1);
        right.client().expunge(MailboxName.INBOX, 4);
        right.client().flag(MailboxName.INBOX, 2, new Flags(Flags.SEEN));
        deliver(right, "surplus");
        deliver(right, "draft", "third");
        left.client().expunge(MailboxName.INBOX, 3);
        deliver(left, "draft", "fourth");
        assertMirrored("put right");
    }

    @ParameterizedTest
    @MethodSource("mirrors")
    void aMirrorOfAnEmptiedAccountIsGuarded(MailGuids one, MailGuids other) throws Exception {
        accounts(one, other);
        for (int i = 1; i <= 20; i++) {
            deliver(left, "m" + i);
        }
        assertMirrored("first");
        String before = mails(right);
        for (long uid = 1; uid <= 20; uid++) {
            left.client().expunge(MailboxName.INBOX, uid);
        }
        assertEquals(
                Status.GUARDED,
                backup(SyncType.CHANGED, DeleteLimit.ofMails(19)).status());
        assertEquals(before, mails(right));
    }

    @ParameterizedTest
    @MethodSource("mirrors")
    void randomMirrorsEndEqual(MailGuids one, MailGuids other) throws Exception {
        long first = System.nanoTime();
        for (long seed = first; seed < first + RANDOM_HISTORIES / 4; seed++) {
            accounts(one, other);
            SplittableRandom random = new SplittableRandom(seed);
            for (int round = 0; round < 4; round++) {
                for (int i = random.nextInt(6); i > 0; i--) {
                    act(random.nextBoolean() ? left : right, random, new HashSet<>(), new TreeMap<>());
                }
                assertMirrored("seed " + seed + " round " + round);
            }
        }
    }

    /** What joins the ends of a run whose source is elsewhere. */
    private enum Line {
        IN_MEMORY(RemoteWorld::local),
        OVER_PIPES(RemoteWorld::wire);

        private final RemoteWorld.Way way;

        Line(RemoteWorld.Way way) {
            this.way = way;
        }
    }

    static Stream<Arguments> mirrorsOfElsewhere() {
        return mirrors().flatMap(pair -> Stream.of(Line.values())
                .map(line -> Arguments.of(pair.get()[0], pair.get()[1], line)));
    }

    /** The destination calls, and is called; the source's list has other things in it in dsync. */
    @ParameterizedTest
    @MethodSource("mirrorsOfElsewhere")
    void aMirrorOfMailElsewhereIsExactAndFindsNothingToDo(MailGuids one, MailGuids other, Line line) throws Exception {
        for (boolean pulls : new boolean[] {true, false}) {
            accounts(one, other);
            deliverMailsThatLookAlike();
            assertMirroredFromElsewhere(line, pulls, "first");
            right.client().expunge(MailboxName.INBOX, 1);
            right.client().expunge(MailboxName.INBOX, 4);
            right.client().flag(MailboxName.INBOX, 2, new Flags(Flags.SEEN));
            deliver(right, "surplus");
            deliver(right, "draft", "third");
            left.client().expunge(MailboxName.INBOX, 3);
            deliver(left, "draft", "fourth");
            assertMirroredFromElsewhere(line, pulls, "put right");
        }
    }

    @ParameterizedTest
    @MethodSource("mirrorsOfElsewhere")
    void randomMirrorsOfMailElsewhereEndEqual(MailGuids one, MailGuids other, Line line) throws Exception {
        long first = System.nanoTime();
        for (long seed = first; seed < first + RANDOM_HISTORIES / 20; seed++) {
            accounts(one, other);
            SplittableRandom random = new SplittableRandom(seed);
            for (int round = 0; round < 4; round++) {
                for (int i = random.nextInt(6); i > 0; i--) {
                    act(random.nextBoolean() ? left : right, random, new HashSet<>(), new TreeMap<>());
                }
                assertMirroredFromElsewhere(line, random.nextBoolean(), "seed " + seed + " round " + round);
            }
        }
    }

    private void assertMirroredFromElsewhere(Line line, boolean pulls, String where) throws Exception {
        String before = line + ", " + pulls + ", " + where + ": " + mails(left) + " " + mails(right);
        mirrorFromElsewhere(line, pulls, before);
        String after = mails(left);
        assertEquals(after, mails(right), before);
        RemoteWorld.Ends again = mirrorFromElsewhere(line, pulls, before);
        assertNothingDone(pulls ? again.initiator() : again.responder(), before);
        assertEquals(after, mails(left), before);
        assertEquals(after, mails(right), before);
    }

    private RemoteWorld.Ends mirrorFromElsewhere(Line line, boolean pulls, String before) throws Exception {
        RemoteWorld world = pulls ? new RemoteWorld(right, left) : new RemoteWorld(left, right);
        RemoteRun.Mode mode = pulls ? RemoteRun.Mode.BACKUP_REVERSE : RemoteRun.Mode.BACKUP;
        RemoteWorld.Ends ends = world.run(mode, SyncType.FULL, SyncState.EMPTY, line.way);
        assertEquals(
                Status.DONE,
                ends.initiator().status(),
                before + ends.initiator().reason());
        assertEquals(
                Status.DONE,
                ends.responder().status(),
                before + ends.responder().reason());
        return ends;
    }

    private void assertMirrored(String where) throws Exception {
        String before = where + ": " + mails(left) + " " + mails(right);
        // Full: two that were used apart may have come to the same numbers.
        Outcome outcome = backup(SyncType.FULL, DeleteLimit.OFF);
        assertEquals(Status.DONE, outcome.status(), before + outcome.reason());
        assertEquals(mails(left), mails(right), before);
        String after = mails(left);
        assertNothingDone(backup(SyncType.FULL, DeleteLimit.OFF), before);
        assertEquals(after, mails(left), before);
        assertEquals(after, mails(right), before);
    }

    private static void assertNothingDone(Outcome outcome, String before) {
        assertEquals(Status.DONE, outcome.status(), outcome.reason());
        for (Outcome.MailboxResult result : outcome.mailboxes()) {
            assertEquals(0, result.saved() + result.expunged() + result.flagged() + result.renumbered(), before);
        }
    }

    private Outcome backup(SyncType type, DeleteLimit limit) throws InterruptedException {
        LocalPeer.Pair pair = LocalPeer.pair(LocalPeer.CAPACITY_DEFAULT);
        SyncOptions options = new SyncOptions(
                type, MailboxFilter.ALL, MailFilter.ALL, false, false, limit, "test.example.org", SyncState.EMPTY);
        return LocalRun.backup(
                left.openForReading(),
                right.openForWriting(),
                pair.initiator(),
                pair.responder(),
                options,
                new SilentObserver());
    }

    // Random histories

    /** No mail is lost, none doubled, both sides are equal, and what was expunged stays so if a mail above it tells. */
    @Test
    void randomHistoriesEndEqual() throws Exception {
        List<Arguments> pairs = pairs().toList();
        long first = System.nanoTime();
        for (long seed = first; seed < first + RANDOM_HISTORIES; seed++) {
            Object[] pair =
                    pairs.get((int) Long.remainderUnsigned(seed, pairs.size())).get();
            accounts((MailGuids) pair[0], (MailGuids) pair[1]);
            play(new SplittableRandom(seed), "seed " + seed + " " + pair[0] + " " + pair[1]);
        }
    }

    private void play(SplittableRandom random, String where) throws Exception {
        Set<String> alive = new HashSet<>();
        for (int round = 0; round < 4; round++) {
            Map<String, Long> gone = new TreeMap<>();
            Set<Long> common = new HashSet<>(table(left).keySet());
            for (int i = random.nextInt(6); i > 0; i--) {
                act(random.nextBoolean() ? left : right, random, alive, gone);
            }
            String before = where + " round " + round + ": " + mails(left) + " " + mails(right);
            common.retainAll(table(left).keySet());
            common.retainAll(table(right).keySet());
            long lastProof = common.stream().mapToLong(uid -> uid).max().orElse(0);
            Outcome outcome = sync(false);
            assertEquals(Status.DONE, outcome.status(), before + outcome.reason());
            assertEquals(mails(left), mails(right), before);
            List<String> now = names(left);
            assertEquals(new HashSet<>(now).size(), now.size(), before + " doubled: " + now);
            assertTrue(now.containsAll(alive), before + " lost: " + now);
            for (Map.Entry<String, Long> entry : gone.entrySet()) {
                if (now.contains(entry.getKey())) {
                    assertTrue(entry.getValue() > lastProof, before + " back: " + entry);
                    alive.add(entry.getKey());
                }
            }
            String after = mails(left);
            assertNothingToDo(false);
            assertEquals(after, mails(left), before);
        }
    }

    private void act(MemoryAccount account, SplittableRandom random, Set<String> alive, Map<String, Long> gone)
            throws Exception {
        Map<Long, String> table = table(account);
        List<Long> uids = new ArrayList<>(table.keySet());
        int what = random.nextInt(4);
        if (what <= 1 || uids.isEmpty()) {
            String name = "m" + ++names;
            deliver(account, name);
            alive.add(name);
            return;
        }
        long uid = uids.get(random.nextInt(uids.size()));
        if (what == 2) {
            account.client().flag(MailboxName.INBOX, uid, new Flags(random.nextInt(Flags.SETTABLE + 1)));
            return;
        }
        String name = name(table.getOrDefault(uid, ""));
        account.client().expunge(MailboxName.INBOX, uid);
        alive.remove(name);
        gone.put(name, uid);
    }

    // The accounts

    private void accounts(MailGuids one, MailGuids other) {
        left = account("left", 1, one);
        right = account("right", 2, other);
    }

    private MemoryAccount account(String name, long number, MailGuids guids) {
        MemoryAccount account = new MemoryAccount(name, clock, guids);
        try {
            account.client().create(MailboxName.INBOX, new MailboxGuid(number, 0), 1_795_303_655L);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return account;
    }

    private void deliver(MemoryAccount account, String name) throws IOException {
        deliver(account, name, "");
    }

    private void deliver(MemoryAccount account, String name, String text) throws IOException {
        put(
                account,
                "Received: by " + (account == left ? "left" : "right")
                        + "\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nMessage-ID: <" + name + "@example.org>\nX-Name: "
                        + (name + " " + text).strip() + "\n\n" + text + "\n");
    }

    private void bare(MemoryAccount account, String text) throws IOException {
        put(account, "X-Name: " + text + "\n\n" + text + "\n");
    }

    private void put(MemoryAccount account, String mail) throws IOException {
        MailGuid guid = new MailGuid("key" + ++names);
        account.client().deliver(MailboxName.INBOX, guid, mail.getBytes(StandardCharsets.US_ASCII), 1_700_000_000);
    }

    private SyncOptions options(SyncType type) {
        return new SyncOptions(
                type, MailboxFilter.ALL, MailFilter.ALL, false, false, DeleteLimit.OFF, "test.example.org", state);
    }

    private Outcome sync(boolean oneWay) throws InterruptedException {
        return run(oneWay, SyncType.CHANGED);
    }

    private Outcome stateful() throws InterruptedException {
        return run(false, state.boxes().isEmpty() ? SyncType.CHANGED : SyncType.STATE);
    }

    private Outcome run(boolean oneWay, SyncType type) throws InterruptedException {
        LocalPeer.Pair pair = LocalPeer.pair(LocalPeer.CAPACITY_DEFAULT);
        SilentObserver nobody = new SilentObserver();
        MailStore one = oneWay ? left.openForReading() : left.openForWriting();
        return LocalRun.sync(
                one, right.openForWriting(), oneWay, pair.initiator(), pair.responder(), options(type), nobody, nobody);
    }

    private void assertNothingToDo(boolean oneWay) throws Exception {
        String before = mails(left) + mails(right);
        Outcome outcome = sync(oneWay);
        assertEquals(Status.DONE, outcome.status(), outcome.reason());
        for (Outcome.MailboxResult result : outcome.mailboxes()) {
            assertEquals(0, result.saved() + result.expunged() + result.flagged() + result.renumbered(), before);
        }
        assertEquals(before, mails(left) + mails(right));
    }

    /** The mails as their own headers name them, with their flags, by UID. */
    private static Map<Long, String> table(MemoryAccount account) throws IOException {
        Map<Long, String> mails = new TreeMap<>();
        try (MailStore store = account.openForReading();
                Mailbox box = store.open(MailboxName.INBOX)) {
            MailboxSnapshot table = box.snapshot();
            for (int row = 0; row < table.size(); row++) {
                try (InputStream in = box.body(new Uid(table.uid(row))).open()) {
                    String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
                    String name = text.lines()
                            .filter(line -> line.startsWith("X-Name: "))
                            .findFirst()
                            .orElseThrow();
                    Flags flags = table.flags(row).settable();
                    mails.put(
                            table.uid(row),
                            name.substring("X-Name: ".length()) + (flags.bits() == 0 ? "" : flags.toString()));
                }
            }
        }
        return mails;
    }

    private static String name(String entry) {
        int flags = entry.indexOf('\\');
        return flags < 0 ? entry : entry.substring(0, flags);
    }

    private static String mails(MemoryAccount account) throws IOException {
        return table(account).toString();
    }

    private static List<String> names(MemoryAccount account) throws IOException {
        return table(account).values().stream()
                .map(HeaderHashSyncTest::name)
                .sorted()
                .toList();
    }

    private static Set<String> guids(MemoryAccount account) throws IOException {
        Set<String> guids = new HashSet<>();
        try (MailStore store = account.openForReading();
                Mailbox box = store.open(MailboxName.INBOX)) {
            MailboxSnapshot table = box.snapshot();
            for (int row = 0; row < table.size(); row++) {
                guids.add(table.guid(row).value());
            }
        }
        return guids;
    }
}
