package dev.twinbox.engine.verify;

import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.verify.Difference.Kind;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.time.Instant;

/** Compares one mailbox that is on both sides. Used by one thread, for many mailboxes. */
final class MailboxCompare {
    private static final String MISSING = "missing";

    private final Findings findings;
    private final VerifyListener listener;
    private final boolean guids;
    private final BodyCompare bodies = new BodyCompare();
    private long mails;
    private long bytes;

    /**
     * @param guids whether mails have the same GUIDs at both sides if they are the same
     */
    MailboxCompare(Findings findings, VerifyListener listener, boolean guids) {
        this.findings = findings;
        this.guids = guids;
        this.listener = listener;
    }

    /** Mails compared so far. */
    long mails() {
        return mails;
    }

    /** Bytes read of each side so far. */
    long bytes() {
        return bytes;
    }

    /**
     * Compares the two.
     *
     * @throws InterruptedException if the thread was interrupted between two mails
     */
    void compare(MailboxName name, Mailbox a, Mailbox b) throws IOException, InterruptedException {
        MailboxSnapshot tableA = a.detailedSnapshot();
        MailboxSnapshot tableB = b.detailedSnapshot();
        MailboxStatus statusA = tableA.status();
        MailboxStatus statusB = tableB.status();
        boolean numbers = !statusA.provisional() && !statusB.provisional();
        if (numbers) {
            compareNumbers(name, statusA, statusB);
        }
        boolean uids = numbers && statusA.uidValidity() == statusB.uidValidity();
        Pairing pairing = Pairing.of(tableA, tableB, uids);
        for (int row = 0; row < tableA.size(); row++) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            int partner = pairing.partner(row);
            long uid = tableA.uid(row);
            if (partner == Pairing.NONE) {
                findings.add(name, uid, Kind.MAIL, "GUID " + tableA.guid(row), MISSING);
                continue;
            }
            if (uids) {
                findings.addIfNot(uid == tableB.uid(partner), name, uid, Kind.UID, uid, tableB.uid(partner));
            }
            findings.addIfNot(
                    !guids || tableA.sameGuid(row, tableB, partner),
                    name,
                    uid,
                    Kind.GUID,
                    tableA.guid(row),
                    tableB.guid(partner));
            compareValues(name, uid, tableA, row, tableB, partner);
            compareContent(name, uid, a, b, tableB.uid(partner));
        }
        for (int row = 0; row < tableB.size(); row++) {
            if (!pairing.isTaken(row)) {
                findings.add(name, tableB.uid(row), Kind.MAIL, MISSING, "GUID " + tableB.guid(row));
            }
        }
        listener.mailboxCompared(name, tableA.size());
    }

    private void compareNumbers(MailboxName name, MailboxStatus a, MailboxStatus b) {
        findings.addIfNot(a.guid().equals(b.guid()), name, 0, Kind.MAILBOX_GUID, a.guid(), b.guid());
        findings.addIfNot(
                a.uidValidity() == b.uidValidity(), name, 0, Kind.UIDVALIDITY, a.uidValidity(), b.uidValidity());
        findings.addIfNot(a.uidNext() == b.uidNext(), name, 0, Kind.UIDNEXT, a.uidNext(), b.uidNext());
        findings.addIfNot(
                a.highestModSeq() == b.highestModSeq() || a.highestModSeq() == 0 || b.highestModSeq() == 0,
                name,
                0,
                Kind.HIGHESTMODSEQ,
                a.highestModSeq(),
                b.highestModSeq());
    }

    private void compareValues(MailboxName name, long uid, MailboxSnapshot a, int rowA, MailboxSnapshot b, int rowB) {
        // \Recent belongs to the session that sees it first, not to the mail.
        int flagsA = a.flags(rowA).settable().bits();
        int flagsB = b.flags(rowB).settable().bits();
        findings.addIfNot(
                flagsA == flagsB,
                name,
                uid,
                Kind.FLAGS,
                a.flags(rowA).settable(),
                b.flags(rowB).settable());
        findings.addIfNot(
                a.keywords(rowA).sameAs(b.keywords(rowB)),
                name,
                uid,
                Kind.KEYWORDS,
                a.keywords(rowA),
                b.keywords(rowB));
        compareReceived(name, uid, a.received(rowA), b.received(rowB));
    }

    /** What one side does not know is not compared. */
    void compareReceived(MailboxName name, long uid, long receivedA, long receivedB) {
        boolean known = receivedA != MailboxSnapshot.RECEIVED_UNKNOWN && receivedB != MailboxSnapshot.RECEIVED_UNKNOWN;
        if (known && receivedA != receivedB) {
            findings.add(name, uid, Kind.RECEIVED, date(receivedA), date(receivedB));
        }
    }

    /** Reads both mails. */
    void compareContent(MailboxName name, long uid, Mailbox a, Mailbox b, long uidB) {
        BodyCompare.Content contentA;
        BodyCompare.Content contentB;
        try {
            contentA = bodies.read(a.body(new Uid(uid)));
        } catch (IOException e) {
            findings.add(name, uid, Kind.UNREADABLE, describe(e), "");
            return;
        }
        try {
            contentB = bodies.read(b.body(new Uid(uidB)));
        } catch (IOException e) {
            findings.add(name, uid, Kind.UNREADABLE, "", describe(e));
            return;
        }
        findings.addIfNot(contentA.size() == contentB.size(), name, uid, Kind.SIZE, contentA.size(), contentB.size());
        findings.addIfNot(
                contentA.sha256().equals(contentB.sha256()),
                name,
                uid,
                Kind.CONTENT,
                contentA.sha256(),
                contentB.sha256());
        mails++;
        bytes += contentA.size();
        listener.mailCompared(name, contentA.size());
    }

    private static String date(long seconds) {
        boolean printable = seconds >= Instant.MIN.getEpochSecond() && seconds <= Instant.MAX.getEpochSecond();
        return printable ? Instant.ofEpochSecond(seconds).toString() : Long.toString(seconds);
    }

    static String describe(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
