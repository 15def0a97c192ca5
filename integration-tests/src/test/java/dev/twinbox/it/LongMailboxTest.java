package dev.twinbox.it;

import static dev.twinbox.it.AccountView.Aspect.MODSEQ;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Few changes in a mailbox of many mails, whose index and uidlist are not written anew for them: a real Dovecot sees what was
 * meant, has nothing to complain about, and goes on from there.
 */
class LongMailboxTest extends TwinboxTest {
    private static final int MAILS = 1_300;

    /** Dovecot does not believe times that are less than two seconds old. */
    private static final int SETTLE_SECONDS = 3;

    private static final int ROUNDS = 3;

    /** Names that make a long uidlist of not too many mails. */
    private static final String HOST = "a-host-with-a-rather-long-name.example.org";

    /** What tells whether a file is the one that it was, or another in its place. */
    private static String file(Account account, String name) {
        return account.sandbox()
                .shell("stat -c '%i %Y %s' \"$1\"", account.maildir().resolve(name))
                .out();
    }

    private static void settle(Account one, Account other) {
        one.sandbox().shell("sleep \"$1\"", SETTLE_SECONDS);
        one.doveadm("mailbox", "status", "messages", "INBOX");
        other.doveadm("mailbox", "status", "messages", "INBOX");
        one.sandbox().shell("sleep \"$1\"", SETTLE_SECONDS);
    }

    /** Changes by a client of each side, of which one brings a new mail. */
    private static void change(Account one, Account other, int round) {
        int uid = 10 * round;
        one.doveadm("flags", "add", "\\Answered", "mailbox", "INBOX", "uid", uid + "," + (uid + 500));
        one.doveadm("flags", "add", "word" + round, "mailbox", "INBOX", "uid", Integer.toString(uid + 1));
        one.doveadm("expunge", "mailbox", "INBOX", "uid", Integer.toString(uid + 2));
        one.save("INBOX", "Round " + round);
        other.doveadm("flags", "remove", "\\Seen", "mailbox", "INBOX", "uid", Integer.toString(uid + 3));
        other.doveadm("expunge", "mailbox", "INBOX", "uid", Integer.toString(uid + 4));
    }

    @Test
    @Tag("F106")
    void aDovecotGoesOnFromWhatWasAppended() {
        goesOn(this);
    }

    static void goesOn(TwinboxTest test) {
        Twinbox twinbox = test.twinbox;
        Account source = Account.maildir(test.sandbox, "source");
        test.fillByHand(source, MAILS, HOST);
        Account destination = Account.maildir(test.sandbox, "destination");
        twinbox.sync(source, destination).mustEndWith(0);
        settle(source, destination);
        for (int round = 1; round <= ROUNDS; round++) {
            change(round % 2 == 0 ? source : destination, round % 2 == 0 ? destination : source, round);
            settle(source, destination);
            String index = file(source, "dovecot.index") + file(destination, "dovecot.index");
            Ran run = twinbox.sync(source, destination).mustEndWith(0);
            Expect.equal(
                    index,
                    file(source, "dovecot.index") + file(destination, "dovecot.index"),
                    () -> "the snapshots, " + run);
            test.mustBeTheSame(source, destination, "round " + round);
            String log = file(destination, "dovecot.index.log") + file(destination, "dovecot-uidlist");
            twinbox.sync(source, destination).mustEndWith(0);
            Expect.equal(
                    log,
                    file(destination, "dovecot.index.log") + file(destination, "dovecot-uidlist"),
                    () -> "a run with nothing to do writes nothing");
        }
        AccountView before = destination.view();
        destination.doveadm("force-resync", "INBOX");
        // Repairing gives modseqs anew.
        before.mustEqual(destination.mustBeSilent().view(), "Dovecot looked at all files", MODSEQ);
    }
}
