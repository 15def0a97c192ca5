package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Accounts of three namespaces, each in a place and a format of its own, as a real Dovecot and Twinbox read them from the very same
 * configuration: what {@code -n}, {@code -N} and neither of them put in step is what two Dovecots put in step.
 */
class NamespacesTest {
    private static final String NAMESPACES = """
            namespace archive {
              prefix = Archive/
              separator = /
              location = mdbox:~/archive
            }
            namespace team {
              prefix = Team/Shared/
              separator = /
              type = public
              subscriptions = no
              location = maildir:~/team
            }
            """;

    private static final String NEWER_NAMESPACES = """
            namespace archive {
              prefix = Archive/
              separator = /
              mail_driver = mdbox
              mail_path = ~/archive
            }
            namespace team {
              prefix = Team/Shared/
              separator = /
              type = public
              subscriptions = no
              mail_driver = maildir
              mail_path = ~/team
            }
            """;

    private static final List<Supplier<Sandbox>> BOTH = List.of(Sandbox::create, Sandbox::createNewer);

    /** Who speaks with whom. */
    private enum Ends {
        TWINBOX_CALLS_DOVECOT,
        DOVECOT_CALLS_TWINBOX,
        TWO_TWINBOXES,
        TWO_DOVECOTS
    }

    private record Pair(Account left, Account right) {
        Pair copy() {
            return new Pair(left.copy(), right.copy());
        }

        List<ClientView> views() {
            return List.of(look(left), look(right));
        }
    }

    private static Ran run(Twinbox twinbox, Pair pair, Ends ends, List<String> words) {
        boolean ours = ends == Ends.TWINBOX_CALLS_DOVECOT || ends == Ends.TWO_TWINBOXES;
        boolean answers = ends == Ends.DOVECOT_CALLS_TWINBOX || ends == Ends.TWO_TWINBOXES;
        List<String> all =
                new ArrayList<>(ours ? List.of("-c", pair.left.configuration().toString()) : List.of());
        all.addAll(words);
        all.addAll(
                answers
                        ? twinbox.nestedCommand("-c", pair.right.configuration(), "dsync-server")
                        : pair.right.nestedDoveadmCommand("dsync-server"));
        return ours ? twinbox.run(all.toArray()) : pair.left.tryDoveadm(all.toArray(String[]::new));
    }

    private static Account account(Sandbox sandbox, String name) {
        return Account.maildir(sandbox, name).with(sandbox.dovecot().isNewer() ? NEWER_NAMESPACES : NAMESPACES);
    }

    /** What a client sees in all namespaces, and doveadm in some of them only; looked at in a copy. */
    private static ClientView look(Account account) {
        Account copy = account.copy();
        ClientView view = ClientView.take(copy);
        copy.mustBeSilent();
        return view;
    }

    private static void mustEqual(ClientView expected, ClientView actual, String when) {
        assertEquals(List.of(), expected.differences(actual), when);
    }

    /** Two that a Dovecot has put in step, and that were both used since. */
    private static Pair used(Sandbox sandbox) {
        Account left = account(sandbox, "left");
        try (ImapSession imap = left.imap()) {
            for (String name :
                    List.of("Work", "Archive/2024", "Archive/2024/Jan", "Archive/Old", "Team/Shared/Plans")) {
                imap.must("CREATE \"" + name + "\"");
                imap.must("SUBSCRIBE \"" + name + "\"");
                append(imap, name, "first");
                append(imap, name, "second");
            }
            append(imap, "INBOX", "first");
        }
        Pair pair = new Pair(left, account(sandbox, "right"));
        Twinbox twinbox = new Twinbox(sandbox);
        Ran first = run(twinbox, pair, Ends.TWO_DOVECOTS, List.of("sync", "-N"));
        // A 2.4 that makes its INBOX meanwhile may take the other's for lost.
        first.mustEndWith(sandbox.dovecot().isNewer() && first.exit() == 2 ? 2 : 0);
        run(twinbox, pair, Ends.TWO_DOVECOTS, List.of("sync", "-N")).mustEndWith(0);
        mustEqual(look(pair.left), look(pair.right), "two Dovecots");
        try (ImapSession imap = pair.left.imap()) {
            for (String name : List.of("INBOX", "Archive/2024", "Team/Shared/Plans")) {
                append(imap, name, "of the left");
            }
            imap.must("SELECT Archive/2024/Jan");
            imap.must("STORE 1 +FLAGS (\\Flagged to-do)");
            imap.must("UNSELECT");
            imap.must("CREATE Archive/2025");
            imap.must("SUBSCRIBE Archive/2025");
        }
        try (ImapSession imap = pair.right.imap()) {
            for (String name : List.of("Work", "Archive/2024/Jan", "Team/Shared/Plans")) {
                append(imap, name, "of the right");
            }
            // Equal numbers of different mails would be taken for equal mailboxes by two Dovecots.
            append(imap, "Team/Shared/Plans", "of the right, too");
            imap.must("SELECT Archive/2024");
            imap.must("STORE 1 +FLAGS (\\Deleted)");
            imap.must("EXPUNGE");
            imap.must("UNSELECT");
            imap.must("CREATE Team/Shared/News");
            imap.must("SUBSCRIBE Team/Shared/News");
        }
        PairHistory.nextSecond(); // of what happens to a name within one second nobody knows the order
        return pair;
    }

