package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.MailboxMerge;
import dev.twinbox.engine.merge.MirrorMerge;
import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.state.BoxState;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.engine.tree.TreeMerge;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxHint;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Either end of a run that merges ({@code sync}, {@code sync -1}). Both ends hold the same two accounts of everything and
 * decide the same; each carries out its own half. With {@code -1} the source's half is empty.
 *
 * <p>A mail that is wanted in one mailbox and taken away from another was moved: it is copied here, and taken away only
 * when all mailboxes have what they want.
 */
final class MergeSide implements Side {
    private final MergeRole role;
    private final MailStore store;
    private final String otherName;
    private final SyncOptions options;
    private final SyncObserver observer;
    private final LocalCopies copies;

    private final Map<MailboxGuid, MailboxName> takenGuids = new HashMap<>();
    private @Nullable MailboxTree mine;
    private TreeMerge.@Nullable Plan treePlan;
    private List<MailboxNode> together = List.of();
    private Pass pass = Pass.APPLY;

    private @Nullable MailboxNode node;
    private @Nullable Mailbox current;
    private @Nullable MailboxInfo said;

    private long ownMails;
    private long otherMails;
    private long deletions;

    /** The state the run began with. */
    private SyncState before = SyncState.EMPTY;
    /** The state the run ends with. */
    private final Map<MailboxGuid, BoxState> after = new LinkedHashMap<>();
    /** In a stateful run: what the other side has changed. */
    private final Set<MailboxGuid> changedThere = new HashSet<>();

    private final Map<MailboxName, MailboxResult> results = new LinkedHashMap<>();
    /** What is still to be taken away, by mailbox. */
    private final Map<MailboxName, MailboxPlan> deferred = new LinkedHashMap<>();
    /** The numbers that mailboxes have been brought to. */
    private final Map<MailboxName, MailboxStatus> reached = new LinkedHashMap<>();

    private final Set<MailboxName> unsettled = new HashSet<>();
    private Status status = Status.DONE;
    private @Nullable String reason;
    private int treeChanges;

    MergeSide(MergeRole role, MailStore store, String otherName, SyncOptions options, SyncObserver observer) {
        this.role = role;
        this.store = store;
        this.otherName = otherName;
        this.options = options;
        this.observer = observer;
        this.copies = new LocalCopies(store);
    }

    @Override
    public boolean saysHints() {
        return true;
    }

    @Override
    public boolean keepsDestinationChanges() {
        return !role.twoWay();
    }

    @Override
    public MailboxTree tree() throws IOException {
        MailboxTree whole = store.tree();
        for (MailboxNode each : whole.nodes()) {
            MailboxGuid guid = each.guid();
            if (guid != null && !options.mailboxes().accepts(each)) {
                takenGuids.put(guid, each.name());
            }
        }
        return Trees.filtered(whole, options.mailboxes());
    }

    /** A mailbox that the other side has deleted is to be kept if it holds mails that no sync has seen. */
    @Override
    public List<MailboxHint> hints(MailboxTree theirs) throws IOException {
        MailboxTree own = store.tree();
        List<MailboxHint> hints = new ArrayList<>();
        if (options.type() == SyncType.STATE && !role.initiator()) {
            hintAtChanges(own, hints);
        }
        for (MailboxDeletes.DeletedMailbox deleted : theirs.deletes().mailboxes()) {
            MailboxNode held = own.find(deleted.guid()).orElse(null);
            if (held == null || theirs.find(deleted.guid()).isPresent()) {
                continue;
            }
            try (Mailbox box = store.open(held.name())) {
                if (holdsUnseenMail(box)) {
                    hints.add(MailboxHint.ofTree(deleted.guid(), true, false));
                }
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                hints.add(MailboxHint.ofTree(deleted.guid(), true, false)); // who knows what lies in it
                problem(held.name(), e);
            }
        }
        return hints;
    }

