package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.MailboxMerge;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.state.BoxState;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The source of a one-way run: says what there is and hands out what is asked for. Never writes. */
final class SourceSide implements Side {
    /** Tables of up to this many mails in all are kept between the passes of a run instead of being read again. */
    private static final long CACHED_MAILS_MAX = 300_000;

    private final MailStore store;
    private final SyncOptions options;
    private final SyncObserver observer;
    private final boolean initiator;
    private final Dialect dialect;
    /** Whether nobody else tells what comes of the run. */
    private final boolean alone;

    private final RunReport report;
    private final StateBook states = new StateBook();
    private final @Nullable ReadAhead readAhead;

    private final Map<MailboxName, Mailbox> opened = new HashMap<>();
    private final Map<MailboxName, MailboxSnapshot> tables = new HashMap<>();
    /** What the other side was not done with when it was last gone through. */
    private final Set<MailboxName> unclean = new LinkedHashSet<>();

    private long cachedMails;
    private Status status = Status.DONE;
    private @Nullable String reason;
    private List<MailboxNode> mailboxes = List.of();

    /**
     * Of a run within this process: what comes of it is told by the destination.
     *
     * @param readAhead null if mails are not to be read before the other end wants them
     */
    SourceSide(MailStore store, SyncOptions options, SyncObserver observer, @Nullable ReadAhead readAhead) {
        this(store, options, observer, false, Dialect.TWINBOX, false, readAhead);
    }

    /**
     * Of a run whose other end is elsewhere.
     *
     * @param initiator whether it speaks first; of no consequence to a Twinbox
     */
    static SourceSide alone(
            MailStore store, SyncOptions options, SyncObserver observer, boolean initiator, Dialect dialect) {
        return new SourceSide(store, options, observer, initiator, dialect, true, null);
    }

    private SourceSide(
            MailStore store,
            SyncOptions options,
            SyncObserver observer,
            boolean initiator,
            Dialect dialect,
            boolean alone,
            @Nullable ReadAhead readAhead) {
        this.alone = alone;
        this.readAhead = readAhead;
        this.dialect = dialect;
        this.report = new RunReport(observer);
        this.initiator = initiator;
        this.store = store;
        this.options = options;
        this.observer = observer;
    }

    @Override
    public boolean isOnlyFolder(MailboxName name) {
        return store.isOnlyFolder(name);
    }

    @Override
    public MailboxTree tree() throws IOException {
        if (!store.exists() && !options.deleteLimit().off()) {
            throw new SourceMissingException(
                    "Nothing was changed. The source " + store.describe() + " does not exist: is the direction right?"
                            + " To make the configured storage like the destination instead, add -R. To take a source"
                            + " that is not there for an empty one, and delete the destination's mails, add --allow-delete.");
        }
        MailboxTree whole = Trees.filtered(store.tree(), options.mailboxes());
        return dialect == Dialect.DSYNC ? RecordedTree.of(store, whole, observer) : whole;
    }

    /** Of what a Dovecot would delete there is no telling, but that nothing here can be the source of what is there is plain. */
    @Override
    public MailboxTree treeHeard(MailboxTree mineTree, MailboxTree theirs) throws GuardException {
        boolean shared = Trees.shareMailbox(theirs, mineTree);
        long here = Trees.mailsAtMost(mineTree.mailboxes());
        if (here > 0 || shared) {
            return mineTree;
        }
        long there = Trees.mailsAtMost(theirs.mailboxes());
        Optional<String> objection = DeleteGuard.objection(
                new DeleteGuard.Census(store.describe(), "the other side", 0, there, there, false),
                options.deleteLimit());
        if (objection.isPresent()) {
            throw new GuardException(objection.get());
        }
        return mineTree;
    }

    @Override
    public List<MailboxNode> treesKnown(MailboxTree mineTree, MailboxTree theirs, Hints hints) {
        observer.sized(mineTree.mailboxes().size(), Trees.mailsAtMost(mineTree.mailboxes()));
        mailboxes = mineTree.mailboxes();
        return mailboxes;
    }

    @Override
    public void beginPass(Pass pass) {
        unclean.clear(); // what was only planned before may need nothing now, and then nobody says that it ended well
    }

    @Override
    public Turn turn(MailboxNode node) {
        return new SourceTurn(node);
    }

    /** A mailbox that is spoken of; it stays open till the end of the run. */
    private final class SourceTurn implements Turn {
        private final MailboxNode node;
        private @Nullable Mailbox current;
        private @Nullable MailboxInfo mine;

        SourceTurn(MailboxNode node) {
            this.node = node;
        }

        @Override
        public void release() {}

        @Override
        public MailboxInfo say() throws IOException {
            current = null;
            try {
                Mailbox box = opened.get(node.name());
                if (box == null) {
                    box = store.open(node.name());
                    opened.put(node.name(), box);
                }
                MailboxInfo info = Infos.of(box.status(), store.capabilities());
                if (states.hasPosition(info.guid()) && !states.canGoOn(box, info)) {
                    return MailboxInfo.lost(info.guid());
                }
                current = box;
                mine = info;
                return info;
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                worse(node.name(), e);
                return MailboxInfo.lost(java.util.Objects.requireNonNull(node.guid()));
            }
        }

