package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The source's mails as they came over the wire, and which of them the filters let in. */
final class SourceTable {
    private final MailboxSnapshot table;
    private final BitSet unwanted;
    private @Nullable Map<MailGuid, Long> uids;

    private SourceTable(MailboxSnapshot table, BitSet unwanted) {
        this.table = table;
        this.unwanted = unwanted;
    }

    /** Of a list that was heard to its end. */
    static SourceTable of(Listing heard) {
        MailboxSnapshot table = heard.input().table();
        IntPredicate wanted = heard.wanted();
        BitSet unwanted = new BitSet();
        for (int row = 0; row < table.size(); row++) {
            unwanted.set(row, !wanted.test(row));
        }
        return new SourceTable(table, unwanted);
    }

    static SourceTable receive(Conversation talk, MailboxStatus status, MailFilter filter) throws IOException {
        MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
        BitSet unwanted = new BitSet();
        int[] count = {0};
        talk.receiveList(MailChange.class, (change, body) -> {
            MailGuid guid = change.guid();
            if (change.type() != MailChange.Type.SAVE || guid == null) {
                throw new PeerException("the other side sent a change without a mail, UID " + change.uid());
            }
            if (change.uid().value() >= status.uidNext()) {
                return; // came after the mailbox's numbers were said; the next run will see it
            }
            Keywords keywords = change.currentKeywords();
            if (!filter.accepts(change, keywords)) {
                unwanted.set(count[0]);
            }
            try {
                rows.add(
                        change.uid().value(),
                        guid,
                        change.current(),
                        keywords,
                        change.modSeq().value(),
                        change.received() == MailChange.UNKNOWN ? MailboxSnapshot.RECEIVED_UNKNOWN : change.received());
            } catch (IllegalArgumentException e) {
                throw new PeerException("the other side's list of mails is not one: " + e.getMessage());
            }
            count[0]++;
        });
        MailboxStatus counted = new MailboxStatus(
                status.guid(),
                status.uidValidity(),
                status.uidNext(),
                count[0],
                status.firstRecentUid(),
                status.highestModSeq(),
                status.provisional());
        return new SourceTable(rows.build(counted, new Object()), unwanted);
    }

    MailboxSnapshot table() {
        return table;
    }

    /** A UID of the source under which a GUID was offered. */
    long uidOf(MailGuid guid) {
        if (uids == null) {
            Map<MailGuid, Long> made = new HashMap<>();
            for (int row = 0; row < table.size(); row++) {
                made.putIfAbsent(table.guid(row), table.uid(row));
            }
            uids = made;
        }
        Long uid = uids.get(guid);
        return uid == null ? 0 : uid;
    }

    /** Whether a row may be fetched. */
    IntPredicate wanted() {
        return row -> !unwanted.get(row);
    }
}