    private void hintAtChanges(MailboxTree own, List<MailboxHint> hints) throws IOException {
        for (MailboxNode each : own.mailboxes()) {
            MailboxGuid guid = Objects.requireNonNull(each.guid());
            try (Mailbox box = store.open(each.name())) {
                if (isChanged(guid, box.status())) {
                    hints.add(MailboxHint.ofTree(guid, false, true));
                }
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                hints.add(MailboxHint.ofTree(guid, false, true));
            }
        }
    }

    @Override
    public List<MailboxNode> treesKnown(MailboxTree mineTree, MailboxTree theirTree, Hints hints) {
        mine = mineTree;
        TreeMerge.Side own = new TreeMerge.Side(known(mineTree), kept(hints.mine()));
        TreeMerge.Side other = new TreeMerge.Side(known(theirTree), kept(hints.theirs()));
        TreeMerge.Result merged =
                TreeMerge.merge(role.initiator() ? own : other, role.initiator() ? other : own, role.treeMode());
        for (MailboxHint hint : hints.theirs()) {
            if (hint.changed()) {
                changedThere.add(hint.mailbox());
            }
        }
        treePlan = role.initiator() ? merged.initiator() : merged.responder();
        for (String note : treePlan.notes()) {
            observer.warning(null, note);
        }
        observer.sized(merged.mailboxes().size(), Trees.mailsAtMost(merged.mailboxes()));
        together = merged.mailboxes();
        return together;
    }

    /** A mailbox whose GUID is that of one that takes no part cannot take part either. */
    private MailboxTree known(MailboxTree tree) {
        return tree == mine ? tree : Trees.without(tree, takenGuids.keySet());
    }

    private static Set<MailboxGuid> kept(List<MailboxHint> hints) {
        Set<MailboxGuid> kept = new HashSet<>();
        for (MailboxHint hint : hints) {
            if (hint.keep()) {
                kept.add(hint.mailbox());
            }
        }
        return kept;
    }

    private TreeMerge.Plan treePlan() {
        return Objects.requireNonNull(treePlan);
    }

    @Override
    public void beginPass(Pass next) throws IOException {
        pass = next;
        if (pass == Pass.APPLY && !options.dryRun()) {
            apply(treePlan().before());
        }
    }

    private void apply(List<TreeChange> changes) throws IOException {
        for (TreeChange change : changes) {
            try {
                if (change instanceof TreeChange.Delete && gotMail(change.name())) {
                    moved(change.name());
                    continue;
                }
                store.apply(change);
                treeChanges++;
                observer.treeChange(change, false);
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                problem(change.name(), e);
            }
        }
    }

    /** A mailbox with mails that no sync has seen is not to be deleted; it is when they come during the run that it was. */
    private boolean gotMail(MailboxName doomed) throws IOException {
        try (Mailbox box = store.open(doomed)) {
            return holdsUnseenMail(box);
        } catch (MailboxGoneException e) {
            return false;
        }
    }

    private static boolean holdsUnseenMail(Mailbox box) throws IOException {
        box.snapshot();
        return box.changes(0).unsynced() != ChangeLog.ALL_SYNCED;
    }

    /** Somebody uses the mailbox. */
    private void moved(MailboxName where) {
        unsettled.add(where);
        observer.warning(where, "changed during the run");
    }

    @Override
    public MailboxInfo open(MailboxNode next) throws IOException {
        node = next;
        current = null;
        MailboxGuid wanted = Objects.requireNonNull(next.guid());
        MailboxInfo info;
        try {
            MailboxName holder = takenGuids.get(wanted);
            if (holder != null) {
                throw new NotPossibleException("its GUID is that of " + holder + ", which takes no part");
            }
            MailboxName there = place(next.name());
            if (there == null) {
                info = Infos.of(new MailboxStatus(wanted, 0, 1, 0, 1, 1, false), store.capabilities());
            } else {
                Mailbox box = store.open(there);
                current = box;
                if (isTreeDone()
                        && !box.status().provisional()
                        && !box.status().guid().equals(wanted)) {
                    throw new MailboxGoneException("somebody has put another mailbox in its place");
                }
                long digest = options.type() == SyncType.CHANGED ? provingDigest(box) : 0;
                MailboxInfo numbers = Infos.of(under(wanted, box.status()), store.capabilities());
                info = Infos.with(numbers, digest, canGoOn(box, numbers));
            }
        } catch (IOException e) {
            if (Failures.endsRun(e)) {
                throw e;
            }
            problem(next.name(), e);
            result(Failures.status(e), Failures.describe(e), 0, Counts.NONE);
            close();
            info = Infos.lost(wanted);
        }
        said = info;
        return info;
    }

