package dev.twinbox.it;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * A subscribed mailbox is renamed, with a real Dovecot, 2.3 and 2.4, at the other end. Two Dovecots differ in their subscriptions
 * after the first run, which ends with 0.
 */
class InteropSubscriptionTest {
    private static final List<String> SYNC = List.of("sync");

    @TestFactory
    @Tag("F175")
    Stream<DynamicTest> noRunEndsWellWhileSubscriptionsDiffer() {
        return Stream.of(
                DynamicTest.dynamicTest("2.3", () -> within(Sandbox::create)),
                DynamicTest.dynamicTest("2.4", () -> within(Sandbox::createNewer)));
    }

    private static void within(Supplier<Sandbox> sandboxes) {
        try (Sandbox sandbox = sandboxes.get()) {
            BothEnds ends = ends(sandbox, "moved");
            ends.left().doveadm("mailbox", "rename", "-s", "Work", "Lists");
            Ran first = ends.run(BothEnds.Role.TWINBOX_BEGINS, SYNC).mustEndWith(2);
            Expect.that(first.err().contains("Lists is subscribed at one side only"), first::toString);
            ends.run(BothEnds.Role.TWINBOX_BEGINS, SYNC).mustEndWith(0);
            mustBeEqual(ends);
        }
        for (BothEnds.Role role : BothEnds.Role.values()) {
            try (Sandbox sandbox = sandboxes.get()) {
                BothEnds ends = ends(sandbox, "renamed");
                Account dovecot = role == BothEnds.Role.TWINBOX_BEGINS ? ends.right() : ends.left();
                dovecot.doveadm("mailbox", "rename", "Work", "Lists");
                ends.run(role, SYNC).mustEndWith(0);
                mustBeEqual(ends);
            }
        }
    }

    /** In step, with a subscribed mailbox. */
    private static BothEnds ends(Sandbox sandbox, String mail) {
        Account left = Account.maildir(sandbox, "left");
        Account right = Account.maildir(sandbox, "right");
        left.doveadm("mailbox", "create", "-s", "Work");
        left.save("Work", mail);
        BothEnds ends = new BothEnds(new Twinbox(sandbox), left, right, BothEnds.Settings.NONE);
        ends.twoDovecots(List.of("backup")).mustEndWith(0);
        return ends;
    }

    private static void mustBeEqual(BothEnds ends) {
        ClientView left = ClientView.take(ends.left());
        Expect.equal(List.of(), left.differences(ClientView.take(ends.right())), () -> "left -> right");
    }
}
