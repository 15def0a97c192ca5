package dev.twinbox.engine.storage.namespaces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NamespaceStoreTest {
    private final SimClock clock = new SimClock();
    private final MemoryAccount inbox = new MemoryAccount("inbox", clock);
    private final MemoryAccount archive = new MemoryAccount("archive", clock);
    private final MemoryAccount team = new MemoryAccount("team", clock);
    private final NamespaceStore store = new NamespaceStore(
            "all",
            List.of(
                    new Namespace(null, true, true, inbox.openForWriting()),
                    new Namespace(name("Archive"), false, true, archive.openForWriting()),
                    new Namespace(name("Team/Shared"), false, false, team.openForWriting()),
                    new Namespace(name("Elsewhere"), false, true, null)));

    private static MailboxName name(String text) {
        return MailboxName.parse(text, '/');
    }

    private static MailboxGuid guid(int number) {
        return new MailboxGuid(number, number);
    }

    @BeforeEach
    void fill() throws Exception {
        inbox.client().create(MailboxName.INBOX, guid(1), 1);
        inbox.client().create(name("Work"), guid(2), 1);
        archive.client().create(name("2024/Jan"), guid(3), 1);
        team.client().create(name("Plans"), guid(4), 1);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private List<String> mailboxes() throws IOException {
        List<String> names = new ArrayList<>();
        for (MailboxNode node : store.tree().mailboxes()) {
            names.add(node.name().toString());
        }
        return names;
    }

    private void choose(@Nullable String... prefixes) {
        List<@Nullable MailboxName> names = new ArrayList<>();
        for (String prefix : prefixes) {
            names.add(prefix == null ? null : name(prefix));
        }
        store.choose(names);
    }

    private static void assertIn(MemoryAccount account, String mailbox, int guid) throws IOException {
        try (MailStore each = account.openForReading()) {
            assertEquals(
                    guid(guid), each.tree().find(name(mailbox)).orElseThrow().guid());
        }
    }

    @Test
    void eachNameLiesInTheNamespaceWithTheLongestPrefixItHas() throws IOException {
        assertEquals(List.of("Archive/2024/Jan", "INBOX", "Team/Shared/Plans", "Work"), mailboxes());
        store.apply(new TreeChange.Create(name("Archive/2025"), guid(5), 1));
        store.apply(new TreeChange.Create(name("Team/Shared/News"), guid(6), 1));
        store.apply(new TreeChange.Create(name("Team/Own"), guid(7), 1));
        assertIn(archive, "2025", 5);
        assertIn(team, "News", 6);
        assertIn(inbox, "Team/Own", 7);
        try (Mailbox box = store.open(name("Archive/2024/Jan"))) {
            assertEquals(name("Archive/2024/Jan"), box.name());
            assertEquals(guid(3), box.status().guid());
        }
    }

    @Test
    void onlyWhatWasChosenIsSeenAndWritten() throws IOException {
        choose("Archive");
        assertEquals(List.of("Archive/2024/Jan"), mailboxes());
        for (String other : List.of("INBOX", "Work", "Team/Shared/Plans", "Elsewhere/x")) {
            NotPossibleException refusal =
                    assertThrows(NotPossibleException.class, () -> store.open(name(other)), other);
            assertTrue(String.valueOf(refusal.getMessage()).contains("takes no part"), refusal.getMessage());
            assertThrows(
                    NotPossibleException.class,
                    () -> store.apply(new TreeChange.Create(name(other), guid(9), 1)),
                    other);
        }
        assertThrows(IllegalArgumentException.class, () -> choose("Elsewhere"));
        choose(null, "Team/Shared");
        assertEquals(List.of("INBOX", "Team/Shared/Plans", "Work"), mailboxes());
    }

    /** A server shows its users the namespace, not what lies under the same name in the one around it. */
    @Test
    void whatANamespaceCoversIsNotThere() throws Exception {
        inbox.client().create(name("Archive/Covered"), guid(8), 1);
        archive.client().create(MailboxName.INBOX, guid(9), 1);
        assertEquals(List.of("Archive/2024/Jan", "INBOX", "Team/Shared/Plans", "Work"), mailboxes());
        choose((String) null);
        assertEquals(List.of("INBOX", "Work"), mailboxes());
    }

    @Test
    void aNamespaceIsNoMailboxAndStays() throws IOException {
        assertThrows(NotPossibleException.class, () -> store.apply(new TreeChange.Create(name("Archive"), guid(9), 1)));
        assertThrows(
                NotPossibleException.class,
                () -> store.apply(new TreeChange.Create(name("Archive/inbox"), guid(9), 1)));
        store.apply(new TreeChange.CreateFolder(name("Archive")));
        store.apply(new TreeChange.DeleteFolder(name("Archive")));
        assertEquals(4, mailboxes().size());
        assertFalse(store.tree()
                .find(name("Archive"))
                .filter(node -> node.existence() == MailboxNode.Existence.EXISTS)
                .isPresent());
    }

    @Test
    void aMailboxIsRenamedWithinItsNamespaceOnly() throws IOException {
        store.apply(new TreeChange.Rename(name("Archive/2024/Jan"), name("Archive/2024/Feb"), 0));
        assertIn(archive, "2024/Feb", 3);
        NotPossibleException refusal = assertThrows(
                NotPossibleException.class,
                () -> store.apply(new TreeChange.Rename(name("Work"), name("Archive/Work"), 0)));
        assertTrue(String.valueOf(refusal.getMessage()).contains("different namespaces"), refusal.getMessage());
        assertIn(inbox, "Work", 2);
        store.apply(new TreeChange.Delete(name("Archive/2024/Feb"), guid(3), 0));
        assertEquals(List.of("INBOX", "Team/Shared/Plans", "Work"), mailboxes());
        assertEquals(guid(3), store.tree().deletes().mailboxes().get(0).guid());
    }

    @Test
    void subscriptionsAreWhereTheServerLooksForThem() throws Exception {
        store.apply(new TreeChange.Subscribe(name("Archive/2024/Jan"), 10));
        store.apply(new TreeChange.Subscribe(name("Team/Shared/Plans"), 20));
        store.apply(new TreeChange.Subscribe(name("Work"), 30));
        // In one level, as a server does whose files have another separator than its users see.
        MailboxName written = new MailboxName(List.of("Team/Shared/Plans"));
        try (MailStore own = inbox.openForReading()) {
            assertTrue(own.tree().find(written).orElseThrow().subscribed());
        }
        assertEquals(List.of("Work"), subscribed(inbox.openForReading(), "Work"));
        assertEquals(List.of("2024/Jan"), subscribed(archive.openForReading(), "2024/Jan"));
        assertEquals(List.of(), subscribed(team.openForReading(), "Plans"));
        String[] all = {"Archive/2024/Jan", "Team/Shared/Plans", "Work"};
        assertEquals(Arrays.asList(all), subscribed(store, all));
        choose("Team/Shared");
        assertEquals(List.of("Team/Shared/Plans"), subscribed(store, all));
        assertEquals(
                20, store.tree().find(name("Team/Shared/Plans")).orElseThrow().lastSubscriptionChange());
        choose((String) null);
        assertEquals(List.of("Work"), subscribed(store, all));
        choose(null, "Team/Shared");
        store.apply(new TreeChange.Unsubscribe(name("Team/Shared/Plans"), 40));
        assertEquals(List.of("Work"), subscribed(store, all));
        // When it was says the namespace that keeps it.
        MailboxNode plans = store.tree().find(name("Team/Shared/Plans")).orElseThrow();
        assertEquals(40, plans.lastSubscriptionChange());
        assertEquals(List.of(), store.tree().deletes().unsubscribed());
        // Or in several, if somebody else did.
        inbox.client().subscribe(name("Team/Shared/Plans"), true);
        assertEquals(List.of("Team/Shared/Plans", "Work"), subscribed(store, "Team/Shared/Plans", "Work"));
        store.apply(new TreeChange.Unsubscribe(name("Team/Shared/Plans"), 50));
        assertEquals(List.of("Work"), subscribed(store, all));
    }

    private static List<String> subscribed(MailStore in, String... names) throws IOException {
        MailboxTree tree = in.tree();
        List<String> found = new ArrayList<>();
        for (String each : names) {
            if (tree.find(name(each)).map(MailboxNode::subscribed).orElse(false)) {
                found.add(each);
            }
        }
        return found;
    }

    @Test
    void oneMailboxInTwoNamespacesIsSaid() throws Exception {
        archive.client().create(name("Copy"), guid(2), 1);
        NotPossibleException refusal = assertThrows(NotPossibleException.class, store::tree);
        assertTrue(String.valueOf(refusal.getMessage()).contains("the same GUID"), refusal.getMessage());
    }

    /** INBOX is INBOX, whatever prefix its namespace has. */
    @Test
    void inboxHasNoPrefix() throws Exception {
        MemoryAccount own = new MemoryAccount("own", clock);
        own.client().create(MailboxName.INBOX, guid(1), 1);
        own.client().create(name("Work"), guid(2), 1);
        try (NamespaceStore one =
                new NamespaceStore("one", List.of(new Namespace(name("INBOX"), true, true, own.openForWriting())))) {
            List<String> names = new ArrayList<>();
            one.tree().mailboxes().forEach(node -> names.add(node.name().toString()));
            assertEquals(List.of("INBOX", "INBOX/Work"), names);
            NotPossibleException refusal = assertThrows(
                    NotPossibleException.class, () -> one.apply(new TreeChange.Create(name("Work"), guid(3), 1)));
            assertTrue(String.valueOf(refusal.getMessage()).contains("no namespace"), refusal.getMessage());
        }
    }
}
