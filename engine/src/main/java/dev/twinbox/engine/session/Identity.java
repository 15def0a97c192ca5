package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.HeaderHash;
import dev.twinbox.engine.merge.HeaderHash.Version;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.Uid;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

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
     * @throws dev.twinbox.protocol.dialogue.BodyGoneException if the mail is gone
     */
    static String hash(Mailbox box, Uid uid) throws IOException {
        try (InputStream mail = new BufferedInputStream(box.body(uid).open())) {
            return HeaderHash.orOfBody(mail, HeaderHash.DEFAULT_FIELDS, Version.V3);
        }
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
