package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.MailboxMerge;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.state.BoxState;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.engine.tree.TreeMirror;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.ModSeq;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The destination of a one-way run: plans, asks the guard, fetches, commits. */
final class DestinationSide implements Side {
    private final MailStore store;
    private final String sourceName;
    private final SyncOptions options;
    private final SyncObserver observer;
    private final Dialect dialect;
    private final StateBook states = new StateBook(true);

    private final Participants participants;
    private final RunReport report;
    private final TreeSteps treeSteps;

    private TreeMirror.@Nullable Plan treePlan;
    private @Nullable MailboxTree mine;
    private @Nullable MailboxTree theirs;
    private Pass pass = Pass.APPLY;
    private boolean dovecot;

    private long sourceMails;
    private long destinationMails;
    private long deletions;

    private final SourceWatch watch = new SourceWatch();
    /** Mails that are gone at the source but still here, by mailbox. */
    private final Map<MailboxName, Integer> pending = new HashMap<>();

    DestinationSide(MailStore store, String sourceName, SyncOptions options, SyncObserver observer, Dialect dialect) {
        this.dialect = dialect;
        this.store = store;
        this.sourceName = sourceName;
        this.options = options;
        this.observer = observer;
        this.participants = new Participants(options.mailboxes());
        this.report = new RunReport(observer);
        this.treeSteps = new TreeSteps(store, observer, report);
    }

    @Override
    public boolean isOnlyFolder(MailboxName name) {
        return store.isOnlyFolder(name);
    }

    @Override
    public void peerIsDovecot() {
        dovecot = true;
    }

    @Override
    public MailboxTree tree() throws IOException {
        return participants.of(store.tree());
    }

    @Override
    public List<MailboxNode> treesKnown(MailboxTree mineTree, MailboxTree theirTree, Hints hints) {
        mine = mineTree;
        theirs = theirTree;
        MailboxTree possible = participants.possible(theirTree);
        treePlan = TreeMirror.plan(
                store.capabilities().folders() ? possible : Trees.withoutFolders(possible),
                mineTree,
                participants.leftOut());
        for (MailboxName kept : treePlan.deletionsHeldBack()) {
            report.problem(kept, Status.DAMAGED, "not deleted, because the source has mailboxes that cannot be read");
        }
        return theirTree.mailboxes();
    }

    @Override
    public void beginPass(Pass next) throws IOException {
        pass = next;
        watch.newPass();
        if (pass == Pass.APPLY && !options.dryRun()) {
            treeSteps.before(treePlan().before());
        }
    }

    private TreeMirror.Plan treePlan() {
        return Objects.requireNonNull(treePlan);
    }

