package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.HeaderHash;
import dev.twinbox.engine.merge.HeaderHash.Version;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.Uid;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the mails of one mailbox are told apart by in a run (dsync wire protocol, section 3.5). */
enum Identity {
    /** Their GUIDs. */
    GUID,
    /** Hashes of their headers, because a mail that is copied would not keep its GUID, or has none. */
    HEADER_HASH;

    /** Both ends come to the same from the numbers they have said. */
    static Identity of(MergeRole role, MailboxInfo mine, MailboxInfo theirs) {
        boolean kept;
        if (role.twoWay()) {
            kept = mine.hasSaveGuids() && theirs.hasSaveGuids();
        } else {
            MailboxInfo source = role.exports() ? mine : theirs;
            MailboxInfo destination = role.exports() ? theirs : mine;
            kept = destination.hasSaveGuids() && source.hasGuids();
        }
        return kept ? GUID : HEADER_HASH;
    }

    /**
     * The hash of a mail. Reads its header; and its body, if it has none of the fields that count.
     *
     * @throws BodyGoneException if the mail is gone
     */
    static String hash(Mailbox box, Uid uid) throws IOException {
        try (InputStream mail = new BufferedInputStream(box.body(uid).open())) {
            return HeaderHash.orOfBody(mail, HeaderHash.DEFAULT_FIELDS, Version.V3);
        }
    }

    /**
     * What the mails of a table are told apart by in a mirror by headers: {@link #hash} of each; null of one that is gone. Where
     * UIDs mean nothing (provisional ones), mails of the same mailbox with the same hash are told apart by their bodies.
     */
    static @Nullable String[] hashes(Mailbox box, MailboxSnapshot table, boolean numbered) throws IOException {
        return hashes(box, table, numbered, false);
    }

    private static @Nullable String[] hashes(Mailbox box, MailboxSnapshot table, boolean numbered, boolean dsync)
            throws IOException {
        @Nullable String[] hashes = new String[table.size()];
        Map<String, Integer> count = new HashMap<>();
        for (int row = 0; row < hashes.length; row++) {
            try {
                Uid uid = new Uid(table.uid(row));
                String hash = dsync ? hashOfHeader(box, uid) : hash(box, uid);
                hashes[row] = hash;
                count.merge(hash, 1, Integer::sum);
            } catch (BodyGoneException e) {
                hashes[row] = null;
            }
        }
        for (int row = 0; row < hashes.length && !numbered; row++) {
            String hash = hashes[row];
            if (hash != null && count.getOrDefault(hash, 0) > 1) {
                hashes[row] = wholeHash(box, new Uid(table.uid(row)));
            }
        }
        return hashes;
    }

    private static @Nullable String wholeHash(Mailbox box, Uid uid) throws IOException {
        try (InputStream mail = new BufferedInputStream(box.body(uid).open())) {
            return HeaderHash.andOfBody(mail, HeaderHash.DEFAULT_FIELDS, Version.V3);
        } catch (BodyGoneException e) {
            return null;
        }
    }

    /**
     * What stands for the GUID of a mail with that hash. With the UID in it, since a UID at both sides is the same mail or none:
     * a mail that is equal only in its headers must not be moved to the place of another.
     */
    static MailGuid key(String hash, long uid, boolean numbered) {
        return new MailGuid(numbered ? hash + "-" + uid : hash);
    }

    /** As a Dovecot makes it, whatever the body is. */
    private static String hashOfHeader(Mailbox box, Uid uid) throws IOException {
        try (InputStream mail = new BufferedInputStream(box.body(uid).open())) {
            return HeaderHash.of(mail, HeaderHash.DEFAULT_FIELDS, Version.V3);
        }
    }

    /**
     * A table with {@link #key keys} in place of GUIDs. A mail that is gone meanwhile keeps its own, which is like no other.
     *
     * @param dsync whether the other side's hashes are those of dsync, which says nothing of bodies
     */
    static MailboxSnapshot keyed(Mailbox box, MailboxSnapshot table, boolean numbered, boolean dsync)
            throws IOException {
        @Nullable String[] hashes = hashes(box, table, numbered, dsync);
        MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
        for (int row = 0; row < hashes.length; row++) {
            String hash = hashes[row];
            long uid = table.uid(row);
            rows.add(
                    uid,
                    hash == null ? table.guid(row) : key(hash, uid, numbered),
                    table.flags(row),
                    table.keywords(row),
                    table.modSeq(row),
                    table.received(row));
        }
        return rows.build(table.status(), table.version());
    }

    /** A plan for mails as the merge tells them apart, as one for mails as the store knows them. */
    MailboxPlan forStore(MailboxPlan plan, MailboxSnapshot table) {
        if (this == GUID) {
            return plan;
        }
        List<Step> steps = new ArrayList<>(plan.steps().size());
        for (Step step : plan.steps()) {
            steps.add(
                    step instanceof Expunge e
                            ? new Expunge(e.uid(), table.guid(table.rowOf(e.uid())), e.reason())
                            : step);
        }
        return new MailboxPlan(plan.target(), steps);
    }
}