    /** The digest, but not of a mailbox that must be gone through all the same, for its log to know that a sync saw it. */
    private long provingDigest(Mailbox box) throws IOException {
        long digest = box.digest();
        return !role.imports() || MergeExchange.isSeenBySync(box) ? digest : 0;
    }

    /** Whether this side can say what changed since the saved state. */
    private boolean canGoOn(Mailbox box, MailboxInfo now) throws IOException {
        BoxState state = before.find(now.guid()).orElse(null);
        if (state == null || state.commonUid() == 0) {
            return false;
        }
        if (state.uidValidity() != now.uidValidity()
                || now.uidNext() - 1 < state.commonUid()
                || now.highestModSeq().value() < state.commonModSeq()) {
            return false;
        }
        box.snapshot();
        return box.changes(state.commonModSeq()).reachesBack();
    }

    /** A saved state of the other end, or of this one. */
    @Override
    public void stateKnown(SyncState state) {
        before = state;
        state.boxes().forEach(after::put);
    }

    /** In a stateful run only mailboxes that a side has changed are looked at. */
    @Override
    public boolean isDue(MailboxNode next) {
        MailboxGuid guid = Objects.requireNonNull(next.guid());
        if (changedThere.contains(guid) || place(next.name()) == null) {
            return true;
        }
        try (Mailbox box = store.open(Objects.requireNonNull(place(next.name())))) {
            return isChanged(guid, box.status());
        } catch (IOException e) {
            return true; // opening it will say what is wrong
        }
    }

    private boolean isChanged(MailboxGuid guid, MailboxStatus now) {
        BoxState state = before.find(guid).orElse(null);
        return state == null
                || !now.guid().equals(guid)
                || now.uidValidity() != state.uidValidity()
                || now.uidNext() != state.commonUid() + 1
                || now.highestModSeq() != state.commonModSeq()
                || now.messages() != state.messages();
    }

    private boolean isTreeDone() {
        return pass == Pass.APPLY && !options.dryRun() && role.imports();
    }

    /** What the mailbox of that final name is called here now; null if it is not there yet. */
    private @Nullable MailboxName place(MailboxName last) {
        if (isTreeDone()) {
            return last;
        }
        MailboxName now = treePlan().origins().get(last);
        boolean mailbox = now != null
                && Objects.requireNonNull(mine)
                        .find(now)
                        .map(MailboxNode::isMailbox)
                        .orElse(false);
        return mailbox ? now : null;
    }

    /** A mailbox that has not got the wanted GUID yet is spoken of by it all the same. */
    private static MailboxStatus under(MailboxGuid wanted, MailboxStatus is) {
        return new MailboxStatus(
                wanted,
                is.uidValidity(),
                is.uidNext(),
                is.messages(),
                is.firstRecentUid(),
                is.highestModSeq(),
                is.provisional());
    }

    @Override
    public boolean provesEqual(MailboxInfo own, MailboxInfo theirs) {
        return own.digest() != 0
                && own.digest() == theirs.digest()
                && MirrorMerge.looksEqual(Infos.status(own), Infos.status(theirs));
    }

    @Override
    public void skip(MailboxInfo theirs) {
        MailboxInfo own = Objects.requireNonNull(said);
        if (theirs.lost()) {
            if (!own.lost()) {
                result(Status.DAMAGED, "cannot be read at the other side", 0, Counts.NONE);
            }
        } else if (!own.lost()) {
            count(own.messages(), theirs.messages(), 0);
            after.put(guid(), stateOf(own));
            MailboxResult untouched = new MailboxResult(name(), Status.DONE, "unchanged", true, 0, 0, 0, 0, 0);
            if (results.putIfAbsent(name(), untouched) == null) {
                observer.mailboxDone(untouched, Math.toIntExact(own.messages()));
            }
        }
        close();
    }

