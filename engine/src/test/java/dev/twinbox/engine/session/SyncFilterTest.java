package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.transport.link.LocalPeer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Filters keep mails from being fetched by a merge; they take none away, and a later run without them gets the rest. */
class SyncFilterTest {
    private static final MailboxName INBOX = MailboxName.INBOX;
    private static final MailboxName ALL = MailboxName.parse("All", '/');
    private static final MailboxName WORK = MailboxName.parse("Work", '/');
    private static final long DAY = 86_400;
    private static final long T0 = 1_700_000_000;

    private final SimClock clock = new SimClock();
    private final MemoryAccount left = account("left", 1);
    private final MemoryAccount right = account("right", 2);

    /** A filter, and which of the four mails it lets through. */
    static Stream<Arguments> filters() {
        List<Arguments> list = new ArrayList<>();
        for (boolean oneWay : new boolean[] {false, true}) {
            list.add(Arguments.of(oneWay, new MailFilter(T0 + DAY, 0, 0, null), "large marked tagged"));
            list.add(Arguments.of(oneWay, new MailFilter(T0 + DAY + 1, 0, 0, null), "marked tagged"));
            list.add(Arguments.of(oneWay, new MailFilter(0, T0 + DAY, 0, null), "large old"));
            list.add(Arguments.of(oneWay, new MailFilter(T0 + DAY, T0 + 2 * DAY, 0, null), "large marked"));
            list.add(Arguments.of(oneWay, new MailFilter(0, 0, 8, null), "marked old tagged"));
            list.add(Arguments.of(oneWay, new MailFilter(0, 0, 0, "\\Flagged"), "marked"));
            list.add(Arguments.of(oneWay, new MailFilter(0, 0, 0, "-\\Flagged"), "large old tagged"));
            list.add(Arguments.of(oneWay, new MailFilter(0, 0, 0, "$tag"), "tagged"));
            list.add(Arguments.of(oneWay, new MailFilter(0, 0, 0, "-$TAG"), "large marked old"));
            list.add(Arguments.of(oneWay, new MailFilter(T0 + DAY, 0, 8, "-\\Flagged"), "tagged"));
        }
        return list.stream();
    }

    @ParameterizedTest
    @MethodSource("filters")
    @Tag("F163")
    @Tag("F164")
    @Tag("F165")
    void onlyWantedMailsAreFetchedAndTheRestStaysAndComesLater(boolean oneWay, MailFilter filter, String wanted)
            throws Exception {
        fill(left, "");
        fill(right, "r.");
        assertEquals(Status.DONE, sync(oneWay, filter, MailboxFilter.ALL, null).status());
        Set<String> here = new TreeSet<>(Set.of("old", "large", "marked", "tagged"));
        Set<String> there = new TreeSet<>(Set.of("r.old", "r.large", "r.marked", "r.tagged"));
        for (String name : wanted.split(" ")) {
            there.add(name);
            if (!oneWay) {
                here.add("r." + name);
            }
        }
        assertEquals(here, names(left, INBOX));
        assertEquals(there, names(right, INBOX));
        assertEquals(Status.DONE, sync(oneWay, filter, MailboxFilter.ALL, null).status());
        assertEquals(here, names(left, INBOX));
        assertEquals(there, names(right, INBOX));
        assertEquals(
                Status.DONE,
                sync(oneWay, MailFilter.ALL, MailboxFilter.ALL, null).status());
        assertEquals(oneWay ? 4 : 8, names(left, INBOX).size());
        assertEquals(8, names(right, INBOX).size());
    }

    /** Expunges and flags of mails that both have are merged whatever the filter says. */
    @ParameterizedTest
    @MethodSource("filters")
    void whatBothHaveIsMergedAllTheSame(boolean oneWay, MailFilter filter, String wanted) throws Exception {
        fill(left, "");
        sync(oneWay, MailFilter.ALL, MailboxFilter.ALL, null);
        left.client().expunge(INBOX, 1);
        left.client().flag(INBOX, 2, new Flags(Flags.ANSWERED));
        assertEquals(Status.DONE, sync(oneWay, filter, MailboxFilter.ALL, null).status(), wanted);
        assertEquals(Set.of("large", "marked", "tagged"), names(right, INBOX));
        try (MailStore store = right.openForReading();
                Mailbox box = store.open(INBOX)) {
            assertEquals(Flags.ANSWERED, box.snapshot().flags(0).settable().bits());
        }
    }

