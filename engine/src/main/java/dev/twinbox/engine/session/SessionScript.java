package dev.twinbox.engine.session;

import dev.twinbox.engine.session.Side.Exchanged;
import dev.twinbox.engine.state.BoxState;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxHint;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.SyncItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The order in which two peers say things in a run, read from top to bottom: handshake, trees, mailboxes, end
 * (dsync wire protocol, section 3.1). One object is one end of one run.
 */
final class SessionScript implements Branches.Skip {
    /** How often all mailboxes are looked at again until the source stands still and mails can be taken away. */
    private static final int ROUNDS_MAX = 8;

    private final boolean initiator;
    private final Direction direction;
    private final Side side;
    private final Conversation talk;
    private final SyncOptions options;
    private final Branches branches;
    private boolean planFirst;
    private boolean hinting;
    private boolean listensFirst;
    private Finish finish = Finish.OK;

    /** Mails are to be taken away, which needs two rounds over all mailboxes before. */
    private boolean allDue;

    private final Map<MailboxGuid, MailboxNode> mailboxes = new LinkedHashMap<>();

    /** Mailboxes of the other side that are folders at this one, with nothing to sync. */
    private final Set<MailboxGuid> folders = new HashSet<>();

    SessionScript(boolean initiator, Direction direction, Side side, Conversation talk, SyncOptions options) {
        this.initiator = initiator;
        this.direction = direction;
        this.side = side;
        this.talk = talk;
        this.options = options;
        this.branches = new Branches(initiator, talk, this);
    }

    /** The whole run. On failure the peer has been told that it is over. */
    Outcome run(boolean wantPlanFirst) throws IOException {
        return run(true, wantPlanFirst);
    }

    /**
     * The run after the handshakes, with a peer that does not know planning passes.
     *
     * @param peerSpeaksAtOnce whether it says its tree without waiting for ours
     * @param wantPlanFirst only where this end alone is changed: the peer just answers twice
     */
    Outcome runGreeted(boolean peerSpeaksAtOnce, boolean wantPlanFirst) throws IOException {
        listensFirst = peerSpeaksAtOnce;
        return run(false, wantPlanFirst);
    }

    /** The run after the handshakes, with a Twinbox that is elsewhere. */
    Outcome runAgreed(Handshake theirs, boolean planned) throws IOException {
        hinting = side.saysHints() && theirs.hints();
        return run(false, planned);
    }

    private Outcome run(boolean greets, boolean wantPlanFirst) throws IOException {
        boolean ended = false;
        IOException why = null;
        try {
            planFirst = wantPlanFirst;
            if (greets) {
                handshake(wantPlanFirst);
            }
            savedState();
            trees();
            Set<MailboxGuid> unchanged = new HashSet<>();
            if (planFirst) {
                pass(Pass.PLAN, unchanged);
            }
            pass(Pass.APPLY, unchanged);
            Outcome outcome = side.finish();
            farewell(outcome);
            ended = true;
            return outcome;
        } catch (IOException e) {
            why = e;
            throw e;
        } finally {
            if (!ended) {
                talk.bye(why);
            }
            side.close();
        }
    }

    private void handshake(boolean wantPlanFirst) throws IOException {
        Terms terms = new Terms(
                direction, side.keepsDestinationChanges(), wantPlanFirst, side.saysHints(), RemoteAsk.NOTHING);
        talk.send(initiator ? terms.initiator(options) : terms.responder(options));
        Handshake theirs = talk.receive(Handshake.class);
        hinting = side.saysHints() && theirs.hints();
        planFirst = initiator ? wantPlanFirst : theirs.planFirst();
    }

    /** Only the initiator has a state; the responder goes by the same. */
    private void savedState() throws IOException {
        if (options.type() != SyncType.STATE) {
            return;
        }
        if (initiator) {
            SyncState state = talk.isDsync() ? side.usable(options.state()) : options.state();
            for (Map.Entry<MailboxGuid, BoxState> entry : state.boxes().entrySet()) {
                talk.send(item(entry.getKey(), entry.getValue()));
            }
            talk.endList();
            side.stateKnown(state);
        } else {
            Map<MailboxGuid, BoxState> boxes = new LinkedHashMap<>();
            talk.receiveList(
                    MailboxState.class,
                    (said, body) -> boxes.put(
                            said.mailbox(),
                            new BoxState(
                                    said.uidValidity(),
                                    said.commonUid(),
                                    said.commonModSeq().value(),
                                    said.commonPrivateModSeq().value(),
                                    said.messages())));
            side.stateKnown(SyncState.of(boxes));
        }
    }

