package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.AttributeMerge;
import dev.twinbox.engine.merge.DsyncMerge;
import dev.twinbox.engine.merge.MailboxMerge;
import dev.twinbox.engine.merge.MailboxMerge.Common;
import dev.twinbox.engine.merge.MirrorMerge;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.session.Side.Exchanged;
import dev.twinbox.engine.state.BoxState;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.BodyStarts;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.Uid;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One mailbox of a merging run, seen from one end: say and hear the lists, decide, fetch, commit, say the state (dsync wire
 * protocol, section 3.1). Used once.
 */
final class MergeExchange {
    /** How long to wait for another sync program that has the mailbox (dsync wire protocol, section 5). */
    private static final long LOCK_WAIT_MILLIS = 30_000;

    private final MergeRole role;
    private final MailboxName name;
    private final @Nullable Mailbox box;
    private final MailboxInfo mine;
    private final MailboxInfo theirs;
    private final SyncOptions options;
    private final SyncObserver observer;
    private final LocalCopies copies;
    private final ComingBodies coming;
    private final Identity identity;

    private final boolean keepsAttributes;
    private final Common saved;
    private final Decisions decisions;
    private final Vanished vanished;

    private Common common = Common.NONE;
    private boolean dsync;
    private boolean attributesSaid = true;
    private boolean staysKnown = true;
    private long dsyncCommonUid;
    private List<MailboxAttribute> attributeChanges = List.of();
    private @Nullable MailboxSnapshot table;
    private @Nullable Listing own;
    private @Nullable Listing other;
    private MailboxPlan plan;
    private MailboxPlan later;
    private final List<String> notes = new ArrayList<>();

    /** Somebody used the mailbox since its numbers were said: what was planned does not fit any more. */
    private boolean moved;

    /** The mails are those that the digests are of which the other side was told. */
    private boolean asSaid;

    /** What was left out of the other side's list is not known any more, so nothing was planned. */
    private boolean undecided;

    private Status status = Status.DONE;
    private String reason = "synced";
    private Counts counts = Counts.NONE;
    private long bytes;
    private @Nullable MailboxStatus reached;
    private @Nullable MailboxState stated;
    private @Nullable BoxState state;

    /** One way: the destination differs from the source and will; {@link #reason()} says in what. */
    private boolean diverges;

    MergeExchange(
            MergeRole role,
            MailboxName name,
            @Nullable Mailbox box,
            MailboxInfo mine,
            MailboxInfo theirs,
            SyncOptions options,
            SyncObserver observer,
            LocalCopies copies,
            BodyStarts starts,
            boolean keepsAttributes,
            Common saved,
            Decisions decisions,
            Vanished vanished) {
        this.decisions = decisions;
        this.vanished = vanished;
        this.coming = new ComingBodies(starts, name, observer);
        this.keepsAttributes = keepsAttributes;
        this.saved = saved;
        this.role = role;
        this.name = name;
        this.box = box;
        this.mine = mine;
        this.theirs = theirs;
        this.options = options;
        this.observer = observer;
        this.copies = copies;
        this.identity = Identity.of(role, mine, theirs);
        this.plan = MailboxPlan.asItIs(Infos.status(mine));
        this.later = plan;
    }

    MailboxSnapshot table() {
        return Objects.requireNonNull(table);
    }

    int ownMails() {
        return table().size();
    }

    long otherMails() {
        return theirs.messages();
    }

    List<String> notes() {
        return notes;
    }

    Status status() {
        return status;
    }

    String reason() {
        return reason;
    }

    boolean diverges() {
        return diverges;
    }

    Counts counts() {
        return counts;
    }

    /** What must wait until all mailboxes have what they want. */
    MailboxPlan later() {
        return later;
    }

    /** The numbers of the mailbox afterwards, if it was brought to where the other side is. */
    Optional<MailboxStatus> reached() {
        return Optional.ofNullable(reached);
    }

