package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.MirrorMerge;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.storage.BodyStarts;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings one destination mailbox up to the source's table: plan, fetch, commit, and plan again if somebody else changed
 * the mailbox in between. A failure is kept and told; the conversation is carried on to the end of the mailbox, so that
 * the other mailboxes can follow.
 */
final class MailboxImport {
    /** How often a mailbox that others keep changing is planned anew before the run gives up on it. */
    private static final int ATTEMPTS_MAX = 5;

    private final Mailbox box;
    private final SourceTable source;
    private final SnapshotReader reader;
    private final SyncObserver observer;
    private final boolean holdBack;
    private final ComingBodies coming;

    private final Set<MailGuid> missing = new HashSet<>();
    private Status status = Status.DONE;
    private String reason = "synced";
    private Counts counts = Counts.NONE;
    private long bytes;
    private int heldBack;
    private boolean unequal;

    MailboxImport(
            Mailbox box,
            SourceTable source,
            SnapshotReader reader,
            SyncObserver observer,
            BodyStarts starts,
            boolean holdBack) {
        this.coming = new ComingBodies(starts, box.name(), observer);
        this.box = box;
        this.source = source;
        this.reader = reader;
        this.observer = observer;
        this.holdBack = holdBack;
    }

    /** Something else than mails is still different: the numbers must not say that the mailboxes are equal. */
    void keepUnequal() {
        unequal = true;
    }

    /** How a snapshot is taken in this run. */
    interface SnapshotReader {
        MailboxSnapshot read(Mailbox box) throws IOException;
    }

    Status status() {
        return status;
    }

    String reason() {
        return reason;
    }

    /** How many mails stayed that are to go in a later round. */
    int heldBack() {
        return heldBack;
    }

    Counts counts() {
        return counts;
    }

    /** From the requests to the end of the mails, then the commit. */
    void run(Conversation talk) throws IOException {
        MailboxSnapshot basis = null;
        MailboxPlan plan = null;
        Staging staging = null;
        try {
            basis = reader.read(box);
            plan = source.plan(box, basis);
            staging = box.stage();
        } catch (IOException e) {
            failed(e);
        }
        try {
            Map<MailGuid, MailGuid> asked = plan == null || staging == null ? new HashMap<>() : request(talk, plan);
            talk.endList();
            try {
                receive(talk, staging, asked);
            } catch (PeerException e) {
                keep(staging, basis, plan);
                throw e;
            }
            if (plan != null && basis != null && staging != null && !status.equals(Status.NO_SPACE)) {
                commit(staging, basis, plan);
            }
        } finally {
            if (staging != null) {
                staging.close();
            }
        }
    }

    /** Asks for what is missing; returns each of these GUIDs, as itself: what the other end says of it is another object. */
    private Map<MailGuid, MailGuid> request(Conversation talk, MailboxPlan plan) throws IOException {
        Map<MailGuid, MailGuid> asked = new HashMap<>();
        for (Step step : plan.steps()) {
            if (step instanceof Save save && asked.putIfAbsent(save.guid(), save.guid()) == null) {
                talk.send(coming.request(talk, save.guid(), source.request(save.guid(), sourceUid(save))));
            }
        }
        return asked;
    }

    /** With provisional numbers the new UID is not the source's. */
    private long sourceUid(Save save) {
        if (!source.table().status().provisional()) {
            return save.newUid();
        }
        return source.uidOf(save.guid());
    }

    /**
     * Takes the mails that were asked for.
     *
     * @param open those that have not come yet; none in the end
     */
    private void receive(Conversation talk, @Nullable Staging staging, Map<MailGuid, MailGuid> open)
            throws IOException {
        talk.receiveList(Mail.class, (mail, body) -> {
            MailGuid said = source.answered(mail);
            MailGuid guid = said == null ? null : open.remove(said);
            if (guid == null || staging == null) {
                throw new PeerException(box.name() + ": the other side sent a mail nobody asked for");
            }
            if (body == null) {
                missing.add(guid);
            } else if (!status.equals(Status.NO_SPACE)) {
                take(staging, guid, mail, coming.whole(talk, guid, mail, body));
            }
        });
        if (!open.isEmpty()) {
            throw new PeerException(box.name() + ": the other side did not send " + open.size() + " mails");
        }
    }