    private static MailboxState item(MailboxGuid guid, BoxState state) {
        return new MailboxState(
                guid,
                state.uidValidity(),
                state.commonUid(),
                new ModSeq(state.commonModSeq()),
                new ModSeq(state.commonPrivateModSeq()),
                state.messages(),
                false,
                0);
    }

    private void trees() throws IOException {
        MailboxTree[] said = new MailboxTree[1];
        MailboxTree mine;
        if (listensFirst) {
            said[0] = heard();
            mine = side.treeHeard(Trees.spelledLike(said[0], side.tree()), said[0]);
            Trees.send(talk, mine);
        } else {
            mine = side.tree();
            MailboxTree own = mine;
            Duplex.run(
                    talk,
                    new Duplex.Half() {
                        @Override
                        public void run() throws IOException {
                            Trees.send(talk, own);
                        }
                    },
                    new Duplex.Half() {
                        @Override
                        public void run() throws IOException {
                            said[0] = heard();
                        }
                    });
        }
        MailboxTree other = Objects.requireNonNull(said[0]);
        List<MailboxNode> all = side.treesKnown(mine, other, hinting ? hints(other) : side.ownHints(other));
        if (!options.noMailSync()) {
            for (MailboxNode node : all) {
                mailboxes.put(Objects.requireNonNull(node.guid()), node);
            }
        }
    }

    /**
     * The other side's tree. A Dovecot 2.4 makes an empty mailbox of a namespace's own name, which nobody has asked for; here, as
     * in 2.3, there is no room for one.
     */
    private MailboxTree heard() throws IOException {
        MailboxTree other = Trees.receive(talk);
        if (talk.isDsync()) {
            for (MailboxNode node : other.mailboxes()) {
                if (node.uidNext() <= 1 && side.isOnlyFolder(node.name())) {
                    folders.add(Objects.requireNonNull(node.guid()));
                }
            }
        }
        return Trees.asFolders(other, folders);
    }

    private Side.Hints hints(MailboxTree other) throws IOException {
        List<MailboxHint> mine = side.hints(other);
        List<MailboxHint> theirs = new ArrayList<>();
        Duplex.run(
                talk,
                new Duplex.Half() {
                    @Override
                    public void run() throws IOException {
                        for (MailboxHint hint : mine) {
                            talk.send(hint);
                        }
                        talk.endList();
                    }
                },
                new Duplex.Half() {
                    @Override
                    public void run() throws IOException {
                        talk.receiveList(MailboxHint.class, theirs);
                    }
                });
        return new Side.Hints(mine, theirs);
    }

    private void pass(Pass pass, Set<MailboxGuid> unchanged) throws IOException {
        side.beginPass(pass);
        if (initiator) {
            initiate(pass, unchanged);
        } else {
            respond(pass, unchanged);
        }
        // Nothing is changed anywhere before both ends have agreed to the plan.
        if (pass == Pass.PLAN && talk.isDsync()) {
            side.endPass(pass); // the other end has nothing to agree to: it is not changed
        } else if (pass == Pass.PLAN && !initiator) {
            side.endPass(pass);
            talk.endList();
        } else if (pass == Pass.PLAN) {
            side.endPass(pass);
            talk.endList();
            talk.receive(EndOfList.class);
        } else {
            if (initiator) {
                talk.endList();
            }
            side.endPass(pass);
        }
    }

    private void initiate(Pass pass, Set<MailboxGuid> unchanged) throws IOException {
        List<MailboxNode> due = due(pass, unchanged);
        for (int round = 1; round <= ROUNDS_MAX && !due.isEmpty(); round++) {
            boolean all = false;
            List<MailboxNode> again = new ArrayList<>();
            for (Offered each : offer(due, round > 1)) {
                Exchanged how = each.how();
                if (how == Exchanged.EQUAL && pass == Pass.PLAN) {
                    unchanged.add(Objects.requireNonNull(each.node().guid()));
                } else if (how == Exchanged.AGAIN) {
                    again.add(each.node());
                }
                all |= how == Exchanged.ALL_AGAIN;
            }
            if (pass == Pass.PLAN || talk.isDsync()) {
                allDue = all;
                break;
            }
            // Mails are taken away only when it is sure that they were not just moved: see SourceWatch.
            due = all ? List.copyOf(mailboxes.values()) : again;
        }
    }

    private List<MailboxNode> due(Pass pass, Set<MailboxGuid> unchanged) {
        List<MailboxNode> due = new ArrayList<>();
        for (MailboxNode node : mailboxes.values()) {
            if (pass == Pass.PLAN || (!options.dryRun() && (allDue || !unchanged.contains(node.guid())))) {
                due.add(node);
            }
        }
        return due;
    }

    /** What comes of a mailbox in one round. */
    record Offered(MailboxNode node, Exchanged how) {}

