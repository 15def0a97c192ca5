package dev.twinbox.it;

import org.junit.jupiter.api.AfterEach;

/** What every proof has: a sandbox, the product, and short words for what is done over and over. */
abstract class TwinboxTest {
    final Sandbox sandbox;
    final Twinbox twinbox;

    /** Beside the installed Dovecot. */
    TwinboxTest() {
        this(Sandbox.create());
    }

    /** Beside the Dovecot of that sandbox. */
    TwinboxTest(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.twinbox = new Twinbox(sandbox);
    }

    @AfterEach
    void cleanUp() {
        sandbox.close();
    }

    /** The account kept in the repository, in a home of its own. */
    Account sample(String name) {
        Account account = Account.maildir(sandbox, name);
        sandbox.shell("cp -R \"$1\" \"$2\"", Twinbox.repository().resolve("docs/examples/Maildir"), account.maildir());
        return account;
    }

    /** An account whose INBOX and Work have this many mails each. */
    Account filled(String name, int mails) {
        Account account = Account.maildir(sandbox, name);
        account.doveadm("mailbox", "create", "-s", "Work");
        try (ImapSession imap = account.imap()) {
            for (int i = 1; i <= mails; i++) {
                imap.append(
                        "INBOX", i % 2 == 0 ? "\\Seen" : "", "06-Jan-2025 08:00:00 +0000", Mails.simple("Mail " + i));
                imap.append("Work", "to-do", "07-Jan-2025 08:00:00 +0000", Mails.simple("Work " + i));
            }
        }
        return account;
    }

    /** Files of small mails, which no mail server has seen. */
    void fillByHand(Account account, int mails, String host) {
        sandbox.shell(
                "mkdir -p \"$1/cur\" \"$1/new\" \"$1/tmp\"; cd \"$1/cur\"; awk -v n=\"$2\" -v host=\"$3\" 'BEGIN { for (i = 1;"
                        + " i <= n; i++) { f = sprintf(\"%d.M%dP1.%s:2,S\", 1700000000 + i, i, host); printf"
                        + " \"Subject: mail %d\\n\\nbody %d\\n\", i, i > f; close(f) } }'",
                account.maildir(), mails, host);
    }

    /** One run must end with 0 and leave the replica as the source, for Dovecot and for verify. */
    void oneRunMakesItTheSame(Account source, Account replica, Object... options) {
        Ran run = twinbox.backup(source, replica, options).mustEndWith(0);
        mustBeTheSame(source, replica, run.toString());
    }

    void mustBeTheSame(Account source, Account replica, String after) {
        source.view().mustEqual(replica.view().mustBeSilent(), after);
        twinbox.verify(source, replica).mustEndWith(0);
    }

    /** Another run must neither write a byte nor say otherwise. */
    void anotherRunWritesNothing(Account source, Account replica, Object... options) {
        FileTree before = FileTree.of(sandbox, replica.home());
        FileTree sourceBefore = FileTree.of(sandbox, source.home());
        twinbox.backup(source, replica, options).mustEndWith(0);
        before.mustStillBe(FileTree.of(sandbox, replica.home()), "a run with nothing to do");
        sourceBefore.mustStillBe(FileTree.of(sandbox, source.home()), "a run at its source");
    }
}