    /** Says and hears the lists, and decides. */
    MailboxPlan plan(Conversation talk) throws IOException {
        Mailbox mailbox = box;
        MailboxSnapshot now = mailbox == null ? MergeSide.empty(Infos.status(mine)) : snapshot(mailbox);
        table = now;
        dsync = talk.isDsync();
        attributesSaid = talk.knowsAttributes();
        // A Dovecot cannot say that it cannot go on from a saved state; it would not have answered.
        boolean incremental = mine.incremental() && (theirs.incremental() || dsync);
        common = incremental ? saved : Common.NONE;
        ChangeLog log = mailbox == null ? ChangeLog.UNKNOWN : vanished.in(name, mailbox.changes(common.modSeq()), now);
        staysKnown = !dsync || mailbox == null || staysKnown(mailbox, log);
        Attributes attributes = mailbox == null
                ? Attributes.of(List.of(), keepsAttributes)
                : AttributeExchange.of(keepsAttributes, mailbox, dsync);
        asSaid = identity == Identity.GUID && now.blocks().equals(mine.blocks());
        BlockDigests.Common shared =
                asSaid ? BlockDigests.common(mine.blocks(), theirs.blocks()) : BlockDigests.Common.NOTHING;
        Listing.Subject subject =
                new Listing.Subject(mailbox, now, log, mine, attributes, options.mails(), identity, shared);
        moved = !sameNumbers(now.status());
        if (role.twoWay()) {
            Duplex.run(talk, () -> say(talk, subject), () -> hear(talk, subject));
        } else if (role.exports()) {
            say(talk, subject);
        } else {
            hear(talk, subject);
            own = Listing.of(subject);
        }
        if (role.imports() && Objects.requireNonNull(other).known()) {
            decide();
        } else {
            undecided = role.imports();
            moved |= undecided;
        }
        return plan;
    }

    /**
     * Whether the next run can ask this end what changed since the number both will have agreed on, which is the lower one. An
     * end that gets another UIDVALIDITY begins a new log.
     */
    private boolean staysKnown(Mailbox mailbox, ChangeLog now) throws IOException {
        if (mine.uidValidity() != theirs.uidValidity()) {
            return false;
        }
        long lower =
                Math.min(mine.highestModSeq().value(), theirs.highestModSeq().value());
        return now.reachesBack() || mailbox.changes(lower).reachesBack();
    }

    private MailboxSnapshot snapshot(Mailbox mailbox) throws IOException {
        boolean dates = options.mails().since() > 0 || options.mails().until() > 0;
        MailboxSnapshot now = dates ? mailbox.detailedSnapshot() : mailbox.snapshot();
        LeftOut.check(mailbox, theirs);
        return now;
    }

    private boolean sameNumbers(MailboxStatus now) {
        return now.uidNext() == mine.uidNext()
                && now.messages() == mine.messages()
                && now.highestModSeq() == mine.highestModSeq().value()
                && now.uidValidity() == mine.uidValidity();
    }

    private void say(Conversation talk, Listing.Subject subject) throws IOException {
        own = Listing.say(talk, subject, identity == Identity.GUID ? common : Common.NONE);
        moved |= !own.complete();
    }

    private void hear(Conversation talk, Listing.Subject subject) throws IOException {
        other = Listing.hear(talk, name, theirs, options.mails(), identity, subject, observer);
    }