    private static BoxState stateOf(MailboxInfo info) {
        return new BoxState(
                info.uidValidity(), info.uidNext() - 1, info.highestModSeq().value(), 0, info.messages());
    }

    private MailboxGuid guid() {
        return Objects.requireNonNull(Objects.requireNonNull(node).guid());
    }

    private MailboxName name() {
        return Objects.requireNonNull(node).name();
    }

    private void count(long own, long other, long expunged) {
        if (pass == Pass.PLAN) {
            ownMails += own;
            otherMails += other;
            deletions += expunged;
        }
    }

    @Override
    public Exchanged exchange(Conversation talk, MailboxInfo theirs) throws IOException {
        MergeExchange job = new MergeExchange(
                role,
                name(),
                current,
                Objects.requireNonNull(said),
                theirs,
                options,
                observer,
                copies,
                store.keepsAttributes(),
                saved(theirs.guid()));
        try {
            Exchanged how = pass == Pass.PLAN ? planned(talk, job) : carriedOut(talk, job);
            return how;
        } finally {
            close();
        }
    }

    private MailboxMerge.Common saved(MailboxGuid guid) {
        return before.find(guid)
                .map(box -> new MailboxMerge.Common(box.commonUid(), box.commonModSeq()))
                .orElse(MailboxMerge.Common.NONE);
    }

    private Exchanged planned(Conversation talk, MergeExchange job) throws IOException {
        MailboxPlan plan = job.plan(talk);
        Counts counts = Counts.of(plan);
        count(job.ownMails(), job.otherMails(), counts.expunged());
        copies.remember(name(), job.table(), plan);
        if (options.dryRun()) {
            if (!plan.steps().isEmpty()) {
                observer.planned(name(), plan, true);
            }
            result(Status.DONE, "planned", job.ownMails(), counts);
        }
        Exchanged how = job.endOfPlan(talk);
        job.state().ifPresent(state -> after.put(guid(), state));
        return how;
    }

    private Exchanged carriedOut(Conversation talk, MergeExchange job) throws IOException {
        Exchanged how = job.carryOut(talk);
        MailboxPlan later = job.later();
        if (!later.steps().isEmpty()) {
            deferred.put(name(), later);
        }
        if (how == Exchanged.AGAIN) {
            unsettled.add(name());
        } else {
            unsettled.remove(name());
            job.reached().ifPresent(numbers -> reached.put(name(), numbers));
        }
        job.state().ifPresentOrElse(state -> after.put(guid(), state), () -> after.remove(guid()));
        for (String note : job.notes()) {
            observer.warning(name(), note);
        }
        result(job.status(), job.reason(), job.ownMails(), job.counts());
        return how;
    }

    private void result(Status how, String why, int messages, Counts counts) {
        if (how != Status.DONE) {
            status = status.and(how);
            reason = name() + ": " + why;
        }
        MailboxResult result = new MailboxResult(
                name(),
                how,
                why,
                false,
                counts.saved(),
                counts.expunged(),
                counts.flagged(),
                counts.renumbered(),
                counts.bytes());
        results.merge(name(), result, MailboxResult::and);
        observer.mailboxDone(result, messages);
    }

    private void problem(MailboxName where, IOException e) {
        status = status.and(Failures.status(e));
        reason = where + ": " + Failures.describe(e);
        observer.damage(where, Failures.describe(e));
    }

    @Override
    public void endPass(Pass ended) throws IOException {
        if (ended == Pass.PLAN) {
            agree();
        } else if (!options.dryRun()) {
            takeAway();
            if (status.compareTo(Status.CHANGED) <= 0) {
                apply(treePlan().after());
            } else if (!treePlan().after().isEmpty()) {
                observer.warning(null, "nothing was deleted from the mailbox tree, because the run met problems");
            }
        }
    }

