package dev.twinbox.engine.session;

import dev.twinbox.engine.session.SessionScript.Offered;
import dev.twinbox.engine.session.Side.Exchanged;
import dev.twinbox.engine.session.Side.Turn;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.SyncItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes through many mailboxes at once, with another Twinbox: the numbers of all of them are said in one list, which costs
 * one round trip however many there are, and those that may differ are exchanged on branches, several at a time. Both ends
 * come to the same list of these, so the place in it is the branch's number.
 *
 * <p>Used by one session's thread.
 */
final class Branches {
    /** How many mailboxes are under way at once. While one of them waits for the other end the next is worked on. */
    static final int AT_ONCE = 16;

    private final boolean initiator;
    private final Conversation talk;
    private final Skip skips;
    private int used;

    /** Whether nothing is to be done about a mailbox of which both ends have said this. */
    interface Skip {
        boolean skips(MailboxInfo mine, MailboxInfo theirs, boolean again);
    }

    Branches(boolean initiator, Conversation talk, Skip skips) {
        this.initiator = initiator;
        this.talk = talk;
        this.skips = skips;
    }

    /** A mailbox that may differ. */
    private record Due(MailboxNode node, Turn turn, boolean again) {}

    /** The initiator's half of a round. */
    List<Offered> offer(List<MailboxNode> nodes, Side side, boolean again) throws IOException {
        List<Turn> turns = new ArrayList<>();
        List<MailboxInfo> said = new ArrayList<>();
        List<MailboxInfo> heard = new ArrayList<>();
        Duplex.run(
                talk,
                () -> {
                    for (MailboxNode node : nodes) {
                        Turn turn = side.turn(node);
                        turns.add(turn);
                        said.add(say(turn));
                    }
                    talk.endList();
                },
                () -> talk.receiveList(MailboxInfo.class, (info, body) -> heard.add(info)));
        if (heard.size() != said.size()) {
            throw new PeerException("the other side answered for " + heard.size() + " mailboxes of " + said.size());
        }
        List<Offered> results = new ArrayList<>();
        List<Due> due = new ArrayList<>();
        for (int i = 0; i < said.size(); i++) {
            if (skips.skips(said.get(i), heard.get(i), again)) {
                turns.get(i).skip(heard.get(i));
                results.add(new Offered(nodes.get(i), Exchanged.EQUAL));
            } else {
                due.add(new Due(nodes.get(i), turns.get(i), again));
            }
        }
        results.addAll(exchange(due));
        return results;
    }

    /** The responder's half of a round, which the initiator has begun. */
    void answer(MailboxInfo first, Map<MailboxGuid, MailboxNode> mailboxes, Side side, Set<MailboxGuid> seen)
            throws IOException {
        List<Due> due = new ArrayList<>();
        MailboxInfo theirs = first;
        while (true) {
            MailboxNode node = mailboxes.get(theirs.guid());
            if (node == null) {
                talk.send(side.missing(theirs.guid()));
            } else {
                boolean again = !seen.add(theirs.guid());
                Turn turn = side.turn(node);
                MailboxInfo mine = say(turn);
                if (skips.skips(mine, theirs, again)) {
                    turn.skip(theirs);
                } else {
                    due.add(new Due(node, turn, again));
                }
            }
            SyncItem next = talk.receive();
            if (next instanceof EndOfList) {
                break;
            }
            if (!(next instanceof MailboxInfo info)) {
                throw new PeerException("the other side sent " + next.kind() + " instead of a mailbox");
            }
            theirs = info;
        }
        talk.endList();
        exchange(due);
    }

    /** Mailboxes whose turn is yet to come are not kept open. */
    private MailboxInfo say(Turn turn) throws IOException {
        try {
            MailboxInfo info = turn.say();
            talk.send(info);
            return info;
        } finally {
            turn.release();
        }
    }

    private List<Offered> exchange(List<Due> due) throws IOException {
        int first = used + 1;
        used += due.size();
        Work work = new Work(due, first);
        List<Threads.Running> workers = new ArrayList<>();
        for (int i = Math.min(AT_ONCE, due.size()); i > 0; i--) {
            String name = Thread.currentThread().getName() + "-mailboxes-" + i;
            workers.add(talk.threads().start(name, work));
        }
        for (Threads.Running worker : workers) {
            try {
                talk.await(worker);
            } catch (IOException e) {
                talk.abort("this side was interrupted");
                workers.forEach(Threads.Running::interrupt);
                throw e;
            }
        }
        Failures.rethrow(work.failure);
        return work.results;
    }

    /** What the workers share; each takes the next mailbox until there is none. */
    private final class Work implements Runnable {
        private final Baton baton = new Baton();
        private final List<Due> due;
        private final int first;
        private final List<Offered> results = new ArrayList<>();
        private int next;
        private @Nullable Throwable failure;

        Work(List<Due> due, int first) {
            this.due = due;
            this.first = first;
        }

        @Override
        public void run() {
            baton.take();
            try {
                while (failure == null && next < due.size()) {
                    int mine = next++;
                    Exchanged how = one(due.get(mine), first + mine);
                    results.add(new Offered(due.get(mine).node, how));
                }
            } catch (IOException | RuntimeException | Error e) {
                // What fails after the first failure is only its echo.
                if (failure == null) {
                    failure = e;
                    talk.abort("this side failed");
                }
            } finally {
                baton.giveUp();
            }
        }

        /** As it is now, which need not be what it was when all numbers were said. */
        private Exchanged one(Due each, int number) throws IOException {
            Conversation branch = talk.branch(number, baton);
            try {
                MailboxInfo mine;
                MailboxInfo theirs;
                if (initiator) {
                    mine = each.turn.say();
                    branch.send(mine);
                    theirs = branch.receive(MailboxInfo.class);
                } else {
                    theirs = branch.receive(MailboxInfo.class);
                    mine = each.turn.say();
                    branch.send(mine);
                }
                if (!theirs.guid().equals(each.node.guid())) {
                    throw new PeerException("the other side speaks of another mailbox");
                }
                if (skips.skips(mine, theirs, each.again)) {
                    each.turn.skip(theirs);
                    return Exchanged.EQUAL;
                }
                return each.turn.exchange(branch, theirs);
            } finally {
                each.turn.release();
                branch.close();
            }
        }
    }
}