    /** Whether the mailbox of that name is another one at the source: then equal numbers say nothing. */
    private boolean reidentified(MailboxName name) {
        for (TreeChange change : treePlan().before()) {
            if (change instanceof TreeChange.SetGuid && change.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /**
     * A mailbox that has not got the wanted GUID yet is spoken of by it all the same. Neither it nor one that somebody has
     * used since it was last written looks unchanged, whatever its numbers are.
     */
    private static MailboxStatus underGuid(MailboxStatus status, MailboxGuid wanted, boolean another) {
        return new MailboxStatus(
                wanted,
                status.uidValidity(),
                status.uidNext(),
                status.messages(),
                status.firstRecentUid(),
                status.highestModSeq(),
                another
                        || status.provisional()
                        || !status.settled()
                        || !status.guid().equals(wanted));
    }

    private void count(long source, long destination) {
        if (pass == Pass.PLAN) {
            sourceMails += source;
            destinationMails += destination;
        }
    }

    /** A filter may have kept mails away, and then there are fewer here than at the source. */
    private static BoxState reached(MailboxInfo source, Mailbox box) throws IOException {
        return new BoxState(
                source.uidValidity(),
                source.uidNext() - 1,
                source.highestModSeq().value(),
                0,
                box.status().messages());
    }

    /** What is here of what both had: nobody but a run has touched it since, and what that took away was gone at the source. */
    private Listing own(Mailbox box, MailboxInfo mine, Identity identity) throws IOException {
        MailboxSnapshot table = snapshot(box);
        return Listing.of(
                new Listing.Subject(box, table, ChangeLog.UNKNOWN, mine, Attributes.NONE, MailFilter.ALL, identity));
    }

    @Override
    public void stateKnown(SyncState state) {
        states.beginWith(state);
    }

    @Override
    public SyncState usable(SyncState state) throws IOException {
        return states.usable(state, store);
    }

    private MailboxSnapshot snapshot(Mailbox box) throws IOException {
        return options.type() == dev.twinbox.protocol.item.Handshake.SyncType.FULL
                ? box.detailedSnapshot()
                : box.snapshot();
    }

    @Override
    public Turn turn(MailboxNode node) {
        watch.next(Objects.requireNonNull(node.guid()));
        return new DestinationTurn(node);
    }

    /** A mailbox that becomes like the source's. */
    private final class DestinationTurn implements Turn {
        private final MailboxNode node;
        private @Nullable Mailbox current;
        private @Nullable MailboxStatus before;

        DestinationTurn(MailboxNode node) {
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
            before = null;
            try {
                participants.requireFree(Objects.requireNonNull(node.guid()));
                MailboxName there = pass == Pass.APPLY && !options.dryRun()
                        ? node.name()
                        : treePlan().origins().get(node.name());
                if (there == null) {
                    before = Infos.unmade(Objects.requireNonNull(node.guid()));
                } else {
                    Mailbox box = store.open(there);
                    current = box;
                    before = box.status();
                }
                MailboxGuid wanted = Objects.requireNonNull(node.guid());
                MailboxInfo info = Infos.of(underGuid(before, wanted, reidentified(node.name())), store.capabilities());
                if (isStale(info)) {
                    return lostPosition(info);
                }
                boolean others = dialect == Dialect.DSYNC && before.uidValidity() != node.uidValidity();
                return others ? Infos.justMade(wanted, store.capabilities()) : info;
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                fail(e);
                return MailboxInfo.lost(Objects.requireNonNull(node.guid()));
            }
        }

        /** Whether there is a saved state of the mailbox, but no telling what was done to it here since. */
        private boolean isStale(MailboxInfo info) throws IOException {
            Mailbox box = current;
            return dialect == Dialect.DSYNC
                    && states.hasPosition(info.guid())
                    && (box == null || (states.isChanged(info.guid(), box.status()) && !states.canGoOn(box, info)));
        }

        private MailboxInfo lostPosition(MailboxInfo info) {
            report.unsettled(node.name() + " cannot go on from the saved state; run again");
            states.ended(info.guid(), null);
            release();
            return MailboxInfo.lost(info.guid());
        }

        @Override
        public void skip(MailboxInfo info) {
            if (!info.lost()) {
                watch.skipped(info);
            }
            if (info.lost() && dialect == Dialect.DSYNC) {
                report.unsettled(node.name() + " is gone at the source, or cannot go on from the saved state");
                states.ended(info.guid(), null);
            } else if (info.lost()) {
                if (before != null) {
                    count(0, before.messages());
                }
                report.result(node.name(), Status.DAMAGED, "cannot be read at the source", 0, Counts.NONE);
            } else if (before != null) {
                count(info.messages(), before.messages());
                states.equal(info.guid(), info);
                report.unchanged(node.name(), info.messages());
            }
            release();
        }

        @Override
        public Exchanged exchange(Conversation talk, MailboxInfo info) throws IOException {
            if (dialect == Dialect.DSYNC) {
                return exchangeWithDovecot(talk, info);
            }
            MailboxStatus was = Objects.requireNonNull(before);
            Peer.Incoming first = talk.receiveWithBody();
            if (first.item() instanceof MailboxInfo given && given.lost()) {
                skip(given);
                return Exchanged.DONE;
            }
            Attributes attributes = AttributeExchange.receive(talk, first, node.name(), observer);
            Identity identity = identity(was, info);
            SourceTable source = SourceTable.receive(talk, Infos.status(info), options.mails(), identity);
            watch.read(info, source.table());
            long gone;
            boolean clean = false;
            try {
                boolean told = mirrorAttributes(attributes);
                if (pass == Pass.PLAN) {
                    gone = planOnly(talk, source, was);
                } else {
                    MailboxImport job = carryOut(talk, source, told);
                    gone = job.heldBack();
                    clean = told && job.status() == Status.DONE;
                }
            } finally {
                release();
            }
            talk.send(new MailboxState(
                    info.guid(),
                    was.uidValidity(),
                    info.uidNext() - 1,
                    info.highestModSeq(),
                    ModSeq.NONE,
                    source.table().size(),
                    !clean,
                    gone));
            talk.receive(MailboxState.class);
            return gone > 0 ? Exchanged.ALL_AGAIN : Exchanged.DONE;
        }

        /** What the mails are told apart by; the source comes to the same. */
        private Identity identity(MailboxStatus was, MailboxInfo info) {
            return Identity.of(new MergeRole(false, Direction.DESTINATION), Infos.of(was, store.capabilities()), info);
        }

        /** A Dovecot waits for nobody to look twice: what is gone from its list is taken away at once. */
        private Exchanged exchangeWithDovecot(Conversation talk, MailboxInfo info) throws IOException {
            MailboxStatus was = Objects.requireNonNull(before);
            Mailbox box = current;
            MailboxMerge.Common common = states.common(info.guid());
            Identity identity = identity(was, info);
            Listing heard = Listing.hear(talk, node.name(), info, options.mails(), identity, null, observer);
            try {
                if (common.uid() > 0 && box != null) {
                    heard = heard.completed(own(box, Infos.of(was, store.capabilities()), identity), common);
                }
                boolean whole = common.uid() == 0 || heard.input().table().size() == info.messages();
                boolean told = mirrorAttributes(heard.attributes());
                if (pass == Pass.PLAN) {
                    planOnly(talk, SourceTable.of(heard, dovecot), was);
                    ModSeq unmoved = new ModSeq(common.modSeq());
                    talk.send(new MailboxState(
                            info.guid(),
                            was.uidValidity(),
                            common.uid(),
                            unmoved,
                            ModSeq.NONE,
                            was.messages(),
                            false,
                            0));
                    talk.receive(MailboxState.class);
                    return Exchanged.DONE;
                }
                MailboxImport job = new MailboxImport(
                        Objects.requireNonNull(box),
                        SourceTable.of(heard, dovecot),
                        DestinationSide.this::snapshot,
                        observer,
                        store.bodyStarts(),
                        false);
                if (!told) {
                    job.keepUnequal();
                }
                job.run(talk);
                report.result(node.name(), job.status(), job.reason(), info.messages(), job.counts());
                if (!whole) {
                    report.unsettled(node.name() + " has more mails or fewer than the saved state tells; run again");
                }
                boolean clean = whole && job.status() == Status.DONE;
                talk.send(new MailboxState(
                        info.guid(),
                        was.uidValidity(),
                        clean ? info.uidNext() - 1 : 0,
                        clean ? info.highestModSeq() : ModSeq.NONE,
                        ModSeq.NONE,
                        info.messages(),
                        !clean,
                        0));
                MailboxState theirState = talk.receive(MailboxState.class);
                boolean agreed = clean && !theirState.changesDuringSync();
                states.ended(info.guid(), agreed ? StateBook.agreed(reached(info, box), theirState) : null);
            } finally {
                release();
            }
            return Exchanged.DONE;
        }

        /** Before the mails, whose plan says what HIGHESTMODSEQ is to be in the end. Says whether it succeeded. */
        private boolean mirrorAttributes(Attributes source) throws IOException {
            Mailbox box = current;
            if (box == null || (pass == Pass.PLAN && !options.dryRun())) {
                return true;
            }
            try {
                AttributeExchange.mirror(store, box, source, options.dryRun(), observer);
                return true;
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                report.problem(node.name(), Failures.status(e), "attributes: " + Failures.describe(e));
                return false;
            }
        }

        private long planOnly(Conversation talk, SourceTable source, MailboxStatus was) throws IOException {
            Counts counts = Counts.NONE;
            try {
                counts = counted(source, was);
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                if (options.dryRun()) {
                    fail(e); // otherwise carrying it out will fail too, and say so
                }
            }
            talk.endList(); // no requests
            talk.receiveList(dev.twinbox.protocol.item.Mail.class, (mail, body) -> {});
            return counts.expunged();
        }

        private Counts counted(SourceTable source, MailboxStatus was) throws IOException {
            Mailbox box = current;
            MailboxSnapshot basis =
                    box == null ? new MailboxSnapshot.Builder().build(was, new Object()) : snapshot(box);
            MailboxPlan plan = source.plan(box, basis);
            Counts counts = Counts.of(plan);
            count(source.table().size(), basis.size());
            deletions += counts.expunged();
            if (options.dryRun()) {
                if (!plan.steps().isEmpty()) {
                    observer.planned(node.name(), plan, true);
                }
                report.result(
                        node.name(), Status.DONE, "planned", source.table().size(), counts);
            }
            return counts;
        }

        /** Fetches what is missing and commits; whatever fails, the conversation stays in step. */
        private MailboxImport carryOut(Conversation talk, SourceTable source, boolean attributesDone)
                throws IOException {
            MailboxImport job = new MailboxImport(
                    Objects.requireNonNull(current),
                    source,
                    DestinationSide.this::snapshot,
                    observer,
                    store.bodyStarts(),
                    !watch.stoodStill());
            if (!attributesDone) {
                job.keepUnequal();
            }
            job.run(talk);
            report.result(
                    node.name(), job.status(), job.reason(), source.table().size(), job.counts());
            pending.put(node.name(), job.heldBack());
            return job;
        }

        private void fail(IOException e) {
            observer.damage(node.name(), Failures.describe(e));
            report.result(node.name(), Failures.status(e), Failures.describe(e), 0, Counts.NONE);
            release();
        }
    }

    @Override
    public void endPass(Pass ended) throws IOException {
        if (ended == Pass.PLAN) {
            // Mails of mailboxes that are to be deleted count as deletions.
            long doomed = treeSteps.doomedMails(treePlan().after(), treePlan().origins());
            destinationMails += doomed;
            deletions += doomed;
            MailboxTree own = Objects.requireNonNull(mine);
            boolean shared = Trees.shareMailbox(Objects.requireNonNull(theirs), own);
            Optional<String> objection = DeleteGuard.objection(
                    new DeleteGuard.Census(
                            sourceName, store.describe(), sourceMails, destinationMails, deletions, shared),
                    options.deleteLimit());
            if (objection.isPresent()) {
                throw new GuardException(objection.get());
            }
            if (options.dryRun()) {
                treeSteps.show(treePlan().before());
                treeSteps.show(treePlan().after());
            }
        } else if (!options.dryRun()) {
            sayWhatIsPending();
            treeSteps.after(treePlan().after(), TreeSteps.Veto.NONE);
        }
    }

    private void sayWhatIsPending() {
        long mails = 0;
        for (int count : pending.values()) {
            mails += count;
        }
        if (mails > 0) {
            report.unsettled("the source never stood still; " + mails
                    + " mails that are gone there, or were moved, are still at the destination; run again");
        }
    }

    @Override
    public Outcome finish() throws IOException {
        if (!options.dryRun()) {
            store.flush();
        }
        return report.outcome(
                states.endsWith(Trees.guids(Objects.requireNonNull(theirs).mailboxes())));
    }

    @Override
    public void close() {}
}