        @Override
        public void skip(MailboxInfo theirs) {
            if (dialect == Dialect.DSYNC && theirs.lost()) {
                states.ended(theirs.guid(), null);
                changed((current == null ? "a mailbox" : current.name().toString())
                        + " is not there at the other side, or cannot go on from the saved state");
            }
            if (current != null) {
                if (mine != null && !theirs.lost()) {
                    states.equal(mine.guid(), mine);
                    if (alone) {
                        report.unchanged(current.name(), mine.messages());
                    }
                }
                opened.remove(current.name());
                Failures.closeQuietly(current, observer);
            }
        }

        @Override
        public Exchanged exchange(Conversation talk, MailboxInfo theirs) throws IOException {
            Mailbox box = java.util.Objects.requireNonNull(current);
            MailboxSnapshot table;
            Attributes attributes;
            try {
                table = table(box, theirs);
                attributes = AttributeExchange.of(store.keepsAttributes(), box, talk.isDsync());
            } catch (IOException e) {
                worse(box.name(), e);
                skip(theirs);
                if (talk.isDsync()) {
                    throw e; // a Dovecot waits for the lists, and would take what is not in them for expunged
                }
                talk.send(
                        MailboxInfo.lost(java.util.Objects.requireNonNull(mine).guid()));
                return Exchanged.DONE;
            }
            if (talk.isDsync()) {
                sayToDovecot(talk, theirs, box, table, attributes);
            } else {
                AttributeExchange.send(talk, attributes);
                sendChanges(talk, box, table, identity(theirs));
            }
            List<MailRequest> requests = new ArrayList<>();
            talk.receiveList(MailRequest.class, (request, body) -> requests.add(request));
            long mails = 0;
            long bytes = 0;
            MailboxPlan asItIs = MailboxPlan.asItIs(table.status());
            for (Requested each : Requested.inOrder(requests, table, asItIs, box.name())) {
                long sent = answer(talk, box, table, each);
                mails += sent < 0 ? 0 : 1;
                bytes += Math.max(0, sent);
            }
            talk.endList();
            if (alone) {
                report.result(box.name(), Status.DONE, "said", table.size(), Counts.sent(mails, bytes));
            }
            talk.send(new MailboxState(
                    table.status().guid(),
                    table.status().uidValidity(),
                    table.status().uidNext() - 1,
                    new ModSeq(table.status().highestModSeq()),
                    ModSeq.NONE,
                    table.size(),
                    false,
                    0));
            MailboxState state = talk.receive(MailboxState.class);
            boolean clean = !state.changesDuringSync() && state.pending() == 0;
            if (clean) {
                unclean.remove(box.name());
            } else if (alone) {
                unclean.add(box.name());
            }
            states.ended(state.mailbox(), clean ? StateBook.agreed(said(table), state) : null);
            return state.pending() > 0 ? Exchanged.ALL_AGAIN : Exchanged.DONE;
        }

        /** What was said of the mailbox: mails that came into it since are news to the next run. */
        private BoxState said(MailboxSnapshot table) {
            MailboxInfo info = java.util.Objects.requireNonNull(mine);
            return new BoxState(
                    info.uidValidity(),
                    Math.min(info.uidNext(), table.status().uidNext()) - 1,
                    Math.min(info.highestModSeq().value(), table.status().highestModSeq()),
                    0,
                    info.messages());
        }

        private Identity identity(MailboxInfo theirs) {
            return Identity.of(
                    new MergeRole(initiator, Direction.SOURCE), java.util.Objects.requireNonNull(mine), theirs);
        }

        /** What its importer asks for: also what the log knows, and in a stateful run only what is new. */
        private void sayToDovecot(
                Conversation talk, MailboxInfo theirs, Mailbox box, MailboxSnapshot table, Attributes attributes)
                throws IOException {
            MailboxInfo info = java.util.Objects.requireNonNull(mine);
            MailboxMerge.Common common = states.common(info.guid());
            Identity identity = identity(theirs);
            Listing.say(
                    talk,
                    new Listing.Subject(
                            box, table, box.changes(common.modSeq()), info, attributes, options.mails(), identity),
                    common);
        }
    }

    @Override
    public void stateKnown(SyncState state) {
        states.beginWith(state);
    }

    @Override
    public SyncState usable(SyncState state) throws IOException {
        return states.usable(state, store);
    }

    @Override
    public boolean isDue(MailboxNode node) {
        try (Mailbox box = store.open(node.name())) {
            return states.isChanged(java.util.Objects.requireNonNull(node.guid()), box.status());
        } catch (IOException e) {
            return true; // opening it will say what is wrong
        }
    }