    /** The connection is cut: what has come up to the first missing mail need not come again. */
    private void keep(
            @Nullable Staging staging, @Nullable MailboxSnapshot firstBasis, @Nullable MailboxPlan firstPlan) {
        if (staging == null || firstBasis == null || firstPlan == null || status == Status.NO_SPACE) {
            return;
        }
        MailboxSnapshot basis = firstBasis;
        MailboxPlan plan = firstPlan;
        try {
            // What the connection before has brought may have been committed only since this one began.
            for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
                MailboxSnapshot is = basis;
                // Where another mail has the UID still, that has to go first, and nothing goes before all has come.
                long missing =
                        BeforeMissing.first(plan, save -> !staging.has(save.guid()) || is.rowOf(save.newUid()) >= 0);
                long first = missing == BeforeMissing.NONE ? plan.target().uidNext() : missing;
                MailboxPlan come = BeforeMissing.of(plan, first, basis.status().uidNext());
                if (Counts.of(come).saved() == 0) {
                    return; // the next run does the rest
                }
                if (staging.commit(basis, HeldBack.notYetEqual(come)) == Staging.Result.DONE) {
                    return;
                }
                basis = reader.read(box);
                plan = source.plan(box, basis);
            }
        } catch (IOException e) {
            observer.debug(box.name(), "what came before the connection was cut is not kept: " + Failures.describe(e));
        }
    }

    private void take(Staging staging, MailGuid guid, Mail mail, MailBody body) throws PeerException {
        try {
            long size = staging.save(guid, body, mail.received(), Mailbox.Pop3.of(mail.pop3Uidl(), mail.pop3Order()));
            bytes += size;
            coming.done(guid);
            observer.mailSaved(box.name(), size);
        } catch (BodyGoneException e) {
            coming.done(guid);
            missing.add(guid);
        } catch (PeerException e) {
            throw e;
        } catch (IOException e) {
            coming.done(guid);
            missing.add(guid);
            observer.damage(box.name(), "mail with UID " + source.uidOf(guid) + ": " + Failures.describe(e));
            worse(e);
        }
    }

    private void commit(Staging staging, MailboxSnapshot first, MailboxPlan firstPlan) {
        MailboxSnapshot basis = first;
        MailboxPlan plan = firstPlan;
        try {
            for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
                MailboxPlan whole = plan;
                plan = withoutMissing(plan, staging);
                if (holdBack) {
                    heldBack = HeldBack.count(plan);
                    plan = HeldBack.without(plan);
                }
                if (unequal || plan.steps().size() < whole.steps().size()) {
                    plan = HeldBack.notYetEqual(plan);
                }
                if (MirrorMerge.isNoOp(plan, basis.status())
                        || (heldBack > 0 && plan.steps().isEmpty())) {
                    return;
                }
                if (!plan.steps().isEmpty()) {
                    observer.planned(box.name(), plan, false);
                }
                if (staging.commit(basis, plan) == Staging.Result.DONE) {
                    counts = Counts.of(plan).withBytes(bytes);
                    return;
                }
                basis = reader.read(box);
                plan = source.plan(box, basis);
            }
            status = status.and(Status.CHANGED);
            reason = "somebody else kept changing the mailbox at the destination; run again";
        } catch (IOException e) {
            failed(e);
        }
    }

    /** A mail that did not come cannot be saved; the rest can. */
    private MailboxPlan withoutMissing(MailboxPlan plan, Staging staging) {
        List<Step> possible = new ArrayList<>(plan.steps().size());
        for (Step step : plan.steps()) {
            if (step instanceof Save save && !staging.has(save.guid())) {
                if (missing.add(save.guid()) || status == Status.DONE) {
                    status = status.and(Status.CHANGED);
                    reason = "a mail went away at the source during the run; run again";
                }
            } else {
                possible.add(step);
            }
        }
        return possible.size() == plan.steps().size() ? plan : new MailboxPlan(plan.target(), possible);
    }

    private void failed(IOException e) {
        observer.damage(box.name(), Failures.describe(e));
        worse(e);
    }

    private void worse(IOException e) {
        status = status.and(Failures.status(e));
        reason = Failures.describe(e);
    }
}
