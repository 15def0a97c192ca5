package dev.twinbox.engine.session;

import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Has the end that answers read the mailbox that it will most likely be asked for next, while the end that asks reads the same one:
 * both go through the mailboxes in the same order. Used by one thread.
 */
final class SayAhead implements AutoCloseable {
    private final Side side;
    private final SyncType type;
    private final Iterator<MailboxNode> due;
    private @Nullable Said said;
    private boolean wrong;

    /** What is said of a mailbox when it is asked for. */
    record Said(MailboxNode node, Side.Turn turn, MailboxInfo info) {}

    /** @param due what may be asked for, in that order */
    SayAhead(Side side, SyncType type, List<MailboxNode> due) {
        this.side = side;
        this.type = type;
        this.due = due.iterator();
    }

    /** Reads the next mailbox. */
    void sayNext() throws IOException {
        while (said == null && !wrong && due.hasNext()) {
            MailboxNode next = due.next();
            if (type != SyncType.STATE || side.isDue(next)) {
                Side.Turn turn = side.turn(next);
                said = new Said(next, turn, turn.say());
            }
        }
    }

    /** What was read of the mailbox that is asked for; null if that is another one: then nothing more is read ahead. */
    @Nullable
    Said take(MailboxNode asked) {
        Said mine = said;
        said = null;
        if (mine != null && !Objects.equals(mine.node().guid(), asked.guid())) {
            mine.turn().release();
            mine = null;
            wrong = true;
        }
        return mine;
    }

    @Override
    public void close() {
        if (said != null) {
            said.turn().release();
        }
    }
}