    @Test
    void mailboxesThatTakeNoPartStayAsTheyAre() throws Exception {
        left.client().create(WORK, new MailboxGuid(1, 7), 77);
        left.client().create(ALL, new MailboxGuid(1, 8), 78);
        fill(left, "");
        deliver(left, WORK, "w", 0, "x\n");
        sync(false, MailFilter.ALL, new MailboxFilter(Set.of(WORK, ALL), null, List.of("Al?")), null);
        assertEquals(Set.of("w"), names(right, WORK));
        assertEquals(Set.of(), names(right, INBOX));
        assertEquals(Set.of(INBOX, WORK), folders(right));
        sync(false, MailFilter.ALL, new MailboxFilter(Set.of(), null, List.of()), null);
        assertEquals(Set.of(), names(right, INBOX));
        sync(false, MailFilter.ALL, new MailboxFilter(null, new MailboxGuid(1, 8), List.of()), null);
        assertEquals(Set.of(ALL, INBOX, WORK), folders(right));
    }

    @Test
    void mailsAreCopiedFromTheMailboxOfAllMails() throws Exception {
        right.client().create(ALL, new MailboxGuid(2, 8), 78);
        deliver(right, ALL, "old", 0, "x\n");
        fill(left, "");
        MailboxFilter without = new MailboxFilter(null, null, List.of("All"));
        assertEquals(Status.DONE, sync(false, MailFilter.ALL, without, ALL).status());
        assertEquals(Set.of("old", "large", "marked", "tagged"), names(right, INBOX));
        assertEquals(3, requests);
        assertEquals(Set.of("old"), names(right, ALL));
        deliver(left, INBOX, "new", 0, "x\n");
        assertEquals(Status.DONE, sync(false, MailFilter.ALL, without, WORK).status());
        assertEquals(4, requests);
        assertEquals(5, names(right, INBOX).size());
    }

    // The accounts

    private int requests;

    private MemoryAccount account(String name, long number) {
        MemoryAccount account = new MemoryAccount(name, clock);
        try {
            account.client().create(INBOX, new MailboxGuid(number, 0), 1_795_303_655L);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return account;
    }

    private static void fill(MemoryAccount account, String prefix) throws IOException {
        deliver(account, INBOX, prefix + "old", 0, "x\n");
        deliver(account, INBOX, prefix + "large", DAY, "12345678\n");
        long marked = deliver(account, INBOX, prefix + "marked", 2 * DAY, "x\n");
        account.client().flag(INBOX, marked, new Flags(Flags.FLAGGED));
        long tagged = deliver(account, INBOX, prefix + "tagged", 3 * DAY, "123456\n");
        account.client().keyword(INBOX, tagged, Keywords.of(List.of("$Tag")));
    }

    private static long deliver(MemoryAccount account, MailboxName box, String name, long after, String text)
            throws IOException {
        return account.client()
                .deliver(
                        box, new MailGuid(name), text.getBytes(java.nio.charset.StandardCharsets.US_ASCII), T0 + after);
    }

    private Outcome sync(boolean oneWay, MailFilter mails, MailboxFilter mailboxes, @Nullable MailboxName all)
            throws InterruptedException {
        LocalPeer.Pair pair = LocalPeer.pair(LocalPeer.CAPACITY_DEFAULT);
        SilentObserver nobody = new SilentObserver();
        CountingPeer counted = new CountingPeer(pair.initiator());
        SyncOptions options = new SyncOptions(
                SyncType.CHANGED,
                mailboxes,
                mails,
                false,
                false,
                DeleteLimit.OFF,
                "test.example.org",
                SyncState.EMPTY,
                all);
        Outcome outcome = LocalRun.sync(
                left.openForWriting(),
                right.openForWriting(),
                oneWay,
                counted,
                pair.responder(),
                options,
                nobody,
                nobody);
        requests += counted.requests();
        return outcome;
    }

    private static Set<String> names(MemoryAccount account, MailboxName name) throws IOException {
        Set<String> names = new TreeSet<>();
        try (MailStore store = account.openForReading();
                Mailbox box = store.open(name)) {
            MailboxSnapshot table = box.snapshot();
            for (int row = 0; row < table.size(); row++) {
                names.add(table.guid(row).value());
            }
        }
        return names;
    }

    private static Set<MailboxName> folders(MemoryAccount account) throws IOException {
        Set<MailboxName> names = new TreeSet<>();
        try (MailStore store = account.openForReading()) {
            store.tree().mailboxes().forEach(node -> names.add(node.name()));
        }
        return names;
    }
}
