package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Annotations that a real Dovecot made are there for a real Dovecot at the replica. */
class AttributesTest extends TwinboxTest {
    /** In full: Dovecot replaces no variables in -o. */
    private static String dict(Account account) {
        return "mail_attribute_dict=file:" + account.home().resolve("dovecot-attributes");
    }

    private static String metadata(Account account, String mailbox, String key) {
        return account.doveadm("-o", dict(account), "mailbox", "metadata", "get", mailbox, key)
                .out();
    }

    private static void set(Account account, String mailbox, String key, String value) {
        account.doveadm("-o", dict(account), "mailbox", "metadata", "set", mailbox, key, value);
    }

    private static void unset(Account account, String mailbox, String key) {
        account.doveadm("-o", dict(account), "mailbox", "metadata", "unset", mailbox, key);
    }

    private static String location(Account account) {
        return account.location() + ":ATTRIBUTES=" + account.home().resolve("dovecot-attributes");
    }

    private Ran mirror(Account source, Account replica, Object... options) {
        List<Object> all = new ArrayList<>(List.of("backup", "--from", location(source)));
        all.addAll(Arrays.asList(options));
        all.add(location(replica));
        return twinbox.run(all.toArray()).mustEndWith(0);
    }

    private void assertEqual(Account source, Account replica) {
        for (String mailbox : List.of("INBOX", "Work")) {
            for (String scope : List.of("/private/", "/shared/")) {
                for (String key : List.of("comment", "vendor/example/color", "empty")) {
                    assertEquals(
                            metadata(source, mailbox, scope + key),
                            metadata(replica, mailbox, scope + key),
                            mailbox + " " + scope + key);
                }
            }
        }
        assertEquals(List.of(), source.view().differences(replica.view()));
        source.mustBeSilent();
        replica.mustBeSilent();
    }

    @Test
    void setChangedAndUnsetAtTheSourceIsSoAtTheReplica() {
        Account source = filled("source", 5);
        Account replica = Account.maildir(sandbox, "replica");
        set(source, "Work", "/private/comment", "my note with\ttab\nand lines \u00e9");
        set(source, "Work", "/shared/vendor/example/color", "blue");
        set(source, "INBOX", "/private/empty", "");
        mirror(source, replica);
        assertTrue(metadata(replica, "Work", "/private/comment").contains("my note"));
        assertEqual(source, replica);

        set(source, "Work", "/private/comment", "changed");
        unset(source, "Work", "/shared/vendor/example/color");
        set(source, "INBOX", "/shared/comment", "new");
        mirror(source, replica);
        assertTrue(metadata(replica, "Work", "/private/comment").contains("changed"));
        assertEqual(source, replica);

        Ran idle = mirror(source, replica, "--json");
        assertTrue(idle.out().contains("unchanged"), idle::toString);
        assertEqual(source, replica);
    }

    @Test
    void changedAtTheReplicaIsPutBackAlsoBesideNewMails() {
        Account source = filled("source", 5);
        Account replica = Account.maildir(sandbox, "replica");
        set(source, "Work", "/private/comment", "right");
        mirror(source, replica);
        set(replica, "Work", "/private/comment", "wrong");
        set(replica, "INBOX", "/shared/comment", "surplus");
        source.save("Work", "One more");
        mirror(source, replica);
        assertEqual(source, replica);
        assertTrue(metadata(replica, "Work", "/private/comment").contains("right"));
    }

    /** The source's index is a log without so much as a UIDVALIDITY then. */
    @Test
    void emptyMailboxThatNobodyOpenedHasItsAttributesAndModSeq() {
        Account source = filled("source", 1);
        Account replica = Account.maildir(sandbox, "replica");
        source.doveadm("mailbox", "create", "Empty");
        set(source, "Empty", "/private/comment", "one");
        set(source, "Empty", "/shared/comment", "two");
        mirror(source, replica);
        assertTrue(metadata(replica, "Empty", "/shared/comment").contains("two"));
        assertEquals(
                source.doveadm("mailbox", "status", "highestmodseq", "Empty").out(),
                replica.doveadm("mailbox", "status", "highestmodseq", "Empty").out());
        unset(source, "Empty", "/private/comment");
        mirror(source, replica);
        assertFalse(metadata(replica, "Empty", "/private/comment").contains("one"));
    }

    @Test
    void settingsOfBothSidesSayWhere() {
        Account source = filled("source", 2);
        Account replica = Account.maildir(sandbox, "replica");
        set(source, "Work", "/private/comment", "note");
        twinbox.run(
                        "-o",
                        "mail_location=" + source.location(),
                        "-o",
                        "mail_attribute_dict=file:" + source.home() + "/dovecot-attributes",
                        "backup",
                        "-p",
                        "mail_attribute_dict=file:" + replica.home() + "/dovecot-attributes",
                        replica.location())
                .mustEndWith(0);
        assertTrue(metadata(replica, "Work", "/private/comment").contains("note"));
        assertEqual(source, replica);
        twinbox.run(
                        "backup",
                        "--from",
                        location(source),
                        replica.location() + ":ATTRIBUTES=" + source.home() + "/dovecot-attributes")
                .mustEndWith(75)
                .mustSay("same file");
    }
}
