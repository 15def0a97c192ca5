package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.tree.TreeChange.Create;
import dev.twinbox.engine.tree.TreeChange.CreateFolder;
import dev.twinbox.engine.tree.TreeChange.Delete;
import dev.twinbox.engine.tree.TreeChange.DeleteFolder;
import dev.twinbox.engine.tree.TreeChange.Rename;
import dev.twinbox.engine.tree.TreeChange.SetGuid;
import dev.twinbox.engine.tree.TreeChange.Subscribe;
import dev.twinbox.engine.tree.TreeChange.Unsubscribe;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedMailbox;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The part of the contract that is about the mailbox tree. */
abstract class TreeContract extends ChangeLogContract {
    private static final long TIME = 1_795_300_451;

    private static final List<MailboxName> NAMES = List.of(
            name("Plain"),
            name("Archive/2024/Sent"),
            name("With Space/And  Two"),
            name("Entwürfe"),
            name("Café ⏎ 日本語/Ужас"),
            name("R&D"),
            name("R&-D&AOk-"),
            name("Party 🎉"),
            name("a".repeat(64)),
            name("UPPER"),
            name("upper"),
            name("-dash"),
            name("trailing~"),
            name("100%"));

    private void createAll() throws IOException {
        int number = 10;
        for (MailboxName name : NAMES) {
            store().apply(new Create(name, boxGuid(number), VALIDITY + number));
            number++;
        }
    }

    @Test
    void nothingExistsBeforeTheFirstMailbox() throws IOException {
        assertFalse(store().exists());
        assertTrue(
                store().tree().mailboxes().stream().allMatch(node -> node.name().isInbox()));
        create(WORK, WORK_GUID);
        assertTrue(store().exists());
        assertFalse(store().describe().isEmpty());
    }

    @Test
    void mailboxHasTheIdentityItWasMadeWith() throws IOException {
        create(MailboxName.INBOX, boxGuid(2));
        createAll();
        for (int round = 0; round < 2; round++) {
            assertEquals(boxGuid(2), node(MailboxName.INBOX).orElseThrow().guid());
            int number = 10;
            for (MailboxName name : NAMES) {
                MailboxNode node = node(name).orElseThrow();
                assertTrue(node.isMailbox(), name.toString());
                assertEquals(boxGuid(number), node.guid(), name.toString());
                assertEquals(VALIDITY + number, node.uidValidity(), name.toString());
                assertEquals(1, node.uidNext(), name.toString());
                try (Mailbox box = store().open(name)) {
                    assertEquals(name, box.name());
                    MailboxStatus status = box.status();
                    assertEquals(boxGuid(number), status.guid());
                    assertEquals(VALIDITY + number, status.uidValidity());
                    assertEquals(1, status.uidNext());
                    assertEquals(0, status.messages());
                    assertEquals(0, box.snapshot().size());
                }
                number++;
            }
            reopen();
        }
    }

    @Test
    void treeHasTheMailboxesAndNoOthers() throws IOException {
        create(MailboxName.INBOX, boxGuid(2));
        createAll();
        Set<MailboxName> expected = new HashSet<>(NAMES);
        expected.add(MailboxName.INBOX);
        Set<MailboxName> found = new HashSet<>();
        for (MailboxNode node : reopen().tree().mailboxes()) {
            found.add(node.name());
        }
        assertEquals(expected, found);
    }

    @Test
    void inboxCanBeMadeBeforeAndAfterOthers() throws IOException {
        create(WORK, WORK_GUID);
        create(MailboxName.INBOX, boxGuid(2));
        assertEquals(boxGuid(2), node(MailboxName.INBOX).orElseThrow().guid());
        assertEquals(VALIDITY, node(MailboxName.INBOX).orElseThrow().uidValidity());
        assertEquals(WORK_GUID, node(WORK).orElseThrow().guid());
    }

