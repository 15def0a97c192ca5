package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.CopyNames;
import dev.twinbox.engine.merge.MirrorMerge;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The source's mails as they came over the wire, and which of them the filters let in. */
final class SourceTable {
    private final MailboxSnapshot table;
    private final BitSet unwanted;

    /** The same mails by their {@link Identity#key keys}; null if they are told apart by their GUIDs. */
    private final @Nullable MailboxSnapshot keyed;

    /** Knows how to ask for a mail that may have no GUID; null where each has one. */
    private final @Nullable Listing asking;

    /** Whether the keys are made of a Dovecot's hashes, which say nothing of bodies. */
    private final boolean plainHashes;

    private @Nullable Map<MailGuid, Long> uids;

    private SourceTable(
            MailboxSnapshot table,
            BitSet unwanted,
            @Nullable MailboxSnapshot keyed,
            @Nullable Listing asking,
            boolean plainHashes) {
        this.table = table;
        this.unwanted = unwanted;
        this.keyed = keyed;
        this.asking = asking;
        this.plainHashes = plainHashes;
    }

    /**
     * Of a list that was heard to its end.
     *
     * @param ofDovecot whether a Dovecot said it
     */
    static SourceTable of(Listing heard, boolean ofDovecot) {
        MailboxSnapshot table = heard.input().table();
        IntPredicate wanted = heard.wanted();
        BitSet unwanted = new BitSet();
        for (int row = 0; row < table.size(); row++) {
            unwanted.set(row, !wanted.test(row));
        }
        CopyNames names = heard.input().names();
        if (names == null) {
            return new SourceTable(table, unwanted, null, null, false);
        }
        boolean numbered = !table.status().provisional();
        MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
        MailboxSnapshot.Builder keys = new MailboxSnapshot.Builder();
        for (int row = 0; row < table.size(); row++) {
            MailGuid hash = table.guid(row);
            long uid = table.uid(row);
            add(rows, table, row, names.of(uid, hash));
            add(keys, table, row, Identity.key(hash.value(), uid, numbered));
        }
        return new SourceTable(
                rows.build(table.status(), new Object()),
                unwanted,
                keys.build(table.status(), new Object()),
                heard,
                ofDovecot);
    }

    private static void add(MailboxSnapshot.Builder rows, MailboxSnapshot table, int row, MailGuid guid) {
        rows.add(table.uid(row), guid, table.flags(row), table.keywords(row), table.modSeq(row), table.received(row));
    }

    static SourceTable receive(Conversation talk, MailboxStatus status, MailFilter filter, Identity identity)
            throws IOException {
        boolean hashed = identity == Identity.HEADER_HASH;
        MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
        MailboxSnapshot.Builder keys = new MailboxSnapshot.Builder();
        BitSet unwanted = new BitSet();
        int[] count = {0};
        talk.receiveList(MailChange.class, (change, body) -> {
            MailGuid guid = change.guid();
            String hash = change.headerHash();
            if (change.type() != MailChange.Type.SAVE || guid == null || (hashed && hash == null)) {
                throw new PeerException("the other side sent a change without a mail, UID " + change.uid());
            }
            long uid = change.uid().value();
            if (uid >= status.uidNext()) {
                return; // came after the mailbox's numbers were said; the next run will see it
            }
            if (!filter.accepts(change, change.currentKeywords())) {
                unwanted.set(count[0]);
            }
            add(rows, change, guid);
            if (hashed && hash != null) {
                add(keys, change, Identity.key(hash, uid, !status.provisional()));
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
        return new SourceTable(
                rows.build(counted, new Object()),
                unwanted,
                hashed ? keys.build(counted, new Object()) : null,
                null,
                false);
    }

    private static void add(MailboxSnapshot.Builder rows, MailChange change, MailGuid guid) throws PeerException {
        try {
            rows.add(
                    change.uid().value(),
                    guid,
                    change.current(),
                    change.currentKeywords(),
                    change.modSeq().value(),
                    change.received() == MailChange.UNKNOWN ? MailboxSnapshot.RECEIVED_UNKNOWN : change.received());
        } catch (IllegalArgumentException e) {
            throw new PeerException("the other side's list of mails is not one: " + e.getMessage());
        }
    }

    /**
     * What must happen to a mailbox here to be the same.
     *
     * @param box read where mails are told apart by their headers; null if it is not there yet, and the table empty
     */
    MailboxPlan plan(@Nullable Mailbox box, MailboxSnapshot here) throws IOException {
        MailboxSnapshot keys = keyed;
        if (keys == null || box == null) {
            return MirrorMerge.plan(table, here, wanted());
        }
        boolean numbered = !table.status().provisional();
        MailboxPlan plan = MirrorMerge.plan(keys, Identity.keyed(box, here, numbered, plainHashes), wanted());
        Map<MailGuid, MailGuid> guids = new HashMap<>();
        for (int row = 0; row < table.size(); row++) {
            guids.putIfAbsent(keys.guid(row), table.guid(row));
        }
        List<Step> steps = new ArrayList<>(plan.steps().size());
        for (Step step : Identity.HEADER_HASH.forStore(plan, here).steps()) {
            steps.add(
                    step instanceof Save save
                            ? new Save(
                                    save.newUid(),
                                    Objects.requireNonNull(guids.get(save.guid())),
                                    save.flags(),
                                    save.keywords(),
                                    save.modSeq(),
                                    save.received(),
                                    save.reason())
                            : step);
        }
        return new MailboxPlan(plan.target(), steps);
    }

    MailboxSnapshot table() {
        return table;
    }

    /**
     * Asks for a mail: a GUID that we have made up says nothing to the source.
     *
     * @param uid of the mail at the source
     */
    MailRequest request(MailGuid guid, long uid) {
        return asking == null ? new MailRequest(guid, uid) : asking.request(guid);
    }

    /** Which of the GUIDs an answer is about, that names one or a UID of the source; null if none. */
    @Nullable
    MailGuid answered(Mail mail) {
        MailGuid guid = mail.guid();
        int row = guid == null ? table.rowOf(mail.uid()) : -1;
        return row < 0 ? guid : table.guid(row);
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