    private void decide() {
        Listing here = Objects.requireNonNull(own);
        Listing heard = Objects.requireNonNull(other);
        if (dsync && role.twoWay()) {
            decideAsDovecot(here, heard);
            return;
        }
        Listing first = role.initiator() ? here : heard;
        Listing second = role.initiator() ? heard : here;
        Listing there = whole(here, heard);
        boolean repeatable = asSaid && !moved && isAsSaid(there);
        MailboxMerge.Result merged = repeatable ? decisions.find(mine, theirs, common) : null;
        if (merged == null) {
            merged = merge(here, there);
            if (repeatable) {
                decisions.keep(new Decisions.Decision(mine, theirs, common, merged));
            }
        }
        plan = identity.forStore(role.initiator() ? merged.initiatorPlan() : merged.responderPlan(), table());
        if (status == Status.DONE && !merged.divergence().isEmpty()) {
            reason = merged.divergence();
            diverges = true;
        }
        for (MailboxMerge.Note note : merged.notes()) {
            if (note.initiator() == role.initiator()) {
                notes.add(note.text());
            }
        }
        if (dsync || (first.attributes().isComplete() && second.attributes().isComplete())) {
            mergeAttributes(first.attributes(), second.attributes());
        }
    }

    /** Whether the other side's mails are those that its digests are of: it leaves nothing out if they are not. */
    private boolean isAsSaid(Listing there) {
        return there.leftOut() || there.input().table().blocks().equals(theirs.blocks());
    }

    /** All that the other side has. */
    private Listing whole(Listing here, Listing heard) {
        // Expunges without GUIDs are not enough to complete an account from.
        boolean whole = heard.leftOut() || common.uid() == 0 || identity != Identity.GUID;
        return whole ? heard : heard.completed(here, common);
    }

    private MailboxMerge.Result merge(Listing here, Listing there) {
        Listing first = role.initiator() ? here : there;
        Listing second = role.initiator() ? there : here;
        return MailboxMerge.merge(
                first.input(), second.input(), MergeSide.mailMode(role), common, first.wanted(), second.wanted());
    }

    private void mergeAttributes(Attributes first, Attributes second) {
        if (!attributesSaid) {
            return;
        }
        AttributeMerge.Plan entries = AttributeMerge.merge(first, second, common.modSeq());
        attributeChanges = role.initiator() ? entries.initiator() : entries.responder();
        plan = raised(
                plan, Math.max(entries.initiator().size(), entries.responder().size()));
    }

    /** A Dovecot works out its half by its own rules; ours must be the other half of just that. */
    private void decideAsDovecot(Listing here, Listing heard) {
        DsyncMerge.Result merged = DsyncMerge.merge(
                here.input(),
                heard.input(),
                role.initiator(),
                common,
                DsyncMerge.uidValidity(Infos.status(mine), Infos.status(theirs)),
                heard.wanted());
        plan = identity.forStore(merged.plan(), table());
        dsyncCommonUid = merged.commonUid();
        if (!merged.mismatches().isEmpty()) {
            moved = true;
            notes.add("UID " + merged.mismatches().get(0)
                    + " is another mail at the other side than when the state was saved");
        }
        boolean first = role.initiator();
        mergeAttributes(first ? here.attributes() : heard.attributes(), first ? heard.attributes() : here.attributes());
    }

    /** Every METADATA entry that is written raises HIGHESTMODSEQ by one; both sides are to show the same afterwards. */
    private static MailboxPlan raised(MailboxPlan plan, int by) {
        MailboxPlan.Target target = plan.target();
        return by == 0 ? plan : new MailboxPlan(target.withHighestModSeq(target.highestModSeq() + by), plan.steps());
    }

    /** The planning pass fetches nothing. */
    Exchanged endOfPlan(Conversation talk) throws IOException {
        if (role.twoWay()) {
            Duplex.run(talk, talk::endList, () -> requests(talk));
            Duplex.run(talk, talk::endList, () -> receive(talk, null, Set.of()));
        } else if (role.exports()) {
            requests(talk);
            talk.endList();
        } else {
            talk.endList();
            receive(talk, null, Set.of());
        }
        boolean nothing = !undecided && MirrorMerge.isNoOp(plan, Infos.status(mine)) && isSettled(box);
        long pending = nothing ? 0 : Math.max(1, plan.steps().size());
        MailboxState said = exchangeStates(talk, role.imports() ? pending : 0);
        if (pending == 0 && said.pending() == 0) {
            agreed(said);
        }
        return pending == 0 && said.pending() == 0 ? Exchanged.EQUAL : Exchanged.DONE;
    }

