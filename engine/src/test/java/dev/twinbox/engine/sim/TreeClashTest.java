package dev.twinbox.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.DeleteLimit;
import dev.twinbox.engine.session.LocalRun;
import dev.twinbox.engine.session.MailFilter;
import dev.twinbox.engine.session.MailboxFilter;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.session.SilentObserver;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.transport.link.LocalPeer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Trees that cannot be made one: what one side has, the other has no place for. The rest is merged, nothing is lost, and a
 * message says which mailbox it is about and why.
 */
class TreeClashTest {
    private static final long RECEIVED = 1_700_000_000;
    private static final long VALIDITY = 1_795_000_000;

    private final SimClock clock = new SimClock();
    private final MaildirSim flat;
    private final MaildirSim nested;
    private int made;

    TreeClashTest() throws Exception {
        flat = MaildirSim.plusPlus("flat", clock);
        nested = MaildirSim.fs("nested", clock);
        for (SimAccount account : List.of(flat, nested)) {
            create(account, "INBOX");
        }
    }

    private void create(SimAccount account, String... levels) throws Exception {
        made++;
        account.change(
                new TreeChange.Create(new MailboxName(List.of(levels)), new MailboxGuid(made, made), VALIDITY + made));
    }

    private static void deliver(SimAccount account, String mail, String... levels) throws Exception {
        account.deliver(
                new MailboxName(List.of(levels)),
                new MailGuid("1700000000.M1P" + mail + ".sim"),
                ("Subject: " + mail + "\n\n").getBytes(StandardCharsets.US_ASCII),
                RECEIVED);
    }

    private static void file(MaildirSim account, DiskPath path) throws Exception {
        account.disk().create(path, Disk.FILE_MODE).close();
    }

    private Outcome sync() throws Exception {
        clock.advanceMillis(5_000);
        LocalPeer.Pair pair = LocalPeer.pair(LocalPeer.CAPACITY_DEFAULT);
        SyncOptions options = new SyncOptions(
                SyncType.CHANGED,
                MailboxFilter.ALL,
                MailFilter.ALL,
                false,
                false,
                DeleteLimit.OFF,
                "test.example.org",
                SyncState.EMPTY);
        try (MailStore one = flat.openForWriting();
                MailStore other = nested.openForWriting()) {
            return LocalRun.sync(
                    one,
                    other,
                    false,
                    pair.initiator(),
                    pair.responder(),
                    options,
                    new SilentObserver(),
                    new SilentObserver());
        }
    }

    private static List<String> mails(SimAccount account) throws Exception {
        List<String> all = new ArrayList<>();
        try (MailStore store = account.openForReading()) {
            Picture.of(store).folders.values().forEach(folder -> folder.mails
                    .values()
                    .forEach(mail -> all.add(folder.name + " " + mail.guid().charAt(14)
                            + mail.guid().charAt(15))));
        }
        all.sort(null);
        return all;
    }

    /** Says of the mailbox that could not be merged why, and of no other anything but that it is done. */
    private static void assertClash(Outcome outcome, String mailbox, String why) {
        assertEquals(Status.DAMAGED, outcome.status(), outcome.toString());
        boolean said = false;
        for (MailboxResult result : outcome.mailboxes()) {
            boolean clash = result.name().toString().equals(mailbox);
            assertEquals(clash ? Status.DAMAGED : Status.DONE, result.status(), result.toString());
            said |= clash && result.reason().contains(why);
        }
        assertTrue(said, outcome.toString());
    }

    /** The next run says it again and changes nothing. */
    private void assertStays(String mailbox, String why) throws Exception {
        List<String> before = List.of(mails(flat).toString(), mails(nested).toString());
        Outcome again = sync();
        assertClash(again, mailbox, why);
        assertEquals(0, again.changes());
        assertEquals(before, List.of(mails(flat).toString(), mails(nested).toString()));
    }

    @Test
    void aNameWithADotHasNoPlaceInMaildirPlusPlus() throws Exception {
        create(nested, "v1.2");
        deliver(nested, "m1", "v1.2");
        create(nested, "Work");
        deliver(nested, "m2", "Work");
        deliver(flat, "m3", "INBOX");
        String why = "a level holds '.'; give it another name or leave it out (-x)";
        assertClash(sync(), "v1.2", why);
        assertEquals(List.of("INBOX m3", "Work m2"), mails(flat));
        assertEquals(List.of("INBOX m3", "Work m2", "v1.2 m1"), mails(nested));
        assertStays("v1.2", why);
        nested.change(new TreeChange.Rename(new MailboxName(List.of("v1.2")), new MailboxName(List.of("v1", "2"))));
        assertEquals(Status.DONE, sync().status());
        assertEquals(List.of("INBOX m3", "Work m2", "v1/2 m1"), mails(flat));
        assertEquals(mails(flat), mails(nested));
    }

