package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.MailboxMerge;
import dev.twinbox.engine.merge.MirrorMerge;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.state.BoxState;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.tree.DovecotSubscriptions;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.engine.tree.TreeDivergence;
import dev.twinbox.engine.tree.TreeMerge;
import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxHint;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
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
    private final Dialect dialect;
    private final LocalCopies copies;

    private final Participants participants;
    private final RunReport report;
    private final TreeSteps treeSteps;
    private final StateBook states = new StateBook();
    private final AsLeft left;
    private final MergeHints hints;
    private final Decisions decisions = new Decisions();
    private final Vanished vanished = new Vanished();

    private @Nullable MailboxTree mine;
    private @Nullable MailboxTree otherTree;
    private TreeMerge.@Nullable Plan treePlan;
    private List<MailboxNode> together = List.of();
    /** One way: in what the destination's tree will differ from the source's. */
    private Map<MailboxName, String> apart = Map.of();

    private boolean dovecot;
    private DovecotSubscriptions subscriptions = DovecotSubscriptions.NOTHING;

    private Pass pass = Pass.APPLY;

    private long ownMails;
    private long otherMails;
    private long deletions;

    /** In a stateful run: what the other side has changed. */
    private final Set<MailboxGuid> changedThere = new HashSet<>();

    MergeSide(
            MergeRole role,
            MailStore store,
            String otherName,
            SyncOptions options,
            SyncObserver observer,
            Dialect dialect) {
        this.dialect = dialect;
        this.role = role;
        this.store = store;
        this.otherName = otherName;
        this.options = options;
        this.observer = observer;
        this.copies = new LocalCopies(store, options.allMails(), observer);
        this.participants = new Participants(options.mailboxes());
        this.report = new RunReport(observer);
        this.treeSteps = new TreeSteps(store, observer, report);
        this.left = new AsLeft(store, report);
        this.hints = new MergeHints(role, store, options, states, report);
    }

    @Override
    public void peerIsDovecot() {
        dovecot = true;
    }

    @Override
    public boolean saysHints() {
        return dialect == Dialect.TWINBOX;
    }

    @Override
    public boolean keepsDestinationChanges() {
        return !role.twoWay();
    }

    @Override
    public boolean isOnlyFolder(MailboxName name) {
        return store.isOnlyFolder(name);
    }

    @Override
    public MailboxTree tree() throws IOException {
        MailboxTree whole = participants.of(store.tree());
        boolean records = dialect == Dialect.DSYNC && role.exports();
        MailboxTree own = records ? RecordedTree.of(store, whole, observer) : whole;
        mine = own;
        return own;
    }

    @Override
    public List<MailboxHint> hints(MailboxTree theirs) throws IOException {
        return hints.of(Objects.requireNonNull(mine), theirs);
    }

    /** Where no hints are said, the destination of a one-way run decides alone, and what it knows of itself counts. */
    @Override
    public Hints ownHints(MailboxTree theirs) throws IOException {
        return role.imports() && !role.twoWay() ? new Hints(hints(theirs), List.of()) : Hints.NONE;
    }

    /**
     * A Dovecot that deleted a mailbox cannot be told that mail has come into it here since. Under another GUID the mailbox is
     * a new one to it, which it makes again.
     */
    @Override
    public MailboxTree treeHeard(MailboxTree own, MailboxTree theirs) throws IOException {
        Map<MailboxGuid, MailboxGuid> renewed = new HashMap<>();
        if (role.twoWay()) {
            for (MailboxHint hint : hints(theirs)) {
                MailboxNode held = own.find(hint.mailbox()).orElse(null);
                if (hint.keep() && held != null) {
                    MailboxGuid fresh = KeptFolder.guid(hint.mailbox());
                    store.apply(new TreeChange.SetGuid(held.name(), fresh));
                    renewed.put(hint.mailbox(), fresh);
                    observer.warning(
                            held.name(),
                            "was deleted at the other side, but mail has come into it here: it is kept, under another GUID");
                }
            }
        }
        MailboxTree said = renewed.isEmpty() ? own : KeptFolder.renewed(own, renewed);
        mine = said;
        return said;
    }

    @Override
    public List<MailboxNode> treesKnown(MailboxTree mineTree, MailboxTree theirTree, Hints hints) {
        otherTree = theirTree;
        TreeMerge.Side own = new TreeMerge.Side(mineTree, kept(hints.mine()));
        TreeMerge.Side other = new TreeMerge.Side(participants.possible(theirTree), kept(hints.theirs()));
        TreeMerge.Result merged =
                TreeMerge.merge(role.initiator() ? own : other, role.initiator() ? other : own, role.treeMode());
        for (MailboxHint hint : hints.theirs()) {
            if (hint.changed()) {
                changedThere.add(hint.mailbox());
            }
        }
        TreeMerge.Plan whole = role.initiator() ? merged.initiator() : merged.responder();
        if (dovecot && role.exports()) {
            TreeMerge.Plan there = role.initiator() ? merged.responder() : merged.initiator();
            subscriptions = DovecotSubscriptions.of(mineTree, whole, theirTree, there);
            whole = whole.and(subscriptions.follow());
        }
        treePlan = store.capabilities().folders() ? whole : whole.withoutFolders();
        for (String note : whole.notes()) {
            observer.warning(null, note);
        }
        if (role.imports() && !role.twoWay()) {
            apart = TreeDivergence.of(theirTree, mineTree, merged, !role.initiator());
        }
        observer.sized(merged.mailboxes().size(), Trees.mailsAtMost(merged.mailboxes()));
        together = merged.mailboxes();
        return together;
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
            treeSteps.before(treePlan().before());
        }
    }

    @Override
    public boolean saysAhead() {
        return dialect == Dialect.TWINBOX;
    }

    /** A mailbox with mails that no sync has seen is not to be deleted; it is when they come during the run that it was. */
    private boolean gotMail(TreeChange change) throws IOException {
        if (!(change instanceof TreeChange.Delete)) {
            return false;
        }
        try (Mailbox box = store.open(change.name())) {
            boolean got = hints.holdsUnseenMail(box);
            if (got) {
                left.moved(change.name());
                observer.warning(change.name(), "changed during the run");
            }
            return got;
        } catch (MailboxGoneException e) {
            return false;
        }
    }

    /** Where a one-way run leaves what only the destination has, a Dovecot is not to think that anything was lost. */
    @Override
    public MailboxInfo missing(MailboxGuid guid) {
        return role.imports() ? MailboxInfo.lost(guid) : MailboxInfo.ignored(guid);
    }

    @Override
    public SyncState usable(SyncState state) throws IOException {
        return states.usable(state, store);
    }

    /** A saved state of the other end, or of this one. */
    @Override
    public void stateKnown(SyncState state) {
        states.beginWith(state);
    }

    /** In a stateful run only mailboxes that a side has changed are looked at; a Dovecot source does not say which it has. */
    @Override
    public boolean isDue(MailboxNode next) {
        MailboxGuid guid = Objects.requireNonNull(next.guid());
        if (dialect == Dialect.DSYNC && !role.exports()) {
            return true;
        }
        if (changedThere.contains(guid) || place(next.name()) == null) {
            return true;
        }
        Boolean changedHere = hints.changed(guid);
        if (changedHere != null) {
            return changedHere;
        }
        try (Mailbox box = store.open(Objects.requireNonNull(place(next.name())))) {
            return states.isChanged(guid, box.status());
        } catch (IOException e) {
            return true; // opening it will say what is wrong
        }
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
        MailboxNode node =
                now == null ? null : Objects.requireNonNull(mine).find(now).orElse(null);
        return node != null && node.isMailbox() ? now : null;
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

    private void count(long own, long other, long expunged) {
        if (pass == Pass.PLAN) {
            ownMails += own;
            otherMails += other;
            deletions += expunged;
        }
    }

    @Override
    public Turn turn(MailboxNode node) {
        return new MergeTurn(node);
    }

    /** A mailbox that is merged with the other side's. */
    private final class MergeTurn implements Turn {
        private final MailboxNode node;
        private @Nullable Mailbox current;
        private @Nullable MailboxInfo said;

        MergeTurn(MailboxNode node) {
            this.node = node;
        }

        @Override
        public void release() {
            Mailbox box = current;
            current = null;
            Failures.closeQuietly(box, observer);
        }

        @Override
        public MailboxInfo say() throws IOException {
            release();
            MailboxGuid wanted = guid();
            MailboxInfo info;
            try {
                participants.requireFree(wanted);
                MailboxName there = place(node.name());
                if (there == null && dialect == Dialect.DSYNC && !role.imports()) {
                    info = missing(wanted);
                } else if (there == null) {
                    info = Infos.justMade(wanted, store.capabilities());
                } else {
                    Mailbox box = store.open(there);
                    current = box;
                    if (options.type() != SyncType.FULL) {
                        box.trustRecords();
                    }
                    if (isTreeDone()
                            && !box.status().provisional()
                            && !box.status().guid().equals(wanted)) {
                        throw new MailboxGoneException("somebody has put another mailbox in its place");
                    }
                    info = spoken(box, Infos.of(under(wanted, box.status()), store.capabilities()));
                }
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                report.problem(node.name(), e);
                report.result(node.name(), Failures.status(e), Failures.describe(e), 0, Counts.NONE);
                release();
                info = MailboxInfo.lost(wanted);
            }
            said = info;
            return isOnItsOwn(info) ? Infos.justMade(wanted, store.capabilities()) : info;
        }

        /** One way, it keeps a UIDVALIDITY of its own, which the Dovecot's must not take over. */
        private boolean isOnItsOwn(MailboxInfo info) {
            if (dialect != Dialect.DSYNC || role.exports() || info.lost() || states.hasPosition(info.guid())) {
                return false;
            }
            MailboxNode source =
                    Objects.requireNonNull(otherTree).find(info.guid()).orElse(null);
            return source != null && source.uidValidity() != info.uidValidity();
        }

        private MailboxInfo spoken(Mailbox box, MailboxInfo numbers) throws IOException {
            boolean incremental = states.canGoOn(box, numbers);
            if (dialect == Dialect.DSYNC && !incremental && states.hasPosition(numbers.guid())) {
                observer.warning(
                        node.name(),
                        "cannot tell what changed since the saved state; everything will be compared in the next run");
                report.unsettled(node.name() + " cannot go on from the saved state; run again");
                states.ended(numbers.guid(), null);
                return MailboxInfo.lost(numbers.guid());
            }
            long digest = dialect == Dialect.TWINBOX && options.type() == SyncType.CHANGED ? provingDigest(box) : 0;
            return Infos.with(numbers, digest, incremental, blocks(box));
        }

        /** The digest, but not of a mailbox that must be gone through all the same, for its log to know what a sync saw. */
        private long provingDigest(Mailbox box) throws IOException {
            if (!store.capabilities().keepsGuidOnSave()) {
                return 0; // GUIDs differ between the sides, so digests prove nothing
            }
            long digest = box.digest();
            return !role.imports() || MergeExchange.isSettled(box) ? digest : 0;
        }

        /** What both sides have need not be listed; but where UIDs or GUIDs say nothing, each mail must be. */
        private BlockDigests blocks(Mailbox box) throws IOException {
            boolean mute = dialect == Dialect.DSYNC || !store.capabilities().hasGuids();
            if (mute || box.status().provisional()) {
                return BlockDigests.NONE;
            }
            // But for a run that may yet find both sides equal, the table will be needed anyway.
            return options.type() == SyncType.CHANGED
                    ? box.blocks()
                    : box.snapshot().blocks();
        }

        @Override
        public void skip(MailboxInfo theirs) {
            MailboxInfo own = Objects.requireNonNull(said);
            if (own.ignore()) {
                states.ended(guid(), null);
            } else if (theirs.lost()) {
                if (dialect == Dialect.DSYNC) {
                    report.unsettled(
                            node.name() + " is not there at the other side, or cannot go on from the saved state");
                    states.ended(guid(), null);
                } else if (!own.lost()) {
                    report.result(node.name(), Status.DAMAGED, "cannot be read at the other side", 0, Counts.NONE);
                }
            } else if (theirs.ignore() && role.imports()) {
                report.unsettled(node.name() + " is not there any more at the other side");
                states.ended(guid(), null);
            } else if (!own.lost() && !theirs.ignore()) {
                count(own.messages(), theirs.messages(), 0);
                states.equal(guid(), own);
                report.leftAlone(node.name(), told(Outcome.UNCHANGED), own.messages());
            }
            release();
        }

        /** What is to be said of a mailbox, and in what its place in the tree differs. */
        private String told(String reason) {
            String other = apart.get(node.name());
            return other == null ? reason : reason + "; " + other;
        }

        private MailboxGuid guid() {
            return Objects.requireNonNull(node.guid());
        }

        @Override
        public Exchanged exchange(Conversation talk, MailboxInfo theirs) throws IOException {
            MergeExchange job = new MergeExchange(
                    role,
                    node.name(),
                    current,
                    Objects.requireNonNull(said),
                    theirs,
                    options,
                    observer,
                    copies,
                    store.bodyStarts(),
                    store.keepsAttributes(),
                    states.common(theirs.guid()),
                    decisions,
                    vanished);
            try {
                return pass == Pass.PLAN ? planned(talk, job) : carriedOut(talk, job);
            } finally {
                release();
            }
        }

        private Exchanged planned(Conversation talk, MergeExchange job) throws IOException {
            MailboxPlan plan = job.plan(talk);
            Counts counts = Counts.of(plan);
            count(job.ownMails(), job.otherMails(), counts.expunged());
            copies.remember(node.name(), job.table(), plan);
            if (options.dryRun()) {
                if (!plan.steps().isEmpty()) {
                    observer.planned(node.name(), plan, true);
                }
                report.result(
                        node.name(),
                        Status.DONE,
                        told(job.diverges() ? "planned; " + job.reason() : "planned"),
                        job.ownMails(),
                        counts);
            }
            Exchanged how = job.endOfPlan(talk);
            if (how == Exchanged.EQUAL && job.diverges() && !options.dryRun()) {
                // it will not be gone through
                report.result(node.name(), Status.DONE, told(job.reason()), job.ownMails(), Counts.NONE);
            }
            BoxState reached = job.state().orElse(null);
            if (reached != null) {
                states.ended(guid(), reached);
            }
            return how;
        }

        private Exchanged carriedOut(Conversation talk, MergeExchange job) throws IOException {
            Exchanged how = job.carryOut(talk);
            left.putOff(node.name(), job.later());
            if (how == Exchanged.AGAIN) {
                left.moved(node.name());
            } else {
                left.settled(node.name(), job.reached());
            }
            states.ended(guid(), job.state().orElse(null));
            for (String note : job.notes()) {
                observer.warning(node.name(), note);
            }
            String reason = job.status() == Status.DONE ? told(job.reason()) : job.reason();
            report.result(node.name(), job.status(), reason, job.ownMails(), job.counts());
            return how;
        }
    }

    @Override
    public void endPass(Pass ended) throws IOException {
        if (ended == Pass.PLAN) {
            agree();
        } else if (!options.dryRun()) {
            left.takeAway();
            treeSteps.after(treePlan().after(), new TreeSteps.Veto() {
                @Override
                public boolean forbids(TreeChange change) throws IOException {
                    return gotMail(change);
                }
            });
        }
    }

    private void agree() throws IOException {
        // Mails of mailboxes that are to be deleted count as deletions.
        long doomed = treeSteps.doomedMails(treePlan().after(), treePlan().origins());
        ownMails += doomed;
        deletions += doomed;
        Optional<String> objection = DeleteGuard.objection(
                new DeleteGuard.Census(otherName, store.describe(), otherMails, ownMails, deletions, true),
                options.deleteLimit());
        if (objection.isPresent()) {
            throw new GuardException(objection.get());
        }
        copies.plansKnown();
        if (options.dryRun()) {
            treeSteps.show(treePlan().before());
            treeSteps.show(treePlan().after());
        }
    }

    /** Says whether the mailboxes are still as they were left: only then are both sides equal. */
    @Override
    public Outcome finish() throws IOException {
        copies.close();
        if (!options.dryRun()) {
            store.flush();
            left.lookAgain();
        }
        for (MailboxName name : left.unsettled()) {
            report.unsettled(name + " changed during the run at " + store.describe() + "; run again");
        }
        for (MailboxName name : subscriptions.unsettled()) {
            String why =
                    "is subscribed at one side only: a Dovecot sees to the subscription of a renamed mailbox in the next run";
            if (role.initiator()) {
                report.unsettled(name + " " + why);
            } else {
                observer.warning(name, why); // its exit code is the Dovecot's
            }
        }
        for (Map.Entry<MailboxName, String> each : apart.entrySet()) {
            report.leftAlone(each.getKey(), each.getValue(), 0);
        }
        return report.outcome(state());
    }

    /** Mailboxes that are no more, or did not end clean, are not in it. */
    private SyncState state() {
        Set<MailboxName> unsettled = left.unsettled();
        Set<MailboxGuid> there = new HashSet<>();
        for (MailboxNode each : together) {
            if (!unsettled.contains(each.name())) {
                there.add(Objects.requireNonNull(each.guid()));
            }
        }
        return states.endsWith(there);
    }

    @Override
    public void close() {}

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
