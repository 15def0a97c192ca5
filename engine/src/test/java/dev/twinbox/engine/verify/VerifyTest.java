package dev.twinbox.engine.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.verify.Difference.Kind;
import dev.twinbox.engine.verify.FakeAccount.FakeMail;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class VerifyTest {
    private static final FakeMail ONE = FakeMail.of(1, "g1");
    private static final FakeMail TWO = FakeMail.of(2, "g2");

    private static VerifyReport compare(FakeAccount a, FakeAccount b) throws IOException, InterruptedException {
        return Verify.compare(a, b, VerifyListener.NONE);
    }

    private static FakeAccount inbox(FakeMail... mails) {
        return new FakeAccount().box("INBOX", mails);
    }

    private static void assertFinds(Kind kind, FakeAccount a, FakeAccount b) throws IOException, InterruptedException {
        assertEquals(Map.of(kind, 1L), compare(a, b).counts());
        assertEquals(Map.of(kind, 1L), compare(b, a).counts(), "the other way round");
    }

    @Test
    void findsEqualAccountsTheSame() throws IOException, InterruptedException {
        VerifyReport report = compare(inbox(ONE, TWO), inbox(ONE, TWO));
        assertTrue(report.same());
        assertEquals(1, report.mailboxes());
        assertEquals(2, report.mails());
        assertEquals(2L * "text of g1".length(), report.bytes());
    }

    @Test
    void findsEveryDifferingValueOfAMail() throws IOException, InterruptedException {
        assertFinds(Kind.FLAGS, inbox(ONE.flags(Flags.SEEN)), inbox(ONE));
        assertFinds(Kind.KEYWORDS, inbox(ONE.keywords("a b")), inbox(ONE.keywords("a")));
        assertFinds(Kind.RECEIVED, inbox(ONE.received(5)), inbox(ONE.received(6)));
        assertFinds(Kind.CONTENT, inbox(ONE.text("x")), inbox(ONE.text("y")));
        assertFinds(Kind.MAIL, inbox(ONE, TWO), inbox(ONE));
        assertFinds(
                Kind.UID,
                inbox(ONE, FakeMail.of(3, "g3")),
                inbox(ONE, FakeMail.of(4, "g3").received(1003)));
        assertFinds(Kind.GUID, inbox(ONE), inbox(FakeMail.of(1, "other").text("text of g1")));
        assertFinds(Kind.UNREADABLE, inbox(ONE.text(null)), inbox(ONE));
        assertEquals(
                Map.of(Kind.SIZE, 1L, Kind.CONTENT, 1L),
                compare(inbox(ONE.text("x")), inbox(ONE.text("xx"))).counts());
    }

    @Test
    void ignoresRecentTheCaseOfKeywordsAndUnknownDates() throws IOException, InterruptedException {
        FakeAccount a = inbox(ONE.flags(Flags.RECENT).keywords("Work").received(Long.MIN_VALUE));
        assertTrue(compare(a, inbox(ONE.keywords("work"))).same());
    }

    @Test
    void findsEveryDifferingNumberOfAMailbox() throws IOException, InterruptedException {
        MailboxGuid guid = new MailboxGuid(1, 2);
        FakeAccount plain = new FakeAccount().box("INBOX", new MailboxStatus(guid, 7, 100, 0, 1, 9, false));
        assertFinds(
                Kind.MAILBOX_GUID,
                plain,
                new FakeAccount().box("INBOX", new MailboxStatus(new MailboxGuid(1, 3), 7, 100, 0, 1, 9, false)));
        assertFinds(
                Kind.UIDVALIDITY,
                plain,
                new FakeAccount().box("INBOX", new MailboxStatus(guid, 8, 100, 0, 1, 9, false)));
        assertFinds(
                Kind.UIDNEXT, plain, new FakeAccount().box("INBOX", new MailboxStatus(guid, 7, 101, 0, 1, 9, false)));
        assertFinds(
                Kind.HIGHESTMODSEQ,
                plain,
                new FakeAccount().box("INBOX", new MailboxStatus(guid, 7, 100, 0, 1, 10, false)));
        assertTrue(compare(plain, new FakeAccount().box("INBOX", new MailboxStatus(guid, 7, 100, 0, 50, 9, false)))
                .same());
    }

    @Test
    void matchesMailsByGuidWhereNumbersAreProvisional() throws IOException, InterruptedException {
        FakeAccount plain = new FakeAccount()
                .box(
                        "INBOX",
                        new MailboxStatus(new MailboxGuid(5, 5), 99, 3, 2, 1, 1, true),
                        FakeMail.of(1, "g2").received(1002),
                        FakeMail.of(2, "g1").received(1001));
        assertTrue(compare(plain, inbox(ONE, TWO)).same());
        assertTrue(compare(inbox(ONE, TWO), plain).same());
        assertFinds(Kind.MAIL, inbox(ONE, TWO, FakeMail.of(3, "g3")), plain);
    }

    @Test
    void matchesMailsByGuidWhereUidValidityDiffers() throws IOException, InterruptedException {
        FakeAccount other = new FakeAccount()
                .box(
                        "INBOX",
                        new MailboxStatus(new MailboxGuid(1, 2), 8, 100, 2, 1, 9, false),
                        FakeMail.of(11, "g1").received(1001),
                        FakeMail.of(12, "g2").received(1002));
        assertFinds(Kind.UIDVALIDITY, inbox(ONE, TWO), other);
    }

    @Test
    void pairsCopiesOfOneMailOneToOne() throws IOException, InterruptedException {
        FakeMail copy = FakeMail.of(5, "g1").received(1001);
        assertFinds(Kind.MAIL, inbox(ONE, copy), inbox(ONE));
        assertTrue(compare(inbox(ONE, copy), inbox(ONE, copy)).same());
    }

    @Test
    void findsNamesAndSubscriptionsOfOneSide() throws IOException, InterruptedException {
        assertFinds(
                Kind.MAILBOX,
                inbox(ONE).box("Work", new MailboxStatus(new MailboxGuid(3, 3), 7, 100, 0, 1, 9, false)),
                inbox(ONE));
        assertFinds(Kind.FOLDER, inbox().node("F", Existence.EXISTS, null, false), inbox());
        assertFinds(
                Kind.SUBSCRIPTION,
                inbox().node("S", Existence.MISSING, null, true),
                inbox().node("S", Existence.MISSING, null, false));
        assertFinds(
                Kind.UNREADABLE,
                inbox().node("U", Existence.UNREADABLE, null, false),
                inbox().node("U", Existence.EXISTS, new MailboxGuid(3, 3), false));
    }

    @Test
    void doesNotMindFoldersThatOnlyHoldOthersAndDeletedNames() throws IOException, InterruptedException {
        FakeAccount a = inbox().box("A/B", new MailboxStatus(new MailboxGuid(3, 3), 7, 100, 0, 1, 9, false));
        FakeAccount b = inbox().node("A", Existence.EXISTS, null, false)
                .node("gone", Existence.DELETED, new MailboxGuid(4, 4), false)
                .box("A/B", new MailboxStatus(new MailboxGuid(3, 3), 7, 100, 0, 1, 9, false));
        assertTrue(compare(a, b).same());
    }

    @Test
    void goesOnBehindAMailboxThatCannotBeOpened() throws IOException, InterruptedException {
        FakeAccount a = inbox(ONE).node("Bad", Existence.EXISTS, new MailboxGuid(3, 3), false);
        FakeAccount b = inbox(ONE).node("Bad", Existence.EXISTS, new MailboxGuid(3, 3), false);
        VerifyReport report = compare(a, b);
        assertEquals(Map.of(Kind.UNREADABLE, 1L), report.counts());
        assertTrue(report.incomplete());
        assertEquals(1, report.mails());
    }

    @Test
    void countsAllButKeepsOnlySoManyDifferences() throws IOException, InterruptedException {
        int many = VerifyReport.DIFFERENCES_MAX + 5;
        FakeMail[] mails = new FakeMail[many];
        for (int i = 0; i < many; i++) {
            mails[i] = FakeMail.of(i + 1, "g" + i);
        }
        VerifyReport report = compare(inbox(mails), inbox());
        assertEquals(many, report.total());
        assertEquals(VerifyReport.DIFFERENCES_MAX, report.differences().size());
        assertFalse(report.same());
    }

    @Test
    void stopsWhenInterrupted() {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> compare(inbox(ONE), inbox(ONE)));
    }

    @Test
    void saysNothingOfWhatTakesNoPart() throws IOException, InterruptedException {
        MailboxStatus work = new MailboxStatus(new MailboxGuid(1, 3), 7, 100, 1, 1, 9, false);
        MailboxStatus spam = new MailboxStatus(new MailboxGuid(1, 4), 7, 100, 1, 1, 9, false);
        FakeAccount more = inbox(ONE).box("Spam", spam, TWO).box("Work", work, ONE);
        FakeAccount less = inbox(ONE).box("Work", work, TWO);
        VerifyReport report =
                Verify.compare(more, less, node -> !node.name().toString().equals("Spam"), VerifyListener.NONE);
        assertEquals(Map.of(Kind.MAIL, 2L), report.counts());
        assertEquals(2, report.mailboxes());
        assertEquals(
                Map.of(Kind.MAILBOX, 1L, Kind.MAIL, 2L), compare(more, less).counts());
    }
}