    private static void append(ImapSession imap, String mailbox, String what) {
        imap.append(mailbox, "\\Seen", "06-Jan-2025 08:00:00 +0000", Mails.simple(what + " in " + mailbox));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "sync -n Archive/", "sync -n  -n Archive/", "sync -N", "sync -1 -N"})
    @Tag("F151")
    @Tag("F161")
    void whatIsChosenIsPutInStepAsByTwoDovecots(String line) {
        try (Sandbox sandbox = Sandbox.create()) {
            isPutInStepAsByTwoDovecots(sandbox, line);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "sync -n Archive/", "sync -n  -n Archive/", "sync -N", "sync -1 -N"})
    @Tag("F151")
    @Tag("F161")
    void whatIsChosenIsPutInStepAsByTwoNewerDovecots(String line) {
        try (Sandbox sandbox = Sandbox.createNewer()) {
            isPutInStepAsByTwoDovecots(sandbox, line);
        }
    }

    private static void isPutInStepAsByTwoDovecots(Sandbox sandbox, String line) {
        List<String> words = Arrays.asList(line.split(" "));
        Twinbox twinbox = new Twinbox(sandbox);
        Pair before = used(sandbox);
        Pair reference = before.copy();
        run(twinbox, reference, Ends.TWO_DOVECOTS, words).mustEndWith(0);
        List<ClientView> expected = reference.views();
        for (Ends ends : List.of(Ends.TWINBOX_CALLS_DOVECOT, Ends.DOVECOT_CALLS_TWINBOX, Ends.TWO_TWINBOXES)) {
            Pair pair = before.copy();
            Ran ran = run(twinbox, pair, ends, words).mustEndWith(0);
            List<ClientView> views = pair.views();
            for (int side = 0; side < 2; side++) {
                mustEqual(expected.get(side), views.get(side), ends + ", side " + side + ": " + ran);
            }
            // A second run finds nothing to do.
            run(twinbox, pair, ends, words).mustEndWith(0);
            List<ClientView> again = pair.views();
            for (int side = 0; side < 2; side++) {
                mustEqual(views.get(side), again.get(side), ends + " again, side " + side);
            }
        }
    }

    /** Two Dovecots forget here when names were renamed and unsubscribed, and undo it. */
    @Test
    @Tag("F151")
    void renamesAndUnsubscriptionsInAllNamespacesAreBroughtOver() {
        try (Sandbox sandbox = Sandbox.create()) {
            Twinbox twinbox = new Twinbox(sandbox);
            Pair pair = used(sandbox);
            try (ImapSession imap = pair.left.imap()) {
                imap.must("RENAME Archive/Old Archive/Older");
                imap.must("RENAME Team/Shared/Plans Team/Shared/Plan");
            }
            try (ImapSession imap = pair.right.imap()) {
                imap.must("UNSUBSCRIBE Archive/2024");
                imap.must("UNSUBSCRIBE Team/Shared/News");
                imap.must("UNSUBSCRIBE Work");
            }
            run(twinbox, pair, Ends.TWO_TWINBOXES, List.of("sync", "-N")).mustEndWith(0);
            ClientView left = look(pair.left);
            mustEqual(left, look(pair.right), "two Twinboxes");
            assertEquals(
                    new TreeSet<>(List.of(
                            "Archive/2024",
                            "Archive/2024/Jan",
                            "Archive/2025",
                            "Archive/Older",
                            "INBOX",
                            "Team/Shared/News",
                            "Team/Shared/Plan",
                            "Work")),
                    left.boxes().keySet());
            for (String name : List.of("Archive/2024", "Team/Shared/News", "Work")) {
                assertFalse(left.subscriptions().contains(name), name);
            }
            assertTrue(left.subscriptions().contains("Archive/2025"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DOVECOT_CALLS_TWINBOX", "TWO_TWINBOXES"})
    @Tag("F151")
    void aTouchedReplicaOfAllNamespacesIsPutRightInOneRun(Ends ends) {
        for (Supplier<Sandbox> sandboxes : BOTH) {
            try (Sandbox sandbox = sandboxes.get()) {
                Twinbox twinbox = new Twinbox(sandbox);
                Pair pair = used(sandbox);
                ClientView source = look(pair.left);
                run(twinbox, pair, ends, List.of("backup", "-N")).mustEndWith(0);
                mustEqual(source, look(pair.right), "the replica");
                mustEqual(source, look(pair.left), "the source");
            }
        }
    }

    /** A 2.4 may have one, and mails in it. */
    @Test
    @Tag("F151")
    void aMailboxWithTheNameOfANamespaceIsToldOfAndTheRestIsDone() {
        try (Sandbox sandbox = Sandbox.createNewer()) {
            Pair pair = used(sandbox);
            pair.right.save("Archive", "Where nobody looks");
            run(new Twinbox(sandbox), pair, Ends.TWINBOX_CALLS_DOVECOT, List.of("sync", "-N"))
                    .mustEndWith(65)
                    .mustSay("mailbox Archive has the name of a namespace");
            ClientView left = look(pair.left);
            for (String name : List.of("Archive/2024/Jan", "Work")) {
                assertEquals(
                        3,
                        Objects.requireNonNull(left.boxes().get(name)).mails().size(),
                        name);
            }
        }
    }

    @Test
    @Tag("F131")
    void namesAreThoseOfTheServerWithTheSameConfiguration() {
        for (Supplier<Sandbox> sandboxes : BOTH) {
            try (Sandbox sandbox = sandboxes.get()) {
                namesAreThoseOfTheServer(sandbox);
            }
        }
    }

    private static void namesAreThoseOfTheServer(Sandbox sandbox) {
        Twinbox twinbox = new Twinbox(sandbox);
        Account account = used(sandbox).left();
        Ran status = twinbox.run("-c", account.configuration(), "status").mustEndWith(0);
        assertEquals(new TreeSet<>(List.of("INBOX", "Work")), names(status));
        Ran all = twinbox.run("-c", account.configuration(), "status", "-N").mustEndWith(0);
        SortedSet<String> listed =
                new TreeSet<>(account.doveadm("mailbox", "list").lines());
        listed.removeIf(name -> !names(all).contains(name) && isNoMailbox(account, name));
        listed.remove("Archive"); // a Dovecot 2.4 makes an empty one of a namespace's own name
        assertEquals(listed, names(all));
        for (String prefix : List.of("Archive/", "Team/Shared/")) {
            SortedSet<String> server = new TreeSet<>();
            for (String name : account.doveadm("mailbox", "list").lines()) {
                if (name.startsWith(prefix)) {
                    server.add(name.substring(prefix.length()));
                }
            }
            Account copy = Account.maildir(sandbox, "of-" + prefix.charAt(0));
            twinbox.run("-c", account.configuration(), "backup", "-n", prefix, copy.location())
                    .mustEndWith(0);
            twinbox.run("-c", account.configuration(), "verify", "-n", prefix, copy.location())
                    .mustEndWith(0);
            Ran part = twinbox.run("-c", account.configuration(), "status", "-n", prefix)
                    .mustEndWith(0);
            for (String name : names(part)) {
                assertTrue(name.startsWith(prefix), name);
                assertTrue(server.contains(name.substring(prefix.length())), name);
            }
            assertFalse(names(part).isEmpty());
            String emptied = names(part).first().substring(prefix.length());
            copy.doveadm("mailbox", "delete", "-s", emptied);
            twinbox.run("-c", account.configuration(), "verify", "-n", prefix, copy.location())
                    .mustEndWith(2);
            twinbox.run("-c", account.configuration(), "backup", "-n", prefix, copy.location())
                    .mustEndWith(0);
            SortedSet<String> copied =
                    new TreeSet<>(copy.doveadm("mailbox", "list").lines());
            copied.removeAll(List.of("", "INBOX"));
            assertEquals(server, copied);
        }
    }

    /** A name that only others lie below. */
    private static boolean isNoMailbox(Account account, String name) {
        return account.tryDoveadm("mailbox", "status", "messages", name).exit() != 0;
    }

    private static SortedSet<String> names(Ran status) {
        SortedSet<String> names = new TreeSet<>();
        for (String line : status.lines().subList(1, status.lines().size())) {
            if (!line.isBlank()) {
                names.add(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return names;
    }

    @Test
    void aPrefixThatNoNamespaceHasStandsForTheOneAroundItAndIsToldOf() {
        try (Sandbox sandbox = Sandbox.create()) {
            Pair pair = used(sandbox);
            run(new Twinbox(sandbox), pair, Ends.TWINBOX_CALLS_DOVECOT, List.of("sync", "-n", "Foo/"))
                    .mustEndWith(0)
                    .mustSay("-n Foo/: no such namespace");
            ClientView left = look(pair.left);
            assertEquals(
                    3, Objects.requireNonNull(left.boxes().get("Work")).mails().size());
            assertEquals(
                    2,
                    Objects.requireNonNull(left.boxes().get("Archive/2024/Jan"))
                            .mails()
                            .size());
        }
    }
}
