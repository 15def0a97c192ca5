package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.protocol.item.MailboxName;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a run that needed several connections says of itself. */
class OutcomeTest {
    private static final MailboxName WORK = MailboxName.parse("Work", '/');
    private static final MailboxName PLAY = MailboxName.parse("Play", '/');

    @Test
    void whatConnectionsThatWereCutHaveDoneCounts() {
        Outcome cut = new Outcome(
                Status.TEMPORARY,
                "the line broke",
                List.of(
                        new MailboxResult(MailboxName.INBOX, Status.DONE, "new", false, 7, 1, 2, 3, 700),
                        new MailboxResult(WORK, Status.TEMPORARY, "the line broke", false, 5, 0, 0, 0, 500)),
                4);
        Outcome last = new Outcome(
                Status.DONE,
                null,
                List.of(
                        new MailboxResult(MailboxName.INBOX, Status.DONE, Outcome.UNCHANGED, true, 0, 0, 0, 0, 0),
                        new MailboxResult(WORK, Status.DONE, "numbers differ", false, 6, 0, 0, 0, 600),
                        new MailboxResult(PLAY, Status.DONE, "numbers differ", false, 1, 0, 0, 0, 100)),
                1);

        Outcome all = last.after(cut);

        assertEquals(Status.DONE, all.status());
        assertNull(all.reason());
        assertEquals(5, all.treeChanges());
        assertEquals(
                List.of(
                        new MailboxResult(MailboxName.INBOX, Status.DONE, Outcome.UNCHANGED, false, 7, 1, 2, 3, 700),
                        new MailboxResult(WORK, Status.DONE, "numbers differ", false, 11, 0, 0, 0, 1100),
                        new MailboxResult(PLAY, Status.DONE, "numbers differ", false, 1, 0, 0, 0, 100)),
                all.mailboxes());
    }

    @Test
    void aConnectionThatCameToNothingLeavesWhatTheOnesBeforeDid() {
        MailboxResult done = new MailboxResult(WORK, Status.DONE, "new", false, 5, 0, 0, 0, 500);
        Outcome cut = new Outcome(Status.TEMPORARY, "the line broke", List.of(done), 1);

        Outcome all = new Outcome(Status.TEMPORARY, "nobody answers", List.of(), 0).after(cut);

        assertEquals(List.of(done), all.mailboxes());
        assertEquals("nobody answers", all.reason());
        assertFalse(all.cut());
    }
}