    private MailboxState exchangeStates(Conversation talk, long pending) throws IOException {
        stated = dsync ? stateForDovecot() : stateForTwinbox(pending);
        talk.send(Objects.requireNonNull(stated));
        return talk.receive(MailboxState.class);
    }

    /** What both sides have in common, as a Dovecot says it (dsync wire protocol, section 3.7 E). */
    private MailboxState stateForDovecot() {
        boolean disturbed = moved || status != Status.DONE;
        Counts all = Counts.of(plan);
        long uid = role.twoWay() ? dsyncCommonUid : (role.imports() ? theirs : mine).uidNext() - 1;
        boolean imported = role.imports() && !disturbed;
        // A UID says nothing where the destination has kept its own: everything is to be listed next time.
        boolean apart = diverges || !staysKnown;
        ModSeq modSeq = apart ? ModSeq.NONE : imported ? theirs.highestModSeq() : mine.highestModSeq();
        return new MailboxState(
                mine.guid(),
                mine.uidValidity(),
                apart ? 0 : disturbed ? Math.min(uid, mine.uidNext() - 1) : uid,
                modSeq,
                ModSeq.NONE,
                role.imports() ? Math.max(0, table().size() + all.saved() - all.expunged()) : mine.messages(),
                disturbed,
                0);
    }

    private MailboxState stateForTwinbox(long pending) {
        Counts all = Counts.of(plan);
        return new MailboxState(
                mine.guid(),
                plan.target().uidValidity(),
                Math.max(0, plan.target().uidNext() - 1),
                new ModSeq(plan.target().highestModSeq()),
                ModSeq.NONE,
                Math.max(0, table().size() + all.saved() - all.expunged()),
                moved || status != Status.DONE,
                pending);
    }

    /** What both sides have in common now: of each number the lower one. */
    private void agreed(MailboxState said) {
        MailboxState own = Objects.requireNonNull(stated);
        state = new BoxState(
                own.uidValidity(),
                Math.min(own.commonUid(), said.commonUid()),
                Math.min(own.commonModSeq().value(), said.commonModSeq().value()),
                0,
                Math.min(own.messages(), said.messages()));
    }

    /** What a stateful run can go on from; nothing if the mailbox did not end clean. */
    Optional<BoxState> state() {
        return Optional.ofNullable(state);
    }

    /** The real pass: from the lists to the states. */
    Exchanged carryOut(Conversation talk) throws IOException {
        plan(talk);
        try (Closeable lock = role.imports() ? lock() : null;
                Staging staging = lock == null ? null : stage()) {
            Set<MailGuid> asked = staging == null ? Set.of() : collect(staging);
            try {
                fetch(talk, staging, asked);
            } catch (PeerException e) {
                if (staging != null) {
                    commit(staging); // what has come need not come again
                }
                throw e;
            }
            if (staging != null && !status.equals(Status.NO_SPACE)) {
                commit(staging);
            }
        }
        MailboxState said = exchangeStates(talk, 0);
        if (!moved && !said.changesDuringSync() && status == Status.DONE) {
            agreed(said);
        }
        boolean again = (moved || said.changesDuringSync()) && status.compareTo(Status.CHANGED) <= 0;
        return again ? Exchanged.AGAIN : Exchanged.DONE;
    }

    /** From the requests of both sides to the end of their mails. */
    private void fetch(Conversation talk, @Nullable Staging staging, Set<MailGuid> asked) throws IOException {
        if (role.twoWay()) {
            List<MailRequest> requests = new ArrayList<>();
            Duplex.run(talk, () -> ask(talk, asked), () -> requests.addAll(requests(talk)));
            Duplex.run(talk, () -> answer(talk, requests), () -> receive(talk, staging, asked));
        } else if (role.exports()) {
            answer(talk, requests(talk));
        } else {
            ask(talk, asked);
            receive(talk, staging, asked);
        }
    }

