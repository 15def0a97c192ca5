package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.Capabilities;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import org.junit.jupiter.api.Test;

final class SourceWatchTest {
    private static final MailboxGuid ONE = MailboxGuid.parse("00000000000000000000000000000001");
    private static final MailboxGuid TWO = MailboxGuid.parse("00000000000000000000000000000002");

    private final SourceWatch watch = new SourceWatch();

    private void look(MailboxGuid guid, long uidNext) {
        watch.next(guid);
        watch.skipped(info(guid, uidNext));
    }

    private static MailboxInfo info(MailboxGuid guid, long uidNext) {
        return Infos.of(
                new MailboxStatus(guid, 1, uidNext, 1, 1, 1, false), new Capabilities(true, true, false, '/', true));
    }

    @Test
    void twoRoundsThatFindTheSameLetTheThirdTakeMailsAway() {
        look(ONE, 5);
        look(TWO, 5);
        look(ONE, 5);
        assertFalse(watch.stoodStill(), "in the second round");
        look(TWO, 5);
        look(ONE, 5);
        assertTrue(watch.stoodStill());
    }

    @Test
    void aPlanningPassIsARound() {
        look(ONE, 5);
        look(TWO, 5);
        watch.newPass();
        look(ONE, 5);
        assertFalse(watch.stoodStill(), "in the first round that writes");
        look(TWO, 5);
        look(ONE, 5);
        assertTrue(watch.stoodStill());
    }

    @Test
    void aRoundThatLeavesOutAMailboxSaysNothing() {
        look(ONE, 5);
        look(TWO, 5);
        watch.newPass();
        look(ONE, 5);
        look(ONE, 5);
        assertFalse(watch.stoodStill());
        look(TWO, 5);
        look(ONE, 5);
        assertTrue(watch.stoodStill());
    }

    @Test
    void aMailboxThatHasChangedBetweenTwoRoundsLetsThePassGoOn() {
        look(ONE, 5);
        look(TWO, 5);
        look(ONE, 5);
        look(TWO, 6);
        look(ONE, 5);
        assertFalse(watch.stoodStill());
        look(TWO, 6);
        look(ONE, 5);
        assertTrue(watch.stoodStill());
    }

    /** What it lacks may have been moved to a mailbox that the round has been through already. */
    @Test
    void nothingIsTakenFromAMailboxThatHasChangedSince() {
        look(ONE, 5);
        look(TWO, 5);
        look(ONE, 5);
        look(TWO, 5);
        look(ONE, 5);
        assertTrue(watch.stoodStill());
        look(TWO, 6);
        assertFalse(watch.stoodStill());
    }
}
