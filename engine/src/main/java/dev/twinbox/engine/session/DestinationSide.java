package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.MirrorMerge;
import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.NotPossibleException;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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

    private final List<MailboxName> leftOut = new ArrayList<>();
    /** GUIDs of mailboxes that take no part, which no other mailbox can be given. */
    private final Map<MailboxGuid, MailboxName> takenGuids = new HashMap<>();

    private TreeMirror.@Nullable Plan treePlan;
    private @Nullable MailboxTree mine;
    private @Nullable MailboxTree theirs;
    private Pass pass = Pass.APPLY;

    private @Nullable MailboxName name;
    private @Nullable Mailbox current;
    private @Nullable MailboxStatus before;

    private long sourceMails;
    private long destinationMails;
    private long deletions;

    private final Map<MailboxName, MailboxResult> results = new LinkedHashMap<>();
    private Status status = Status.DONE;
    private @Nullable String reason;
    private int treeChanges;
    private final SourceWatch watch = new SourceWatch();
    /** Mails that are gone at the source but still here, by mailbox. */
    private final Map<MailboxName, Integer> pending = new HashMap<>();

    DestinationSide(MailStore store, String sourceName, SyncOptions options, SyncObserver observer) {
        this.store = store;
        this.sourceName = sourceName;
        this.options = options;
        this.observer = observer;
    }

    @Override
    public MailboxTree tree() throws IOException {
        MailboxTree whole = store.tree();
        for (MailboxNode node : whole.nodes()) {
            if (node.existence() != MailboxNode.Existence.MISSING
                    && !options.mailboxes().accepts(node)) {
                leftOut.add(node.name());
                if (node.guid() != null) {
                    takenGuids.put(node.guid(), node.name());
                }
            }
        }
        return Trees.filtered(whole, options.mailboxes());
    }

    @Override
    public List<MailboxNode> treesKnown(MailboxTree mineTree, MailboxTree theirTree, Hints hints) {
        mine = mineTree;
        theirs = theirTree;
        MailboxTree possible = Trees.without(theirTree, takenGuids.keySet());
        treePlan = TreeMirror.plan(
                store.capabilities().folders() ? possible : Trees.withoutFolders(possible), mineTree, leftOut);
        for (MailboxName kept : treePlan.deletionsHeldBack()) {
            problem(kept, Status.DAMAGED, "not deleted, because the source has mailboxes that cannot be read");
        }
        return theirTree.mailboxes();
    }

    @Override
    public void beginPass(Pass next) throws IOException {
        pass = next;
        watch.newPass();
        if (pass == Pass.APPLY && !options.dryRun()) {
            apply(treePlan().before());
        }
    }

    private TreeMirror.Plan treePlan() {
        return Objects.requireNonNull(treePlan);
    }

    private void apply(List<TreeChange> changes) throws IOException {
        for (TreeChange change : changes) {
            try {
                store.apply(change);
                treeChanges++;
                observer.treeChange(change, false);
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                problem(change.name(), Failures.status(e), Failures.describe(e));
            }
        }
    }

    @Override
    public MailboxInfo open(MailboxNode node) throws IOException {
        name = node.name();
        watch.next(Objects.requireNonNull(node.guid()));
        current = null;
        before = null;
        try {
            MailboxName holder = takenGuids.get(Objects.requireNonNull(node.guid()));
            if (holder != null) {
                throw new NotPossibleException("its GUID is that of " + holder + ", which takes no part");
            }
            MailboxName there = pass == Pass.APPLY && !options.dryRun()
                    ? node.name()
                    : treePlan().origins().get(node.name());
            if (there == null) {
                before = new MailboxStatus(Objects.requireNonNull(node.guid()), 0, 1, 0, 1, 1, false);
            } else {
                Mailbox box = store.open(there);
                current = box;
                before = box.status();
            }
            MailboxGuid wanted = Objects.requireNonNull(node.guid());
            return Infos.of(underGuid(before, wanted, reidentified(node.name())), store.capabilities());
        } catch (IOException e) {
            if (Failures.endsRun(e)) {
                throw e;
            }
            fail(e);
            return Infos.lost(Objects.requireNonNull(node.guid()));
        }
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

    @Override
    public void skip(MailboxInfo info) {
        if (!info.lost()) {
            watch.skipped(info);
        }
        if (info.lost()) {
            if (before != null) {
                count(0, before.messages());
            }
            result(Status.DAMAGED, "cannot be read at the source", 0, Counts.NONE);
        } else if (before != null) {
            count(info.messages(), before.messages());
            MailboxResult untouched = new MailboxResult(currentName(), Status.DONE, "unchanged", true, 0, 0, 0, 0, 0);
            if (results.putIfAbsent(currentName(), untouched) == null) {
                observer.mailboxDone(untouched, (int) info.messages());
            }
        }
        close();
    }

    private MailboxName currentName() {
        return Objects.requireNonNull(name);
    }

    private void count(long source, long destination) {
        if (pass == Pass.PLAN) {
            sourceMails += source;
            destinationMails += destination;
        }
    }

    @Override
    public Exchanged exchange(Conversation talk, MailboxInfo info) throws IOException {
        MailboxStatus was = Objects.requireNonNull(before);
        Peer.Incoming first = talk.receiveWithBody();
        if (first.item() instanceof MailboxInfo given && given.lost()) {
            skip(given);
            return Exchanged.DONE;
        }
        Attributes attributes = AttributeExchange.receive(talk, first, currentName(), observer);
        SourceTable source = SourceTable.receive(talk, Infos.status(info), options.mails());
        watch.read(info, source.table());
        long gone;
        try {
            boolean told = mirrorAttributes(attributes);
            gone = pass == Pass.PLAN ? planOnly(talk, source, was) : carryOut(talk, source, told);
        } finally {
            close();
        }
        talk.send(new MailboxState(
                info.guid(),
                was.uidValidity(),
                info.uidNext() - 1,
                info.highestModSeq(),
                ModSeq.NONE,
                source.table().size(),
                false,
                gone));
        talk.receive(MailboxState.class);
        return gone > 0 ? Exchanged.ALL_AGAIN : Exchanged.DONE;
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
            problem(currentName(), Failures.status(e), "attributes: " + Failures.describe(e));
            return false;
        }
    }

    private long planOnly(Conversation talk, SourceTable source, MailboxStatus was) throws IOException {
        Counts counts = Counts.NONE;
        try {
            counts = count(source, was);
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

    private Counts count(SourceTable source, MailboxStatus was) throws IOException {
        Mailbox box = current;
        MailboxSnapshot basis = box == null ? new MailboxSnapshot.Builder().build(was, new Object()) : snapshot(box);
        MailboxPlan plan = MirrorMerge.plan(source.table(), basis, source.wanted());
        Counts counts = Counts.of(plan);
        count(source.table().size(), basis.size());
        deletions += counts.expunged();
        if (options.dryRun()) {
            if (!plan.steps().isEmpty()) {
                observer.planned(currentName(), plan, true);
            }
            result(Status.DONE, "planned", source.table().size(), counts);
        }
        return counts;
    }

    private MailboxSnapshot snapshot(Mailbox box) throws IOException {
        return options.type() == dev.twinbox.protocol.item.Handshake.SyncType.FULL
                ? box.detailedSnapshot()
                : box.snapshot();
    }

    /** Fetches what is missing and commits; whatever fails, the conversation stays in step. */
    private long carryOut(Conversation talk, SourceTable source, boolean attributesDone) throws IOException {
        MailboxImport job = new MailboxImport(
                Objects.requireNonNull(current), source, this::snapshot, observer, !watch.stoodStill());
        if (!attributesDone) {
            job.keepUnequal();
        }
        job.run(talk);
        result(job.status(), job.reason(), source.table().size(), job.counts());
        pending.put(currentName(), job.heldBack());
        return job.heldBack();
    }

    private void result(Status how, String why, int messages, Counts counts) {
        if (how != Status.DONE) {
            status = status.and(how);
            reason = currentName() + ": " + why;
        }
        MailboxResult result = new MailboxResult(
                currentName(),
                how,
                why,
                false,
                counts.saved(),
                counts.expunged(),
                counts.flagged(),
                counts.renumbered(),
                counts.bytes());
        results.merge(currentName(), result, MailboxResult::and);
        observer.mailboxDone(result, messages);
    }

    private void fail(IOException e) {
        observer.damage(currentName(), Failures.describe(e));
        result(Failures.status(e), Failures.describe(e), 0, Counts.NONE);
        close();
    }

    private void problem(MailboxName where, Status how, String what) {
        status = status.and(how);
        reason = where + ": " + what;
        observer.damage(where, what);
    }

    @Override
    public void endPass(Pass ended) throws IOException {
        if (ended == Pass.PLAN) {
            countDoomed();
            MailboxTree own = Objects.requireNonNull(mine);
            boolean shared = Objects.requireNonNull(theirs).mailboxes().stream()
                    .anyMatch(node ->
                            own.find(Objects.requireNonNull(node.guid())).isPresent());
            Optional<String> objection = DeleteGuard.objection(
                    new DeleteGuard.Census(
                            sourceName, store.describe(), sourceMails, destinationMails, deletions, shared),
                    options.deleteLimit());
            if (objection.isPresent()) {
                throw new GuardException(objection.get());
            }
            if (options.dryRun()) {
                showTree();
            }
        } else if (!options.dryRun()) {
            sayWhatIsPending();
            if (status.compareTo(Status.CHANGED) <= 0) {
                apply(treePlan().after());
            } else if (!treePlan().after().isEmpty()) {
                observer.warning(null, "nothing was deleted from the mailbox tree, because the run met problems");
            }
        }
    }

    private void sayWhatIsPending() {
        long mails = 0;
        for (int count : pending.values()) {
            mails += count;
        }
        if (mails > 0) {
            status = status.and(Status.CHANGED);
            if (reason == null) {
                reason = "the source never stood still; " + mails
                        + " mails that are gone there, or were moved, are still at the destination; run again";
            }
        }
    }

    /** Mails of mailboxes that are to be deleted count as deletions. */
    private void countDoomed() throws IOException {
        for (TreeChange change : treePlan().after()) {
            MailboxName there = treePlan().origins().get(change.name());
            if (change instanceof TreeChange.Delete && there != null) {
                try (Mailbox box = store.open(there)) {
                    int messages = box.status().messages();
                    destinationMails += messages;
                    deletions += messages;
                } catch (IOException e) {
                    problem(there, Failures.status(e), Failures.describe(e));
                }
            }
        }
    }

    private void showTree() {
        for (TreeChange change : treePlan().before()) {
            treeChanges++;
            observer.treeChange(change, true);
        }
        for (TreeChange change : treePlan().after()) {
            treeChanges++;
            observer.treeChange(change, true);
        }
    }

    @Override
    public Outcome finish() throws IOException {
        if (!options.dryRun()) {
            store.flush();
        }
        return new Outcome(status, reason, List.copyOf(results.values()), treeChanges);
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
}