    /** Other sync programs are kept away while this one changes the mailbox; null if they would not go. */
    private @Nullable Closeable lock() {
        try {
            return Objects.requireNonNull(box).lockForSync(LOCK_WAIT_MILLIS);
        } catch (IOException e) {
            failed(e);
            return null;
        }
    }

    private @Nullable Staging stage() {
        try {
            return Objects.requireNonNull(box).stage();
        } catch (IOException e) {
            failed(e);
            return null;
        }
    }

    /** Takes what is here already; returns what must come from the other side. */
    private Set<MailGuid> collect(Staging staging) throws IOException {
        Set<MailGuid> asked = new HashSet<>();
        for (Step step : plan.steps()) {
            if (step instanceof Save save && !asked.contains(save.guid()) && !staging.has(save.guid())) {
                if (moved || !copyHere(staging, save.guid())) {
                    asked.add(save.guid());
                }
            }
        }
        return moved ? Set.of() : asked;
    }

    private boolean copyHere(Staging staging, MailGuid guid) throws IOException {
        LocalCopies.Found found = copies.find(guid, name);
        if (found == null) {
            return false;
        }
        try {
            bytes += staging.save(guid, found.body(), found.received(), found.pop3());
            return true;
        } catch (BodyGoneException e) {
            return false;
        } catch (IOException e) {
            failed(e);
            return false;
        }
    }

    private void ask(Conversation talk, Set<MailGuid> asked) throws IOException {
        for (MailGuid guid : asked) {
            talk.send(coming.request(talk, guid, Objects.requireNonNull(other).request(guid)));
        }
        talk.endList();
    }

    private static List<MailRequest> requests(Conversation talk) throws IOException {
        List<MailRequest> requests = new ArrayList<>();
        talk.receiveList(MailRequest.class, (request, body) -> requests.add(request));
        return requests;
    }

    private void answer(Conversation talk, List<MailRequest> requests) throws IOException {
        for (Requested each : Requested.inOrder(requests, table(), plan, name)) {
            Mailbox from = Objects.requireNonNull(box);
            MailGuid guid = each.request().guid();
            Uid uid = new Uid(table().uid(each.row()));
            try {
                Mailbox.Pop3 pop3 = from.pop3(uid);
                long asked = guid == null ? uid.value() : 0;
                try (RestOfBody rest =
                        RestOfBody.of(from.body(uid), each.request().have())) {
                    Mail mail =
                            new Mail(guid, asked, pop3.uidl(), pop3.order(), from.received(uid), 0, true, rest.from());
                    talk.send(mail, rest);
                }
            } catch (BodyGoneException e) {
                moved = true;
                talk.send(Mail.gone(each.request()));
            }
        }
        talk.endList();
    }

    private void receive(Conversation talk, @Nullable Staging staging, Set<MailGuid> asked) throws IOException {
        Map<MailRequest, MailGuid> open = new HashMap<>();
        for (MailGuid guid : asked) {
            open.put(Objects.requireNonNull(other).request(guid), guid);
        }
        talk.receiveList(Mail.class, (mail, body) -> {
            MailGuid guid = open.remove(new MailRequest(mail.guid(), mail.guid() == null ? mail.uid() : 0));
            if (guid == null || staging == null) {
                throw new PeerException(name + ": the other side sent a mail nobody asked for");
            }
            if (body != null && !status.equals(Status.NO_SPACE)) {
                take(staging, guid, mail, coming.whole(talk, guid, mail, body));
            }
        });
        if (!open.isEmpty()) {
            throw new PeerException(name + ": the other side did not send " + open.size() + " mails");
        }
    }