    private List<Offered> offer(List<MailboxNode> due, boolean laterRound) throws IOException {
        List<Offered> results = new ArrayList<>();
        List<MailboxNode> looked = new ArrayList<>();
        for (MailboxNode node : due) {
            if (options.type() == SyncType.STATE && !laterRound && !side.isDue(node)) {
                results.add(new Offered(node, Exchanged.EQUAL));
            } else if (talk.canBranch()) {
                looked.add(node);
            } else {
                results.add(new Offered(node, offer(side.turn(node), node, laterRound)));
            }
        }
        if (!looked.isEmpty()) {
            results.addAll(branches.offer(looked, side, laterRound));
        }
        return results;
    }

    private Exchanged offer(Side.Turn turn, MailboxNode node, boolean laterRound) throws IOException {
        try {
            MailboxInfo mine = turn.say();
            if (mine.lost() && talk.isDsync()) {
                return Exchanged.DONE; // a Dovecot knows that of who answers only, and would begin with the mailbox
            }
            talk.send(mine);
            MailboxInfo theirs = talk.receive(MailboxInfo.class);
            if (!theirs.guid().equals(mine.guid()) && !theirs.guid().equals(node.guid())) {
                throw new PeerException("the other side answered for another mailbox");
            }
            if (skips(mine, theirs, laterRound)) {
                turn.skip(theirs);
                return Exchanged.EQUAL;
            }
            return turn.exchange(talk, theirs);
        } finally {
            turn.release();
        }
    }

    private void respond(Pass pass, Set<MailboxGuid> unchanged) throws IOException {
        Set<MailboxGuid> seen = new HashSet<>();
        try (SayAhead ahead = new SayAhead(
                side, options.type(), side.saysAhead() && !talk.canBranch() ? due(pass, unchanged) : List.of())) {
            while (true) {
                ahead.sayNext();
                SyncItem item = talk.receive();
                if (item instanceof EndOfList) {
                    return;
                }
                if (!(item instanceof MailboxInfo theirs)) {
                    throw new PeerException("the other side sent " + item.kind() + " instead of a mailbox");
                }
                if (talk.canBranch()) {
                    branches.answer(theirs, mailboxes, side, seen);
                } else if (answer(theirs, !seen.add(theirs.guid()), ahead) == Exchanged.EQUAL && pass == Pass.PLAN) {
                    unchanged.add(theirs.guid());
                }
            }
        }
    }

    private Exchanged answer(MailboxInfo theirs, boolean again, SayAhead ahead) throws IOException {
        MailboxNode node = mailboxes.get(theirs.guid());
        if (node == null) {
            boolean folder = folders.contains(theirs.guid());
            talk.send(folder ? MailboxInfo.ignored(theirs.guid()) : side.missing(theirs.guid()));
            return Exchanged.DONE;
        }
        SayAhead.Said said = ahead.take(node);
        Side.Turn turn = said == null ? side.turn(node) : said.turn();
        try {
            MailboxInfo mine = said == null ? turn.say() : said.info();
            talk.send(mine);
            if (skips(mine, theirs, again)) {
                turn.skip(theirs);
                return Exchanged.EQUAL;
            }
            return turn.exchange(talk, theirs);
        } finally {
            turn.release();
        }
    }

    /** Both ends come to the same answer from the same two items. */
    @Override
    public boolean skips(MailboxInfo mine, MailboxInfo theirs, boolean laterRound) {
        if (mine.lost() || mine.ignore() || theirs.lost() || theirs.ignore()) {
            return true;
        }
        if (options.type() == SyncType.FULL && !laterRound) {
            return false;
        }
        if (options.type() == SyncType.STATE && !laterRound) {
            return false;
        }
        return talk.isDsync() ? Infos.sameNumbers(mine, theirs) : side.provesEqual(mine, theirs);
    }

    private void farewell(Outcome outcome) throws IOException {
        if (!talk.knowsFinish()) {
            return;
        }
        if (initiator) {
            finish = talk.receive(Finish.class);
        } else {
            boolean fine = outcome.status().compareTo(Outcome.Status.CHANGED) <= 0;
            boolean resync = fine && outcome.status() == Outcome.Status.CHANGED && options.type() == SyncType.STATE;
            int status = talk.isDsync() ? 0 : outcome.status().exitCode();
            talk.send(new Finish(fine ? null : outcome.reason(), fine ? 0 : TEMPORARY_ERROR, resync, status));
        }
    }

    /** What the responder said last; nothing went wrong if it has said nothing yet. */
    Finish farewell() {
        return finish;
    }

    /** dsync's number for a temporary error. */
    private static final int TEMPORARY_ERROR = 1;
}