    @Test
    void makingAMailboxTwiceIsHarmless() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 2);
        create(WORK, WORK_GUID);
        try (Mailbox box = store().open(WORK)) {
            assertEquals(2, box.status().messages());
        }
    }

    @Test
    void anotherMailboxIsNotReplaced() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 2);
        try {
            create(WORK, boxGuid(99));
        } catch (StoreException e) {
            assertEquals(WORK_GUID, node(WORK).orElseThrow().guid());
        }
        try (Mailbox box = reopen().open(WORK)) {
            assertEquals(2, box.status().messages());
        }
    }

    @Test
    void nameThatCannotBeKeptIsRefusedWithoutTrace() throws IOException {
        create(WORK, WORK_GUID);
        for (String level :
                List.of("a.b", "a/b", "~root", ".dot", "cur", "new", "tmp", "a\\b", "*", "dovecot-uidlist")) {
            MailboxName name = new MailboxName(List.of("Odd", level));
            boolean made;
            try {
                create(name, boxGuid(50));
                made = true;
            } catch (NotPossibleException e) {
                made = false;
            }
            Set<MailboxName> others = new HashSet<>();
            reopen().tree().mailboxes().forEach(node -> others.add(node.name()));
            others.remove(MailboxName.INBOX);
            assertEquals(made ? Set.of(WORK, name) : Set.of(WORK), others, level);
            if (made) {
                store().apply(new Delete(name, boxGuid(50)));
            }
        }
    }

    /** Says whether tests of mailboxes with children make sense; if not, that such a mailbox is refused and nothing changes. */
    final boolean mailboxesHaveChildren() throws IOException {
        if (fixture().mailboxesHaveChildren()) {
            return true;
        }
        create(WORK, WORK_GUID);
        create(name("Folder/Child"), boxGuid(3));
        StoreException below = assertThrows(StoreException.class, () -> create(name("Work/Sub"), boxGuid(4)));
        StoreException above = assertThrows(StoreException.class, () -> create(name("Folder"), boxGuid(5)));
        assertTrue(String.valueOf(below.getMessage()).contains("Work"), "says which");
        assertTrue(String.valueOf(above.getMessage()).contains("Folder"), "says which");
        for (int round = 0; round < 2; round++) {
            assertTrue(isMailbox(WORK));
            assertTrue(isMailbox(name("Folder/Child")));
            assertFalse(isMailbox(name("Work/Sub")));
            assertFalse(isMailbox(name("Folder")));
            reopen();
        }
        return false;
    }

    @Test
    void folderIsRenamedWithWhatIsBelowIt() throws IOException {
        create(name("Box/Sub"), boxGuid(3));
        create(name("Box/Sub folder/Deep & odd"), boxGuid(4));
        create(name("Boxes"), boxGuid(5));
        deliver(name("Box/Sub"), 1, 3);
        deliver(name("Box/Sub folder/Deep & odd"), 7, 8);
        store().apply(new Rename(name("Box"), name("Other/Place")));
        for (int round = 0; round < 2; round++) {
            assertFalse(isMailbox(name("Box/Sub")));
            assertEquals(boxGuid(3), node(name("Other/Place/Sub")).orElseThrow().guid());
            assertEquals(boxGuid(5), node(name("Boxes")).orElseThrow().guid());
            try (Mailbox box = store().open(name("Other/Place/Sub folder/Deep & odd"))) {
                assertEquals(8, box.snapshot().uid(1));
                assertEquals(VALIDITY, box.status().uidValidity());
            }
            store().apply(new Rename(name("Other/Place/Sub"), name("Third")));
            store().apply(new Rename(name("Third"), name("Other/Place/Sub")));
            try (Mailbox box = store().open(name("Other/Place/Sub"))) {
                assertEquals(3, box.snapshot().size());
                assertEquals(boxGuid(3), box.status().guid());
            }
            reopen();
        }
    }

    @Test
    void renameTakesMailsAndChildrenAlong() throws IOException {
        if (!mailboxesHaveChildren()) {
            return;
        }
        create(WORK, WORK_GUID);
        create(name("Work/Sub"), boxGuid(3));
        create(name("Work/Sub/Deep & odd"), boxGuid(4));
        create(name("Workshop"), boxGuid(5));
        deliver(WORK, 1, 3);
        deliver(name("Work/Sub/Deep & odd"), 7, 8);
        store().apply(new Rename(WORK, name("Other/Place")));
        for (int round = 0; round < 2; round++) {
            assertFalse(isMailbox(WORK));
            assertFalse(isMailbox(name("Work/Sub")));
            assertEquals(WORK_GUID, node(name("Other/Place")).orElseThrow().guid());
            assertEquals(boxGuid(3), node(name("Other/Place/Sub")).orElseThrow().guid());
            assertEquals(boxGuid(5), node(name("Workshop")).orElseThrow().guid());
            try (Mailbox box = store().open(name("Other/Place"))) {
                assertEquals(3, box.snapshot().size());
                assertEquals(VALIDITY, box.status().uidValidity());
            }
            try (Mailbox box = store().open(name("Other/Place/Sub/Deep & odd"))) {
                assertEquals(8, box.snapshot().uid(1));
            }
            reopen();
        }
        assertThrows(MailboxGoneException.class, () -> store().open(WORK));
    }

    @Test
    void renameCanSwapBesideAThirdName() throws IOException {
        create(name("A"), boxGuid(3));
        create(name("B"), boxGuid(4));
        store().apply(new Rename(name("A"), name("A-temp-1")));
        store().apply(new Rename(name("B"), name("A")));
        store().apply(new Rename(name("A-temp-1"), name("B")));
        reopen();
        assertEquals(boxGuid(4), node(name("A")).orElseThrow().guid());
        assertEquals(boxGuid(3), node(name("B")).orElseThrow().guid());
    }

    @Test
    void renameToATakenNameChangesNothing() throws IOException {
        create(WORK, WORK_GUID);
        create(name("Taken"), boxGuid(3));
        deliver(WORK, 1, 1);
        deliver(name("Taken"), 5, 5);
        assertThrows(IOException.class, () -> store().apply(new Rename(WORK, name("Taken"))));
        reopen();
        assertEquals(WORK_GUID, node(WORK).orElseThrow().guid());
        assertEquals(boxGuid(3), node(name("Taken")).orElseThrow().guid());
    }

    @Test
    void renameThatIsDoneIsHarmless() throws IOException {
        create(WORK, WORK_GUID);
        store().apply(new Rename(WORK, name("Job")));
        store().apply(new Rename(WORK, name("Job")));
        assertEquals(WORK_GUID, node(name("Job")).orElseThrow().guid());
    }

    @Test
    void deletedMailboxIsGoneAndItsChildrenStay() throws IOException {
        if (!mailboxesHaveChildren()) {
            return;
        }
        create(WORK, WORK_GUID);
        create(name("Work/Sub"), boxGuid(3));
        deliver(WORK, 1, 3);
        deliver(name("Work/Sub"), 1, 2);
        store().apply(new Delete(WORK, WORK_GUID));
        store().apply(new Delete(WORK, WORK_GUID));
        for (int round = 0; round < 2; round++) {
            assertFalse(isMailbox(WORK));
            assertThrows(MailboxGoneException.class, () -> store().open(WORK));
            try (Mailbox box = store().open(name("Work/Sub"))) {
                assertEquals(2, box.status().messages());
            }
            if (fixture().keepsDeletions()) {
                assertTrue(store().tree().deletes().mailboxes().stream()
                        .map(DeletedMailbox::guid)
                        .anyMatch(WORK_GUID::equals));
            }
            reopen();
        }
        create(WORK, boxGuid(9));
        try (Mailbox box = store().open(WORK)) {
            assertEquals(0, box.status().messages());
        }
    }

    @Test
    void repeatedChangeHasTheTimeOfTheOriginal() throws IOException {
        create(WORK, WORK_GUID);
        create(name("Old"), boxGuid(3));
        create(name("Top/Child"), boxGuid(4));
        store().apply(new Rename(WORK, name("Job"), TIME));
        store().apply(new Rename(name("Top"), name("Above"), TIME + 1));
        store().apply(new Delete(name("Old"), boxGuid(3), TIME + 2));
        if (fixture().keepsDeletions()) {
            reopen();
            assertEquals(TIME, node(name("Job")).orElseThrow().lastRenamedOrCreated());
            assertEquals(TIME + 1, node(name("Above")).orElseThrow().lastRenamedOrCreated());
            MailboxDeletes deletes = store().tree().deletes();
            assertTrue(deletes.mailboxes().contains(new DeletedMailbox(boxGuid(3), TIME + 2)));
            assertTrue(deletes.folders().stream()
                    .anyMatch(one -> one.time() == TIME + 2
                            && deletes.hashes(name("Old")).contains(one.hash())));
        }
    }

    @Test
    void mailboxMadeAgainHasNothingOfTheFormerOne() throws IOException {
        for (String sibling : List.of("", fixture().mailboxesHaveChildren() ? "Work/Sub" : "Workshop")) {
            create(WORK, WORK_GUID);
            if (!sibling.isEmpty()) {
                create(name(sibling), boxGuid(3));
            }
            deliver(WORK, 1, 3);
            store().apply(new Delete(WORK, WORK_GUID));
            create(WORK, WORK_GUID);
            reopen();
            try (Mailbox box = store().open(WORK)) {
                assertEquals(0, box.status().messages());
                assertEquals(List.of(), box.changes(0).expunges());
            }
            store().apply(new Delete(WORK, WORK_GUID));
        }
    }

    @Test
    void mailboxOfAnotherGuidIsNotDeleted() throws IOException {
        create(WORK, WORK_GUID);
        try {
            store().apply(new Delete(WORK, boxGuid(99)));
        } catch (StoreException e) {
            // Saying so is as good as doing nothing.
        }
        assertTrue(isMailbox(WORK));
    }

    @Test
    void inboxIsEmptiedInsteadOfDeleted() throws IOException {
        create(MailboxName.INBOX, boxGuid(2));
        create(WORK, WORK_GUID);
        deliver(MailboxName.INBOX, 1, 3);
        store().apply(new Delete(MailboxName.INBOX, boxGuid(2)));
        reopen();
        assertTrue(isMailbox(MailboxName.INBOX));
        assertTrue(isMailbox(WORK));
        try (Mailbox box = store().open(MailboxName.INBOX)) {
            assertEquals(0, box.snapshot().size());
        }
    }

    @Test
    void guidCanBeChangedUnderTheMails() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 3);
        store().apply(new SetGuid(WORK, boxGuid(7)));
        store().apply(new SetGuid(WORK, boxGuid(7)));
        reopen();
        assertEquals(boxGuid(7), node(WORK).orElseThrow().guid());
        try (Mailbox box = store().open(WORK)) {
            assertEquals(boxGuid(7), box.status().guid());
            assertEquals(3, box.snapshot().size());
            assertEquals(VALIDITY, box.status().uidValidity());
        }
    }

    @Test
    void folderHoldsNoMailsAndCanBeRemoved() throws IOException {
        try {
            store().apply(new CreateFolder(name("Folder")));
        } catch (NotPossibleException e) {
            return;
        }
        store().apply(new CreateFolder(name("Folder")));
        reopen();
        assertFalse(isMailbox(name("Folder")));
        create(name("Folder/Child"), boxGuid(3));
        store().apply(new Delete(name("Folder/Child"), boxGuid(3)));
        store().apply(new DeleteFolder(name("Folder")));
        store().apply(new DeleteFolder(name("Folder")));
        reopen();
        assertFalse(node(name("Folder"))
                .map(node -> node.existence() == Existence.EXISTS)
                .orElse(false));
    }

    @Test
    void folderWithChildrenLosesNone() throws IOException {
        create(name("Folder/Child"), boxGuid(3));
        try {
            store().apply(new DeleteFolder(name("Folder")));
        } catch (StoreException e) {
            // Saying so is as good as doing nothing.
        }
        assertTrue(isMailbox(name("Folder/Child")));
    }

    @Test
    void folderCanBecomeAMailbox() throws IOException {
        if (!mailboxesHaveChildren()) {
            return;
        }
        create(name("Folder/Child"), boxGuid(3));
        create(name("Folder"), boxGuid(4));
        reopen();
        assertEquals(boxGuid(4), node(name("Folder")).orElseThrow().guid());
        assertEquals(boxGuid(3), node(name("Folder/Child")).orElseThrow().guid());
    }

    @Test
    void subscriptionsStayAsTheyAreSet() throws IOException {
        createAll();
        for (MailboxName name : NAMES) {
            store().apply(new Subscribe(name, TIME));
            store().apply(new Subscribe(name, TIME));
        }
        reopen();
        for (MailboxName name : NAMES) {
            assertTrue(isSubscribed(name), name.toString());
            if (fixture().keepsSubscriptionTimes()) {
                assertEquals(TIME, node(name).orElseThrow().lastSubscriptionChange(), name.toString());
            }
            store().apply(new Unsubscribe(name, TIME + 5));
            store().apply(new Unsubscribe(name, TIME + 5));
        }
        reopen();
        for (MailboxName name : NAMES) {
            assertFalse(isSubscribed(name), name.toString());
            assertTrue(isMailbox(name), name.toString());
        }
    }

    @Test
    void whatDoesNotExistCanBeSubscribed() throws IOException {
        create(WORK, WORK_GUID);
        store().apply(new Subscribe(name("Planned/Soon"), TIME));
        store().apply(new Subscribe(MailboxName.INBOX, TIME));
        reopen();
        assertTrue(isSubscribed(name("Planned/Soon")));
        assertTrue(isSubscribed(MailboxName.INBOX));
        assertFalse(isMailbox(name("Planned/Soon")));
        assertFalse(isSubscribed(WORK));
    }

    @Test
    void subscriptionOutlivesTheMailbox() throws IOException {
        create(WORK, WORK_GUID);
        store().apply(new Subscribe(WORK, TIME));
        store().apply(new Delete(WORK, WORK_GUID));
        reopen();
        assertTrue(isSubscribed(WORK));
        store().apply(new Unsubscribe(WORK, TIME));
        assertFalse(isSubscribed(WORK));
    }

    @Test
    void missingMailboxCannotBeOpened() throws IOException {
        create(WORK, WORK_GUID);
        assertThrows(MailboxGoneException.class, () -> store().open(name("Nowhere")));
        assertThrows(MailboxGoneException.class, () -> store().open(name("Work/Sub")));
    }

    @Test
    void storeForReadingSeesEverything() throws IOException {
        createAll();
        deliver(NAMES.get(1), 1, 2);
        store().apply(new Subscribe(NAMES.get(0), TIME));
        store().flush();
        try (MailStore reading = fixture().openForReading();
                Mailbox box = reading.open(NAMES.get(1))) {
            assertTrue(reading.exists());
            assertEquals(
                    List.copyOf(store().tree().nodes()),
                    List.copyOf(reading.tree().nodes()));
            assertEquals(2, box.snapshot().size());
        }
    }
}