    private void take(Staging staging, MailGuid guid, Mail mail, MailBody body) throws PeerException {
        try {
            long size = staging.save(guid, body, mail.received(), Mailbox.Pop3.of(mail.pop3Uidl(), mail.pop3Order()));
            bytes += size;
            coming.done(guid);
            observer.mailSaved(name, size);
        } catch (BodyGoneException e) {
            coming.done(guid);
            observer.debug(name, "a mail went away at the other side: " + e.getMessage());
        } catch (PeerException e) {
            throw e;
        } catch (IOException e) {
            coming.done(guid);
            failed(e);
        }
    }

    /**
     * Whether the log knows that a sync has seen all mails, and has all that are gone. If it does not, the next run could not
     * tell new mails from those the other side has had and deleted, so a plan without steps is carried out, too.
     */
    static boolean isSettled(@Nullable Mailbox box) throws IOException {
        return box == null || (box.isSeenBySync() && box.recordsExpunges());
    }

    private void commit(Staging staging) {
        if (moved) {
            return;
        }
        long missing = BeforeMissing.first(plan, save -> !staging.has(save.guid()));
        boolean whole = missing == BeforeMissing.NONE;
        moved |= !whole && status == Status.DONE;
        MailboxPlan possible = BeforeMissing.of(plan, missing, table().status().uidNext());
        LateExpunge.Split split = LateExpunge.split(possible, expunge -> copies.isWanted(expunge.guid()));
        try {
            if (!attributeChanges.isEmpty() && !applyAttributes()) {
                return;
            }
            if (MirrorMerge.isNoOp(possible, Infos.status(mine)) && isSettled(box)) {
                reached = table().status();
                return;
            }
            if (!possible.steps().isEmpty()) {
                observer.planned(name, possible, false);
            }
            if (staging.commit(table(), split.now()) == Staging.Result.DONE) {
                later = split.later();
                counts = Counts.of(possible).withBytes(bytes);
                reached = later.steps().isEmpty() && whole ? arrived(possible) : null;
            } else {
                moved = true;
                commitTheRest(staging, split.now());
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    /** Somebody changed the mailbox. If mails only went, what is left of the plan is done now; the next round does the rest. */
    private void commitTheRest(Staging staging, MailboxPlan wanted) throws IOException {
        if (dsync || !role.twoWay()) {
            return;
        }
        MailboxSnapshot now = snapshot(Objects.requireNonNull(box));
        vanished.note(name, wanted, table(), now);
        MailboxPlan rest = Vanished.without(wanted, table(), now);
        if (rest != null && staging.commit(now, rest) == Staging.Result.DONE) {
            counts = Counts.of(rest).withBytes(bytes);
        }
    }

    /** Writes the METADATA entries; the mails must be as they were. */
    private boolean applyAttributes() throws IOException {
        Mailbox mailbox = Objects.requireNonNull(box);
        AttributeExchange.apply(mailbox, attributeChanges, false, observer);
        MailboxSnapshot now = snapshot(mailbox);
        moved = now.digest() != table().digest()
                || now.status().uidNext() != table().status().uidNext();
        table = now;
        return !moved;
    }

    /** A store in which nobody counted modseqs begins to do so with its first commit. */
    private static final long TRACKED = 1;

    /**
     * The numbers that the mailbox must have now, if nobody else touches it. Where the plan leaves the modseqs to the store,
     * they are asked for.
     */
    private MailboxStatus arrived(MailboxPlan done) throws IOException {
        Counts all = Counts.of(done);
        MailboxPlan.Target target = done.target();
        long highestModSeq = target.exact()
                ? target.highestModSeq()
                : Objects.requireNonNull(box).status().highestModSeq();
        return new MailboxStatus(
                target.guid(),
                target.uidValidity(),
                target.uidNext(),
                Math.toIntExact(table().size() + all.saved() - all.expunged()),
                target.firstRecentUid(),
                Math.max(TRACKED, highestModSeq),
                false);
    }

    private void failed(IOException e) {
        observer.damage(name, Failures.describe(e));
        status = status.and(Failures.status(e));
        reason = Failures.describe(e);
    }
}
