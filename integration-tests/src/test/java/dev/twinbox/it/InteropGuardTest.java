package dev.twinbox.it;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is stopped, planned and written down in runs with a Dovecot at the other end of a pipe. */
class InteropGuardTest extends TwinboxTest {
    private Ran run(Account own, Account other, String... words) {
        List<Object> all = new ArrayList<>(List.of("-O", "-o", "mail_location=" + own.location()));
        all.addAll(List.of(words));
        all.addAll(other.nestedDoveadmCommand("dsync-server"));
        return twinbox.run(all.toArray());
    }

    /** The line of the man page with the configured storage empty; a doveadm here deletes all that is there. */
    @Test
    @Tag("F185")
    void anEmptySourceDeletesNothingAtTheDovecot() {
        Account empty = Account.maildir(sandbox, "empty");
        empty.doveadm("mailbox", "list");
        Account full = filled("full", 3);
        AccountView before = full.view();
        for (Account source : List.of(empty, Account.maildir(sandbox, "missing"))) {
            Ran ran = run(source, full, "backup").mustEndWith(66);
            Expect.that(ran.err().contains("Nothing was changed"), () -> ran.toString());
            before.mustEqual(full.view(), ran.toString());
        }
    }

    @Test
    @Tag("F154")
    void aPullIsPlannedAndGuardedBeforeAnythingIsWritten() {
        Account source = filled("source", 5);
        Account replica = Account.maildir(sandbox, "replica");
        Ran plan = run(replica, source, "backup", "-R", "--dry-run").mustEndWith(0);
        Expect.that(plan.out().contains("INBOX"), plan::toString);
        Expect.that(!replica.maildir().toFile().exists(), plan::toString);

        run(replica, source, "backup", "-R").mustEndWith(0);
        source.doveadm("expunge", "mailbox", "INBOX", "all");
        ClientView before = ClientView.take(replica);
        Ran stopped = run(replica, source, "backup", "-R", "--max-delete", "1").mustEndWith(66);
        Expect.equal(List.of(), before.differences(ClientView.take(replica)), stopped::toString);

        run(replica, source, "backup", "-R", "--allow-delete").mustEndWith(0);
        Expect.equal(List.of(), ClientView.take(source).differences(ClientView.take(replica)), () -> "after the pull");
    }

    @Test
    @Tag("F167")
    void theRawLogHasWhatBothSaid() {
        Account source = filled("source", 2);
        Account replica = Account.maildir(sandbox, "replica");
        String log = sandbox.path("raw").toString();
        run(replica, source, "backup", "-R", "-r", log).mustEndWith(0);
        String text = sandbox.shell("cat \"$1\"; stat -c %a \"$1\"", log).out();
        for (String line : List.of(" O: VERSION\tdsync\t3\t5", " I: VERSION\tdsync\t3\t5", " I: F", "600")) {
            Expect.that(text.contains(line), () -> "no line '" + line + "' in\n" + text);
        }
    }
}