    private MailboxSnapshot table(Mailbox box, MailboxInfo theirs) throws IOException {
        MailboxSnapshot known = tables.get(box.name());
        if (known != null && !box.changedSince(known)) {
            return known;
        }
        boolean detailed = options.type() == dev.twinbox.protocol.item.Handshake.SyncType.FULL
                || options.mails().since() > 0
                || options.mails().until() > 0;
        MailboxSnapshot table = detailed ? box.detailedSnapshot() : box.snapshot();
        LeftOut.check(box, theirs);
        if (cachedMails + table.size() <= CACHED_MAILS_MAX) {
            cachedMails += table.size();
            tables.put(box.name(), table);
        }
        return table;
    }

    private void sendChanges(Conversation talk, Mailbox box, MailboxSnapshot table, Identity identity)
            throws IOException {
        boolean sizes = options.mails().maxSize() > 0;
        @Nullable
        String @Nullable [] hashes = identity == Identity.GUID
                ? null
                : Identity.hashes(box, table, !table.status().provisional());
        for (int row = 0; row < table.size(); row++) {
            String hash = hashes == null ? null : hashes[row];
            if (hashes != null && hash == null) {
                continue; // gone meanwhile
            }
            long size = MailChange.UNKNOWN;
            if (sizes) {
                try {
                    size = box.virtualSize(new Uid(table.uid(row)));
                } catch (BodyGoneException e) {
                    continue;
                }
            }
            talk.send(new MailChange(
                    MailChange.Type.SAVE,
                    new Uid(table.uid(row)),
                    table.guid(row),
                    hash,
                    new ModSeq(table.modSeq(row)),
                    ModSeq.NONE,
                    Flags.NONE,
                    Flags.NONE,
                    table.flags(row),
                    false,
                    keywords(table.keywords(row)),
                    table.received(row) == MailboxSnapshot.RECEIVED_UNKNOWN ? MailChange.UNKNOWN : table.received(row),
                    size,
                    Map.of()));
        }
        talk.endList();
    }

    private static List<MailChange.KeywordChange> keywords(Keywords keywords) {
        if (keywords.isEmpty()) {
            return List.of();
        }
        List<MailChange.KeywordChange> changes =
                new ArrayList<>(keywords.names().size());
        for (String name : keywords.names()) {
            changes.add(new MailChange.KeywordChange(MailChange.KeywordChange.Action.SET, name));
        }
        return changes;
    }

    /**
     * Sends it; returns how many bytes went, as far as the peer is elsewhere, or -1 if the mail is gone. One in this process gets
     * the store's own body, which its store may know how to take without reading it.
     */
    private long answer(Conversation talk, Mailbox box, MailboxSnapshot table, Requested each) throws IOException {
        int row = each.row();
        MailGuid guid = each.request().guid();
        Uid uid = new Uid(table.uid(row));
        try {
            long received =
                    table.received(row) == MailboxSnapshot.RECEIVED_UNKNOWN ? box.received(uid) : table.received(row);
            Mailbox.Pop3 pop3 = box.pop3(uid);
            long asked = guid == null ? each.request().uid() : 0;
            if (!alone) {
                Mail mail = new Mail(guid, asked, pop3.uidl(), pop3.order(), received, 0, true);
                talk.send(mail, readAhead == null ? box.body(uid) : readAhead.of(box.body(uid)));
                return 0;
            }
            try (RestOfBody rest = RestOfBody.of(box.body(uid), each.request().have())) {
                CountedBody body = new CountedBody(rest);
                talk.send(new Mail(guid, asked, pop3.uidl(), pop3.order(), received, 0, true, rest.from()), body);
                return body.bytes();
            }
        } catch (BodyGoneException e) {
            talk.send(Mail.gone(each.request()));
            return -1;
        }
    }

    /** The first reason is the one that is told. */
    private void changed(String what) {
        status = status.and(Status.CHANGED);
        if (reason == null) {
            reason = what + "; run again";
        }
    }

    private void worse(MailboxName name, IOException e) {
        status = status.and(Failures.status(e));
        reason = name + ": " + Failures.describe(e);
        observer.damage(name, "source mailbox left out: " + Failures.describe(e));
    }

    @Override
    public void endPass(Pass pass) {}

    /** Says whether the source stood still: only then is a destination like it. */
    @Override
    public Outcome finish() throws IOException {
        for (Map.Entry<MailboxName, MailboxSnapshot> entry : tables.entrySet()) {
            Mailbox box = opened.get(entry.getKey());
            if (box != null && !options.dryRun() && box.changedSince(entry.getValue())) {
                changed(entry.getKey() + " changed at the source during the run");
            }
        }
        for (MailboxName name : unclean) {
            changed(name + " changed at the other side during the run");
        }
        SyncState state = states.endsWith(Trees.guids(mailboxes));
        return new Outcome(status, reason, report.outcome(state).mailboxes(), 0, state);
    }

    @Override
    public void close() {
        for (Mailbox box : opened.values()) {
            Failures.closeQuietly(box, observer);
        }
        opened.clear();
    }

    /** The administrator pointed at nothing. Nothing was written. */
    static final class SourceMissingException extends IOException {
        private static final long serialVersionUID = 1L;

        SourceMissingException(String message) {
            super(message);
        }
    }
}
