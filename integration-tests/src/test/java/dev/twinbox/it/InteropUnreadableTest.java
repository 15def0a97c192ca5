package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A mailbox that we may not read stops no other one, where a real Dovecot is called. */
class InteropUnreadableTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sync",
                "sync -f",
                "sync -R",
                "sync -1",
                "sync -1 -R",
                "backup",
                "backup -f",
                "backup -R --allow-delete"
            })
    @Tag("F173")
    void theOthersAreSyncedAllTheSame(String line) {
        for (boolean newer : List.of(false, true)) {
            try (Sandbox sandbox = newer ? Sandbox.createNewer() : Sandbox.create()) {
                theOthersAreSynced(sandbox, line);
            }
        }
    }

    private static void theOthersAreSynced(Sandbox sandbox, String line) {
        Twinbox twinbox = new Twinbox(sandbox);
        Account left = Account.maildir(sandbox, "left");
        Account right = Account.maildir(sandbox, "right");
        List<String> names = List.of("Alone", "INBOX", "Middle", "Zoo");
        for (String name : names) {
            if (!name.equals("INBOX")) {
                left.doveadm("mailbox", "create", name);
            }
            left.save(name, "First");
        }
        twinbox.sync(left, right).mustEndWith(0);
        Account source = line.contains("-R") ? right : left;
        for (String name : names) {
            source.save(name, "Second");
        }
        sandbox.shell("chmod 000 \"$1\"/.Middle/dovecot.index.log", left.maildir());
        run(twinbox, left, right, line).mustEndWith(77).mustSay("Middle", "permission denied");
        right.mustBeSilent();
        sandbox.shell("chmod 600 \"$1\"/.Middle/dovecot.index.log", left.maildir());
        Account target = source == left ? right : left;
        ClientView view = ClientView.take(target);
        for (String name : names) {
            assertEquals(
                    name.equals("Middle") ? 1 : 2,
                    Objects.requireNonNull(view.boxes().get(name)).mails().size(),
                    line + ": " + name);
        }
        // When it may be read again, it is as if nothing had been.
        run(twinbox, left, right, line).mustEndWith(0);
        assertEquals(List.of(), ClientView.take(left).differences(ClientView.take(right)), line);
    }

    private static Ran run(Twinbox twinbox, Account left, Account right, String line) {
        List<Object> words = new ArrayList<>(
                List.of("-O", "-o", "mail_location=" + left.location(), "-o", "mail_home=" + left.home()));
        words.addAll(Arrays.asList(line.split(" ")));
        words.addAll(right.nestedDoveadmCommand("dsync-server"));
        return twinbox.run(words.toArray());
    }
}
