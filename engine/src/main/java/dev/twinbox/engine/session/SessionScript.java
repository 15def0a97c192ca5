package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.MirrorMerge;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.SyncItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The order in which two peers say things in a one-way run, read from top to bottom: handshake, trees, mailboxes, end
 * (dsync wire protocol, section 3.1). One object is one end of one run.
 */
final class SessionScript {
    /** How often all mailboxes are looked at again until the source stands still and mails can be taken away. */
    private static final int ROUNDS_MAX = 8;

    private final boolean initiator;
    private final Direction direction;
    private final Side side;
    private final Conversation talk;
    private final SyncOptions options;
    private final SyncObserver observer;
    private boolean planFirst;
    private List<MailboxNode> mailboxes = List.of();

    SessionScript(
            boolean initiator,
            Direction direction,
            Side side,
            Conversation talk,
            SyncOptions options,
            SyncObserver observer) {
        this.initiator = initiator;
        this.direction = direction;
        this.side = side;
        this.talk = talk;
        this.options = options;
        this.observer = observer;
    }

    /** The whole run. On failure the peer has been told that it is over. */
    Outcome run(boolean wantPlanFirst) throws IOException {
        boolean ended = false;
        try {
            handshake(wantPlanFirst);
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
        } finally {
            if (!ended) {
                sayDone();
            }
            side.close();
        }
    }

    private void handshake(boolean wantPlanFirst) throws IOException {
        Handshake mine = new Handshake(
                options.hostname(),
                initiator ? options.type() : null,
                List.of(),
                null,
                null,
                List.of(),
                false,
                true,
                initiator && direction == Direction.DESTINATION,
                initiator && direction == Direction.SOURCE,
                false,
                options.noMailSync(),
                false,
                false,
                0,
                options.mails().since(),
                options.mails().until(),
                options.mails().maxSize(),
                options.mails().flag(),
                null,
                List.of("Date", "Message-ID"),
                initiator && wantPlanFirst);
        talk.send(mine);
        Handshake theirs = talk.receive(Handshake.class);
        planFirst = initiator ? wantPlanFirst : theirs.planFirst();
    }

    private void trees() throws IOException {
        MailboxTree mine = side.tree();
        MailboxTree[] theirs = new MailboxTree[1];
        Duplex.run(talk, () -> Trees.send(talk, mine), () -> theirs[0] = Trees.receive(talk));
        MailboxTree other = Objects.requireNonNull(theirs[0]);
        side.treesKnown(mine, other);
        mailboxes = options.noMailSync() ? List.of() : (direction == Direction.SOURCE ? mine : other).mailboxes();
        if (direction == Direction.SOURCE) {
            observer.sized(mailboxes.size(), mailsAtMost(mailboxes));
        }
    }

    /** UIDNEXT is the only number a tree has; good enough for a progress bar's first guess. */
    private static long mailsAtMost(List<MailboxNode> nodes) {
        long sum = 0;
        for (MailboxNode node : nodes) {
            sum += Math.max(0, node.uidNext() - 1);
        }
        return sum;
    }

    private void pass(Pass pass, Set<MailboxGuid> unchanged) throws IOException {
        side.beginPass(pass);
        if (initiator) {
            initiate(pass, unchanged);
        } else {
            respond();
        }
        side.endPass(pass);
    }

    private void initiate(Pass pass, Set<MailboxGuid> unchanged) throws IOException {
        List<MailboxNode> due = new ArrayList<>();
        for (MailboxNode node : mailboxes) {
            if (pass == Pass.PLAN || (!options.dryRun() && !unchanged.contains(node.guid()))) {
                due.add(node);
            }
        }
        for (int round = 1; round <= ROUNDS_MAX && !due.isEmpty(); round++) {
            boolean pending = false;
            for (MailboxNode node : due) {
                MailboxInfo mine = side.open(node);
                talk.send(mine);
                MailboxInfo theirs = talk.receive(MailboxInfo.class);
                if (!theirs.guid().equals(mine.guid()) && !theirs.guid().equals(node.guid())) {
                    throw new PeerException("the other side answered for another mailbox");
                }
                if (skips(mine, theirs, round > 1)) {
                    side.skip(theirs);
                    if (pass == Pass.PLAN) {
                        unchanged.add(Objects.requireNonNull(node.guid()));
                    }
                } else {
                    pending |= side.exchange(talk, theirs);
                }
            }
            // Mails are taken away only when it is sure that they were not just moved: see SourceWatch.
            if (!pending || pass == Pass.PLAN) {
                break;
            }
            due = mailboxes;
        }
        talk.send(new EndOfList());
    }

    private void respond() throws IOException {
        Set<MailboxGuid> seen = new HashSet<>();
        while (true) {
            SyncItem item = talk.receive();
            if (item instanceof EndOfList) {
                return;
            }
            if (!(item instanceof MailboxInfo theirs)) {
                throw new PeerException("the other side sent " + item.kind() + " instead of a mailbox");
            }
            MailboxNode node = find(theirs.guid());
            if (node == null) {
                talk.send(Infos.lost(theirs.guid()));
                continue;
            }
            MailboxInfo mine = side.open(node);
            talk.send(mine);
            boolean again = !seen.add(theirs.guid());
            if (skips(mine, theirs, again)) {
                side.skip(theirs);
            } else {
                side.exchange(talk, theirs);
            }
        }
    }

    private @Nullable MailboxNode find(MailboxGuid guid) {
        for (MailboxNode node : mailboxes) {
            if (guid.equals(node.guid())) {
                return node;
            }
        }
        return null;
    }

    /** Both ends come to the same answer from the same two items. */
    private boolean skips(MailboxInfo mine, MailboxInfo theirs, boolean laterRound) {
        if (mine.lost() || theirs.lost()) {
            return true;
        }
        if (options.type() == SyncType.FULL && !laterRound) {
            return false;
        }
        return MirrorMerge.looksEqual(Infos.status(mine), Infos.status(theirs));
    }

    private void farewell(Outcome outcome) throws IOException {
        if (initiator) {
            talk.receive(Finish.class);
        } else {
            boolean fine = outcome.status().compareTo(Outcome.Status.CHANGED) <= 0;
            talk.send(new Finish(fine ? null : outcome.reason(), fine ? 0 : TEMPORARY_ERROR, false));
        }
    }

    /** dsync's number for a temporary error. */
    private static final int TEMPORARY_ERROR = 1;

    private void sayDone() {
        try {
            talk.send(new Done());
        } catch (IOException e) {
            talk.abort("this side failed");
        }
    }
}