    @Test
    void aNameOfAMailDirectoryHasNoPlaceInANestedMaildir() throws Exception {
        create(flat, "Work", "new");
        deliver(flat, "m1", "Work", "new");
        create(flat, "Work");
        deliver(flat, "m2", "Work");
        deliver(nested, "m3", "INBOX");
        String why = "a level is called 'new'; give it another name";
        assertClash(sync(), "Work/new", why);
        assertEquals(List.of("INBOX m3", "Work m2", "Work/new m1"), mails(flat));
        assertEquals(List.of("INBOX m3", "Work m2"), mails(nested));
        assertStays("Work/new", why);
    }

    @Test
    void aFileIsWhereAChildShouldBe() throws Exception {
        create(flat, "Work", "Sub");
        deliver(flat, "m1", "Work", "Sub");
        create(nested, "Work");
        deliver(nested, "m2", "Work");
        DiskPath inTheWay = DiskPath.of("/home/nested/Maildir/Work/Sub");
        file(nested, inTheWay);
        String why = inTheWay + " is in the way: it is not a folder; move it away";
        assertClash(sync(), "Work/Sub", why);
        assertEquals(List.of("Work m2", "Work/Sub m1"), mails(flat));
        assertEquals(List.of("Work m2"), mails(nested));
        assertStays("Work/Sub", why);
        nested.disk().unlink(inTheWay);
        assertEquals(Status.DONE, sync().status());
        assertEquals(List.of("Work m2", "Work/Sub m1"), mails(nested));
    }

    @Test
    void aFileIsWhereTheParentShouldBe() throws Exception {
        create(flat, "Work", "Sub");
        deliver(flat, "m1", "Work", "Sub");
        deliver(flat, "m2", "INBOX");
        DiskPath inTheWay = DiskPath.of("/home/nested/Maildir/Work");
        file(nested, inTheWay);
        String why = inTheWay + " is in the way: it is not a folder; move it away";
        assertClash(sync(), "Work/Sub", why);
        assertEquals(List.of("INBOX m2"), mails(nested));
        assertStays("Work/Sub", why);
    }

    @Test
    void aFileIsWhereAMaildirPlusPlusFolderShouldBe() throws Exception {
        create(nested, "Work");
        deliver(nested, "m1", "Work");
        create(flat, "Job");
        deliver(flat, "m2", "Job");
        DiskPath inTheWay = DiskPath.of("/home/flat/Maildir/.Work");
        file(flat, inTheWay);
        String why = inTheWay + " is in the way: it is not a folder; move it away";
        assertClash(sync(), "Work", why);
        assertEquals(List.of("Job m2"), mails(flat));
        assertEquals(List.of("Job m2", "Work m1"), mails(nested));
        assertStays("Work", why);
    }

    @Test
    void aMailboxGetsANameThatTheOtherSideCannotGiveIt() throws Exception {
        create(flat, "Work");
        deliver(flat, "m1", "Work");
        assertEquals(Status.DONE, sync().status());
        nested.change(new TreeChange.Rename(MailboxName.parse("Work", '/'), new MailboxName(List.of("v1.2"))));
        deliver(flat, "m2", "Work");
        deliver(nested, "m3", "v1.2");
        String why = "a level holds '.'; give it another name";
        assertClash(sync(), "v1.2", why);
        assertEquals(List.of("Work m1", "Work m2"), mails(flat));
        assertEquals(List.of("v1.2 m1", "v1.2 m3"), mails(nested));
        assertStays("v1.2", why);
        nested.change(new TreeChange.Rename(new MailboxName(List.of("v1.2")), MailboxName.parse("Job", '/')));
        assertEquals(Status.DONE, sync().status());
        assertEquals(List.of("Job m1", "Job m2", "Job m3"), mails(flat));
        assertEquals(mails(flat), mails(nested));
    }

    /** In Maildir++ a name that only has children is nothing; in a nested Maildir it is a folder, in IMAP \NoSelect. */
    @Test
    void aParentThatHoldsNoMailIsNoMailbox() throws Exception {
        create(flat, "Top", "One", "Deep");
        deliver(flat, "m1", "Top", "One", "Deep");
        nested.change(new TreeChange.CreateFolder(MailboxName.parse("Empty/Folder", '/')));
        create(nested, "Top", "Two");
        deliver(nested, "m2", "Top", "Two");
        assertEquals(Status.DONE, sync().status());
        for (MaildirSim account : List.of(flat, nested)) {
            assertEquals(List.of("Top/One/Deep m1", "Top/Two m2"), mails(account));
        }
        assertEquals(0, sync().changes());
        create(flat, "Top");
        deliver(flat, "m3", "Top");
        assertEquals(Status.DONE, sync().status());
        assertEquals(List.of("Top m3", "Top/One/Deep m1", "Top/Two m2"), mails(nested));
        assertEquals(0, sync().changes());
    }
}
