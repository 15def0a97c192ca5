package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Tells a mail that is gone from one that was moved.
 *
 * <p>Mailboxes are read one after the other. A mail moved from one that is read late to one that was read early is in
 * neither table, however long it has existed. So a destination takes nothing away in the round in which it first reads the
 * mailboxes. If a later round finds all of them as the round before did, then at the moment between the two the account
 * was just what the tables say, all at once: what is in none of them is gone, and may go in the next round, as far as that
 * finds the same once more. A planning pass is a round, too.
 *
 * <p>Used by one session's thread.
 */
final class SourceWatch {
    private final Map<MailboxGuid, Look> last = new HashMap<>();
    private final Set<MailboxGuid> round = new HashSet<>();
    private boolean stirred;
    private boolean stoodStill;

    /** What a mailbox looked like; the hash is of its UIDs and GUIDs, 0 if its table was not read. */
    private record Look(MailboxInfo info, long hash) {}

    /** A mailbox is up next; if it was there in this round already a new round begins. */
    void next(MailboxGuid mailbox) {
        if (round.contains(mailbox)) {
            // A round that left out a mailbox says nothing.
            stoodStill = !stirred && round.containsAll(last.keySet());
            stirred = false;
            round.clear();
        }
        round.add(mailbox);
    }

    /** A new pass begins, and with it a new round; what is known of the mailboxes stays known. */
    void newPass() {
        round.clear();
        stirred = false;
        stoodStill = false;
    }

    /** The source says a mailbox's numbers, and they equal ours. */
    void skipped(MailboxInfo info) {
        note(info, 0);
    }

    /** The source says a mailbox's numbers and mails. */
    void read(MailboxInfo info, MailboxSnapshot table) {
        note(info, table.contentHash());
    }

    private void note(MailboxInfo info, long hash) {
        Look before = last.put(info.guid(), new Look(info, hash));
        boolean same = before != null
                && sameNumbers(before.info, info)
                && (before.hash == hash || before.hash == 0 || hash == 0);
        stirred |= !same;
    }

    private static boolean sameNumbers(MailboxInfo one, MailboxInfo other) {
        return one.lost() == other.lost()
                && one.ignore() == other.ignore()
                && one.uidValidity() == other.uidValidity()
                && one.uidNext() == other.uidNext()
                && one.messages() == other.messages()
                && one.firstRecentUid() == other.firstRecentUid()
                && one.highestModSeq().value() == other.highestModSeq().value()
                && one.provisionalUids() == other.provisionalUids()
                && one.digest() == other.digest();
    }

    /**
     * Whether the round before this one found every mailbox as the one before it had, and this one does so far, the mailbox
     * that was read last included.
     */
    boolean stoodStill() {
        return stoodStill && !stirred;
    }
}
