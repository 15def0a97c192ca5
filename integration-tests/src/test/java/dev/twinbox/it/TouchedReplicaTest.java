package dev.twinbox.it;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where Dovecot's own backup empties or deletes a mailbox and gives up, one run must be enough. */
class TouchedReplicaTest extends TwinboxTest {
    private static final int MAILS = 20;
    private static final int LOOKS_MAX = 10;

    private Account source() {
        return filled("source", MAILS);
    }

    private Account mirrored(Account source) {
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        return replica;
    }

    @ParameterizedTest
    @ValueSource(strings = {"INBOX", "Work"})
    @Tag("F025")
    @Tag("F106")
    void aMailAddedAtTheReplicaIsTakenAwayAgain(String mailbox) {
        Account source = source();
        Account replica = mirrored(source);
        replica.save(mailbox, "Intruder");
        oneRunMakesItTheSame(source, replica);
        anotherRunWritesNothing(source, replica);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INBOX", "Work"})
    @Tag("F025")
    @Tag("F106")
    void aMailExpungedAtTheReplicaComesBackUnderItsUid(String mailbox) {
        Account source = source();
        Account replica = mirrored(source);
        replica.doveadm("expunge", "mailbox", mailbox, "uid", "3,7,20");
        oneRunMakesItTheSame(source, replica);
        anotherRunWritesNothing(source, replica);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INBOX", "Work"})
    @Tag("F025")
    void newMailsOnBothSidesEndAsAtTheSource(String mailbox) {
        Account source = source();
        Account replica = mirrored(source);
        replica.save(mailbox, "At the replica");
        source.save(mailbox, "At the source");
        oneRunMakesItTheSame(source, replica);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dovecot-uidlist", "dovecot.index*", "dovecot[-.]*"})
    @Tag("F025")
    void aSourceThatLostItsControlFilesIsMirroredAgain(String lost) {
        Account source = source();
        Account replica = mirrored(source);
        sandbox.shell("cd \"$1\"; find . -name \"$2\" -exec rm {} +", source.maildir(), lost);
        letDovecotRepair(source);
        oneRunMakesItTheSame(source, replica);
        anotherRunWritesNothing(source, replica);
    }

    @Test
    @Tag("F025")
    void aReplicaThatLostItsControlFilesIsMadeWholeAgain() {
        Account source = source();
        Account replica = mirrored(source);
        sandbox.shell("cd \"$1\"; find . -name 'dovecot[-.]*' -exec rm {} +", replica.maildir());
        oneRunMakesItTheSame(source, replica);
    }

    @Test
    void mailFilesRemovedByHandAtTheReplicaComeBack() {
        Account source = source();
        Account replica = mirrored(source);
        sandbox.shell("cd \"$1\"; find cur new -type f | head -5 | xargs rm", replica.maildir());
        oneRunMakesItTheSame(source, replica);
    }

    @Test
    @Tag("F106")
    void mailboxesMadeRenamedOrDeletedAtTheReplicaAreReverted() {
        Account source = source();
        source.doveadm("mailbox", "create", "Archive", "Archive/Old");
        source.save("Archive/Old", "Old");
        Account replica = mirrored(source);
        replica.doveadm("mailbox", "create", "-s", "Only here");
        replica.save("Only here", "Surplus");
        replica.doveadm("mailbox", "rename", "Archive/Old", "Archive/Renamed");
        replica.doveadm("mailbox", "delete", "Work");
        oneRunMakesItTheSame(source, replica, "--allow-delete");
    }

    @Test
    void aReplicaThatSomebodyRebuiltWithOtherUidsIsPutRight() {
        Account source = source();
        Account replica = mirrored(source);
        sandbox.shell(
                "cd \"$1\"; find . -name 'dovecot[-.]*' -exec rm {} +; ls cur | sort -r | head -3 |"
                        + " while read -r f; do mv \"cur/$f\" \"cur/1$f\"; done",
                replica.maildir());
        letDovecotRepair(replica);
        oneRunMakesItTheSame(source, replica);
    }

    /** Dovecot needs more than one look to number all mails again; until then it does not show them all. */
    private static void letDovecotRepair(Account account) {
        AccountView before = AccountView.take(account);
        for (int look = 0; look < LOOKS_MAX; look++) {
            AccountView now = AccountView.take(account);
            if (before.differences(now, AccountView.Aspect.RECENT).isEmpty()) {
                return;
            }
            before = now;
        }
        throw new AssertionError("Dovecot does not come to rest on " + account.home());
    }
}
