package dev.twinbox.it;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The shortest histories, made by a real Dovecot 2.3.19.1, that its own dsync does not bring to a good end. */
@Tag("F107")
class DsyncFailuresTest extends TwinboxTest {
    private final Account left = Account.maildir(sandbox, "left");
    private final Account right = Account.maildir(sandbox, "right");

    /** The sides as dsync itself leaves them when all is well, with a folder that has this many mails. */
    private void inStep(int mails) {
        left.save("INBOX", "In the inbox");
        left.doveadm("mailbox", "create", "Work");
        for (int i = 1; i <= mails; i++) {
            left.save("Work", "Work " + i);
        }
        left.doveadm("sync", "-f", right.location());
        left.doveadm("sync", "-f", right.location());
        Expect.equal(List.of(), ClientView.take(left).differences(ClientView.take(right)), () -> "dsync at the start");
    }

    private void mergedAtOnce() {
        twinbox.sync(left, right).mustEndWith(0);
        restAt();
    }

    /** Both sides are the same, and another run changes nothing. */
    private void restAt() {
        mustBeTheSame(left, right, "one run");
        ClientView before = ClientView.take(right);
        twinbox.sync(left, right).mustEndWith(0);
        Expect.equal(List.of(), before.differences(ClientView.take(right)), () -> "a second run");
        Expect.equal(List.of(), before.differences(ClientView.take(left)), () -> "a second run at the other side");
    }

    private static List<String> guids(Account account, String mailbox) {
        ClientView.Box box = ClientView.take(account).boxes().get(mailbox);
        return box == null
                ? List.of()
                : box.mails().values().stream()
                        .map(ClientView.Mail::guid)
                        .sorted()
                        .toList();
    }

    private static List<String> both(List<String> one, List<String> other) {
        SortedSet<String> all = new TreeSet<>(one);
        all.addAll(other);
        return List.copyOf(all);
    }

    /** With dsync and sdbox it comes back under a new UID. */
    @Test
    void theOnlyMailOfAFolderThatOneSideExpungedStaysGone() {
        inStep(1);
        right.doveadm("expunge", "mailbox", "Work", "all");
        mergedAtOnce();
        Expect.equal(List.of(), guids(left, "Work"), () -> "Work");
    }

    /** dsync takes the folder for unchanged: UIDNEXT and HIGHESTMODSEQ are equal. */
    @Test
    void oneNewMailAtEachSideOfAnEmptyFolderIsExchanged() {
        inStep(0);
        left.save("Work", "At the left");
        right.save("Work", "At the right");
        List<String> wanted = both(guids(left, "Work"), guids(right, "Work"));
        mergedAtOnce();
        Expect.equal(wanted, guids(left, "Work"), () -> "Work");
    }

    /** dsync ends with 65, the replica's INBOX is empty ever after. */
    @Test
    void aBackupBringsAMailBackThatWasExpungedFromTheReplicasInbox() {
        inStep(1);
        List<String> wanted = guids(left, "INBOX");
        right.doveadm("expunge", "mailbox", "INBOX", "uid", "1");
        oneRunMakesItTheSame(left, right);
        Expect.equal(wanted, guids(right, "INBOX"), () -> "INBOX");
        anotherRunWritesNothing(left, right);
    }

    /** dsync ends with 0, the replica differs. */
    @Test
    void aBackupWithOneNewMailAtEachSideOfInboxEndsAsTheSource() {
        inStep(1);
        left.save("INBOX", "At the left");
        right.save("INBOX", "At the right");
        List<String> wanted = guids(left, "INBOX");
        oneRunMakesItTheSame(left, right);
        Expect.equal(wanted, guids(right, "INBOX"), () -> "INBOX");
        anotherRunWritesNothing(left, right);
    }

    /** With dsync the mail is gone from the destination. */
    @Test
    @Tag("F108")
    void aOneWaySyncBringsAMailThatWasMovedIntoAFolderRenamedAtTheDestination() {
        inStep(1);
        List<String> wanted = both(guids(left, "INBOX"), guids(left, "Work"));
        right.doveadm("mailbox", "rename", "Work", "Job");
        left.doveadm("move", "Work", "mailbox", "INBOX", "all");
        ClientView source = ClientView.take(left);
        twinbox.sync(left, right, "-1").mustEndWith(0);
        Expect.equal(List.of(), source.differences(ClientView.take(left)), () -> "the source");
        Expect.equal(wanted, guids(right, "Job"), () -> "Job");
        Expect.equal(List.of(), guids(right, "INBOX"), () -> "INBOX");
    }

    /** With dsync the mail is lost with the folder. */
    @Test
    void aFolderDeletedHereThatGotMailThereKeepsTheMail() {
        inStep(1);
        left.doveadm("mailbox", "delete", "Work");
        right.save("Work", "New");
        List<String> before = guids(right, "Work");
        twinbox.sync(left, right).mustEndWith(0).mustSay("Work", "kept");
        restAt();
        List<String> after = guids(left, "Work");
        Expect.that(after.contains(before.get(before.size() - 1)) || after.equals(before), () -> before + " " + after);
    }

    /** dsync ends with 2 for ever, and never merges them. */
    @Test
    void theSameNewNameAtBothSidesIsMergedInOneRun() {
        inStep(1);
        for (Account side : List.of(left, right)) {
            side.doveadm("mailbox", "create", "New");
            side.save("New", "At the " + side.home().getFileName());
        }
        List<String> wanted = both(guids(left, "New"), guids(right, "New"));
        mergedAtOnce();
        Expect.equal(wanted, guids(left, "New"), () -> "New");
    }
}
