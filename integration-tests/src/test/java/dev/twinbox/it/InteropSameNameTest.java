package dev.twinbox.it;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * One way, with mailboxes that both accounts have made under the same names, so that their GUIDs differ, with a real Dovecot, 2.3
 * and 2.4, at the other end. Whichever GUID is the larger one, the destination takes the source's, as Dovecot's does.
 */
class InteropSameNameTest {
    /** So many that either side is sure to have a larger GUID somewhere. */
    private static final List<String> NAMES = List.of("Work", "Lists", "Bin", "Drafts");

    private static final long SMALLER = 1_700_000_000;
    private static final long LARGER = 1_700_000_001;

    @TestFactory
    @Tag("F175")
    Stream<DynamicTest> theDestinationTakesTheGuidsOfTheSource() {
        return Stream.of(
                DynamicTest.dynamicTest("2.3", () -> within(Sandbox::create)),
                DynamicTest.dynamicTest("2.4", () -> within(Sandbox::createNewer)));
    }

    private static void within(Supplier<Sandbox> sandboxes) {
        for (BothEnds.Role role : BothEnds.Role.values()) {
            for (boolean reverse : new boolean[] {false, true}) {
                try (Sandbox sandbox = sandboxes.get()) {
                    oneWay(sandbox, role, reverse);
                }
            }
        }
    }

    /**
     * A Dovecot takes over the UIDVALIDITY of the end that has the larger one or more mails, even as the source, if that end says
     * so. Two Dovecots come to the source's, because the destination's makes the mailbox anew.
     */
    @TestFactory
    @Tag("F175")
    Stream<DynamicTest> theSourceKeepsItsUidValidity() {
        return Stream.of(
                DynamicTest.dynamicTest("2.3", () -> numbers(Sandbox::create)),
                DynamicTest.dynamicTest("2.4", () -> numbers(Sandbox::createNewer)));
    }

    private static void numbers(Supplier<Sandbox> sandboxes) {
        for (String command : List.of("backup", "sync -1")) {
            try (Sandbox sandbox = sandboxes.get()) {
                Account left = Account.maildir(sandbox, "left");
                Account right = Account.maildir(sandbox, "right");
                BothEnds ends = new BothEnds(new Twinbox(sandbox), left, right, BothEnds.Settings.NONE);
                ends.twoDovecots(List.of("sync")).mustEndWith(0); // the INBOXes are the same
                withUidValidity(left, "Empty", SMALLER, 0);
                withUidValidity(right, "Empty", LARGER, 0);
                withUidValidity(left, "Fewer", SMALLER, 1);
                withUidValidity(right, "Fewer", LARGER, 2);
                ClientView was = ClientView.take(left);
                List<String> words = List.of(command.split(" "));
                Ran ran = ends.run(BothEnds.Role.DOVECOT_BEGINS, words).mustEndWith(0);
                Expect.equal(List.of(), was.differences(ClientView.take(left)), ran::toString);
                ClientView now = ClientView.take(right);
                Ran again = ends.run(BothEnds.Role.DOVECOT_BEGINS, words).mustEndWith(0);
                Expect.equal(List.of(), was.differences(ClientView.take(left)), again::toString);
                Expect.equal(List.of(), now.differences(ClientView.take(right)), again::toString);
                if (command.equals("backup")) {
                    Expect.equal(List.of(), was.differences(now), ran::toString);
                }
            }
        }
    }

    private static void withUidValidity(Account account, String name, long uidValidity, int mails) {
        account.doveadm("mailbox", "create", name);
        account.doveadm("mailbox", "update", "--uid-validity", Long.toString(uidValidity), name);
        for (int i = 0; i < mails; i++) {
            account.save(name, account.home() + " " + i);
        }
    }

    private static void oneWay(Sandbox sandbox, BothEnds.Role role, boolean reverse) {
        Account left = Account.maildir(sandbox, "left");
        Account right = Account.maildir(sandbox, "right");
        BothEnds ends = new BothEnds(new Twinbox(sandbox), left, right, BothEnds.Settings.NONE);
        ends.twoDovecots(List.of("sync")).mustEndWith(0); // the INBOXes are the same
        NAMES.forEach(name -> fill(left, name, 1));
        NAMES.forEach(name -> fill(right, name, 2));
        Account source = reverse ? right : left;
        Account destination = reverse ? left : right;
        ClientView was = ClientView.take(source);
        List<String> words = reverse ? List.of("sync", "-1", "-R") : List.of("sync", "-1");
        Ran ran = ends.run(role, words).mustEndWith(0);
        Expect.equal(List.of(), was.differences(ClientView.take(source)), ran::toString);
        ClientView now = ClientView.take(destination);
        for (String name : NAMES) {
            Expect.equal(box(was, name).guid(), box(now, name).guid(), () -> name + "\n" + ran);
            Expect.equal(3, box(now, name).mails().size(), () -> name + "\n" + ran);
        }
        Ran again = ends.run(role, words).mustEndWith(0);
        Expect.equal(List.of(), now.differences(ClientView.take(destination)), again::toString);
    }

    private static ClientView.Box box(ClientView view, String name) {
        return Objects.requireNonNull(view.boxes().get(name), name);
    }

    private static void fill(Account account, String name, int mails) {
        account.doveadm("mailbox", "create", name);
        for (int i = 0; i < mails; i++) {
            account.save(name, account.home() + " " + i);
        }
    }
}