    private void agree() throws IOException {
        countDoomed();
        Optional<String> objection = DeleteGuard.objection(
                new DeleteGuard.Census(otherName, store.describe(), otherMails, ownMails, deletions, true),
                options.deleteLimit());
        if (objection.isPresent()) {
            throw new GuardException(objection.get());
        }
        copies.plansKnown();
        if (options.dryRun()) {
            showTree(treePlan().before());
            showTree(treePlan().after());
        }
    }

    /** Mails of mailboxes that are to be deleted count as deletions. */
    private void countDoomed() {
        for (TreeChange change : treePlan().after()) {
            MailboxName there = treePlan().origins().get(change.name());
            if (change instanceof TreeChange.Delete && there != null) {
                try (Mailbox box = store.open(there)) {
                    int messages = box.status().messages();
                    ownMails += messages;
                    deletions += messages;
                } catch (IOException e) {
                    problem(there, e);
                }
            }
        }
    }

    private void showTree(List<TreeChange> changes) {
        for (TreeChange change : changes) {
            treeChanges++;
            observer.treeChange(change, true);
        }
    }

    /** Every mailbox has what it wants: what was moved can go from its old places. */
    private void takeAway() throws IOException {
        for (Map.Entry<MailboxName, MailboxPlan> entry : deferred.entrySet()) {
            try (Mailbox box = store.open(entry.getKey())) {
                Optional<MailboxStatus> left = LateExpunge.carryOut(box, entry.getValue());
                if (left.isPresent()) {
                    reached.put(entry.getKey(), left.get());
                } else {
                    unsettled.add(entry.getKey());
                }
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                problem(entry.getKey(), e);
            }
        }
        deferred.clear();
    }

    /** Says whether the mailboxes are still as they were left: only then are both sides equal. */
    @Override
    public Outcome finish() throws IOException {
        copies.close();
        if (!options.dryRun()) {
            store.flush();
            for (Map.Entry<MailboxName, MailboxStatus> entry : reached.entrySet()) {
                if (isMoved(entry.getKey(), entry.getValue())) {
                    unsettled.add(entry.getKey());
                }
            }
        }
        for (MailboxName name : unsettled) {
            status = status.and(Status.CHANGED);
            if (reason == null) {
                reason = name + " changed during the run at " + store.describe() + "; run again";
            }
        }
        return new Outcome(status, reason, List.copyOf(results.values()), treeChanges, state());
    }

    /** Mailboxes that are no more, or did not end clean, are not in it. */
    private SyncState state() {
        Set<MailboxGuid> there = new HashSet<>();
        for (MailboxNode each : together) {
            if (!unsettled.contains(each.name())) {
                there.add(Objects.requireNonNull(each.guid()));
            }
        }
        return SyncState.of(after).only(there);
    }

    private boolean isMoved(MailboxName name, MailboxStatus left) {
        try (Mailbox box = store.open(name)) {
            MailboxStatus now = box.status();
            return now.uidNext() != left.uidNext()
                    || now.messages() != left.messages()
                    || now.highestModSeq() != left.highestModSeq();
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() {
        Mailbox box = current;
        current = null;
        if (box != null) {
            try {
                box.close();
            } catch (IOException e) {
                observer.debug(box.name(), "closing: " + Failures.describe(e));
            }
        }
    }

    /** The table of a mailbox that is not there yet. */
    static MailboxSnapshot empty(MailboxStatus status) {
        return new MailboxSnapshot.Builder().build(status, new Object());
    }

    /** How mailboxes are merged. */
    static MailboxMerge.Mode mailMode(MergeRole role) {
        return switch (role.treeMode()) {
            case TWO_WAY -> MailboxMerge.Mode.TWO_WAY;
            case INITIATOR_TO_RESPONDER -> MailboxMerge.Mode.INITIATOR_TO_RESPONDER;
            case RESPONDER_TO_INITIATOR -> MailboxMerge.Mode.RESPONDER_TO_INITIATOR;
        };
    }
}
