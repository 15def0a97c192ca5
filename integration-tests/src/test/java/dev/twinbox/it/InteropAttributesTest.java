package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Annotations of mailboxes and subscriptions between Twinbox and a real Dovecot, 2.3 and 2.4, in both directions. */
class InteropAttributesTest {
    private static final List<String> BACKUP = List.of("backup");
    private static final List<String> SYNC = List.of("sync");
    private static final List<String> MAILBOXES = List.of("INBOX", "Work");
    private static final List<String> KEYS = List.of(
            "/private/comment", "/shared/comment", "/private/vendor/example/color", "/shared/vendor/example/color");

    @TestFactory
    @Tag("F176")
    Stream<DynamicTest> annotationsAndSubscriptionsCrossThePipe() {
        return each(Sandbox::create);
    }

    @TestFactory
    @Tag("F176")
    Stream<DynamicTest> annotationsAndSubscriptionsCrossThePipeTo24() {
        return each(Sandbox::createNewer);
    }

    private static Stream<DynamicTest> each(Supplier<Sandbox> sandboxes) {
        return Arrays.stream(BothEnds.Role.values())
                .flatMap(role -> Stream.of(
                        DynamicTest.dynamicTest("backup " + role, () -> within(sandboxes, role, Pair::backup)),
                        DynamicTest.dynamicTest(
                                "backup -R " + role, () -> within(sandboxes, role, Pair::backupReverse)),
                        DynamicTest.dynamicTest("sync " + role, () -> within(sandboxes, role, Pair::sync))));
    }

    private interface Play {
        void play(Pair pair);
    }

    private static void within(Supplier<Sandbox> sandboxes, BothEnds.Role role, Play play) {
        try (Sandbox sandbox = sandboxes.get()) {
            Pair pair = Pair.in(sandbox, role);
            play.play(pair);
            pair.left.mustBeSilent();
            pair.right.mustBeSilent();
        }
    }

    private record Pair(Account left, Account right, BothEnds ends, BothEnds.Role role) {
        static Pair in(Sandbox sandbox, BothEnds.Role role) {
            Account left = Account.withAttributes(sandbox, "left");
            Account right = Account.withAttributes(sandbox, "right");
            BothEnds.Settings settings = new BothEnds.Settings(setting(left), setting(right));
            return new Pair(left, right, new BothEnds(new Twinbox(sandbox), left, right, settings), role);
        }

        private static List<String> setting(Account account) {
            return List.of("-o", "mail_attribute_dict=file:" + account.attributes());
        }

        void backup() {
            fill(left);
            run(BACKUP);
            mustBeEqual();
            assertTrue(get(right, "Work", "/private/comment").contains("my note"));
            left.doveadm("mailbox", "unsubscribe", "Work");
            left.doveadm("mailbox", "subscribe", "INBOX");
            set(left, "INBOX", "/shared/comment", "new");
            left.save("INBOX", "One more");
            run(BACKUP);
            mustBeEqual();
        }

        void backupReverse() {
            fill(right);
            List<String> words = List.of("backup", "-R");
            run(words);
            mustBeEqual();
            right.doveadm("mailbox", "unsubscribe", "Work");
            set(right, "Work", "/private/comment", "other");
            right.save("Work", "One more");
            run(words);
            mustBeEqual();
        }

        void sync() {
            fill(left);
            run(SYNC);
            mustBeEqual();
            set(left, "Work", "/private/comment", "at the left");
            set(right, "INBOX", "/shared/comment", "at the right");
            left.doveadm("mailbox", "unsubscribe", "Work");
            right.doveadm("mailbox", "subscribe", "INBOX");
            left.save("Work", "Of the left");
            right.save("INBOX", "Of the right");
            run(SYNC);
            mustBeEqual();
            assertTrue(get(left, "INBOX", "/shared/comment").contains("at the right"));
            assertTrue(get(right, "Work", "/private/comment").contains("at the left"));
        }

        private static void fill(Account account) {
            account.doveadm("mailbox", "create", "-s", "Work");
            account.save("INBOX", "First");
            account.save("Work", "Second");
            set(account, "Work", "/private/comment", "my note with\ttab\nand lines \u00e9");
            set(account, "Work", "/shared/vendor/example/color", "blue");
            set(account, "INBOX", "/private/vendor/example/color", "red");
        }

        private void run(List<String> words) {
            ends.run(role, words).mustEndWith(0);
        }

        private void mustBeEqual() {
            List<String> differences = new ArrayList<>(ClientView.take(left).differences(ClientView.take(right)));
            assertEquals(List.of(), differences);
            for (String mailbox : MAILBOXES) {
                for (String key : KEYS) {
                    assertEquals(get(left, mailbox, key), get(right, mailbox, key), mailbox + " " + key);
                }
            }
        }

        private static String get(Account account, String mailbox, String key) {
            return account.doveadm("mailbox", "metadata", "get", mailbox, key).out();
        }

        private static void set(Account account, String mailbox, String key, String value) {
            account.doveadm("mailbox", "metadata", "set", mailbox, key, value);
        }
    }
}
