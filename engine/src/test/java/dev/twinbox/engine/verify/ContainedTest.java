package dev.twinbox.engine.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.storage.memory.MemoryClient;
import dev.twinbox.engine.verify.Difference.Kind;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ContainedTest {
    private static final MailboxName WORK = new MailboxName(List.of("Work"));
    private static final Clock CLOCK = new SimClock();

    private final MemoryAccount old = new MemoryAccount("old", CLOCK);
    private final MemoryAccount fresh = new MemoryAccount("new", CLOCK);

    @BeforeEach
    void twoMailsInTwoMailboxesOfBoth() throws IOException {
        for (MemoryAccount account : new MemoryAccount[] {old, fresh}) {
            MemoryClient client = account.client();
            client.create(WORK, new MailboxGuid(1, 2), 7);
            deliver(account, WORK, "one");
            deliver(account, WORK, "two");
        }
    }

    private static void deliver(MemoryAccount account, MailboxName mailbox, String name) throws IOException {
        account.client()
                .deliver(mailbox, new MailGuid(name), ("text of " + name).getBytes(StandardCharsets.US_ASCII), 1000);
    }

    private Map<Kind, Long> found() throws IOException, InterruptedException {
        return Contained.look(old.openForReading(), fresh.openForReading(), VerifyListener.NONE)
                .counts();
    }

    @Test
    void whatIsInBothIsContained() throws Exception {
        VerifyReport report = Contained.look(old.openForReading(), fresh.openForReading(), VerifyListener.NONE);
        assertTrue(report.same());
        assertEquals(2, report.mails());
    }

    @Test
    void whatTheNewAccountsUserDidIsHisOwn() throws Exception {
        deliver(fresh, WORK, "three");
        fresh.client().flag(WORK, 1, new Flags(Flags.SEEN));
        fresh.client().expunge(WORK, 2);
        fresh.client().rename(WORK, new MailboxName(List.of("Renamed")));
        fresh.client().create(new MailboxName(List.of("Other")), new MailboxGuid(5, 6), 8);
        assertEquals(Map.of(), found());
    }

    @Test
    void aMailboxThatWasDeletedThereIsNotMissed() throws Exception {
        fresh.client().delete(WORK);
        assertEquals(Map.of(), found());
    }

    @Test
    void aMailThatNeverCameIsMissed() throws Exception {
        deliver(old, WORK, "late");
        assertEquals(Map.of(Kind.MAIL, 1L), found());
    }

    @Test
    void aMailboxThatNeverCameIsMissed() throws Exception {
        old.client().create(new MailboxName(List.of("Late")), new MailboxGuid(8, 9), 9);
        assertEquals(Map.of(Kind.MAILBOX, 1L), found());
    }

    @Test
    void anotherContentUnderTheSameGuidIsFound() throws Exception {
        old.client().deliver(WORK, new MailGuid("x"), "right".getBytes(StandardCharsets.US_ASCII), 1000);
        fresh.client().deliver(WORK, new MailGuid("x"), "wrong".getBytes(StandardCharsets.US_ASCII), 1000);
        assertEquals(Map.of(Kind.CONTENT, 1L), found());
    }

    @Test
    void anotherReceivedDateIsFound() throws Exception {
        old.client().deliver(WORK, new MailGuid("x"), "text".getBytes(StandardCharsets.US_ASCII), 1000);
        fresh.client().deliver(WORK, new MailGuid("x"), "text".getBytes(StandardCharsets.US_ASCII), 2000);
        assertEquals(Map.of(Kind.RECEIVED, 1L), found());
    }

    @Test
    void whatTakesNoPartIsNotLookedFor() throws Exception {
        deliver(old, WORK, "three");
        assertEquals(Map.of(Kind.MAIL, 1L), found());
        VerifyReport report = Contained.look(
                old.openForReading(),
                fresh.openForReading(),
                node -> !node.name().equals(WORK),
                VerifyListener.NONE);
        assertTrue(report.same());
        assertEquals(0, report.mails());
    }
}
