package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.MirrorMerge;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxHint;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.List;

/** One end's half of a run; {@link SessionScript} says when which part is due. */
interface Side {
    /** This side's tree, only of the mailboxes that take part. */
    MailboxTree tree() throws IOException;

    /**
     * The other side's tree is known, and this one's has not been said yet: the last moment to stop a run before the other
     * side acts on it.
     *
     * @return what is said of this side
     */
    default MailboxTree treeHeard(MailboxTree mine, MailboxTree theirs) throws IOException {
        return mine;
    }

    /** Whether a name is a folder at this side, and never a mailbox. */
    boolean isOnlyFolder(MailboxName name);

    /** What this side goes by where no hints are said. */
    default Hints ownHints(MailboxTree theirs) throws IOException {
        return Hints.NONE;
    }

    /**
     * Both trees are known.
     *
     * @param hints what both sides said beyond them; empty if this kind of run does not
     * @return the mailboxes to go through
     */
    List<MailboxNode> treesKnown(MailboxTree mine, MailboxTree theirs, Hints hints) throws IOException;

    /** What this side knows of its mailboxes beyond its tree, now that it has the other one; only if both say hints. */
    default List<MailboxHint> hints(MailboxTree theirs) throws IOException {
        return List.of();
    }

    /** The other end is a Dovecot, not a Twinbox that speaks like one. */
    default void peerIsDovecot() {}

    /** Whether this kind of run says hints. */
    default boolean saysHints() {
        return false;
    }

    /** Whether a one-way run leaves the destination's own changes alone. */
    default boolean keepsDestinationChanges() {
        return false;
    }

    /** The saved state of a stateful run; before the trees. */
    default void stateKnown(SyncState state) {}

    /** The part of a saved state that this side can go on from; asked of an initiator whose peer cannot say so itself. */
    default SyncState usable(SyncState state) throws IOException {
        return state;
    }

    /** Whether a mailbox is to be looked at in a stateful run. Asked of the initiator only. */
    default boolean isDue(MailboxNode node) throws IOException {
        return true;
    }

    void beginPass(Pass pass) throws IOException;

    /** Whether this end may read a mailbox before the other one has asked for it. */
    default boolean saysAhead() {
        return false;
    }

    /** A mailbox is up next. */
    Turn turn(MailboxNode node) throws IOException;

    /** What is answered when the other side names a mailbox that is in neither tree. */
    default MailboxInfo missing(MailboxGuid guid) {
        return MailboxInfo.lost(guid);
    }

    /** Whether both ends take the numbers they have said of a mailbox as proof that there is nothing to do. */
    default boolean provesEqual(MailboxInfo mine, MailboxInfo theirs) {
        return MirrorMerge.looksEqual(Infos.status(mine), Infos.status(theirs));
    }

    void endPass(Pass pass) throws IOException;

    /** What is left to do when both sides are through; only after success. */
    Outcome finish() throws IOException;

    /** Lets go of everything open. */
    void close();

    /** One end's half of what is done about one mailbox in a round. Several can be under way. */
    interface Turn {
        /** Opens the mailbox and says its numbers; lost if that is not possible. May be asked again, what was said last counts. */
        MailboxInfo say() throws IOException;

        /** Nothing needs to be done. */
        void skip(MailboxInfo theirs);

        /** Exchanges the mailbox, and lets go of it. */
        Exchanged exchange(Conversation talk, MailboxInfo theirs) throws IOException;

        /** Lets go of the mailbox; what was said of it counts still. */
        void release();
    }

    /** The hints of both sides. */
    record Hints(List<MailboxHint> mine, List<MailboxHint> theirs) {
        static final Hints NONE = new Hints(List.of(), List.of());
    }

    /** What an exchange has come to; both ends say the same of it. */
    enum Exchanged {
        /** Neither side has anything to do. */
        EQUAL,
        /** Done, or as far as it goes. */
        DONE,
        /** It is worth going through this mailbox again: somebody changed it meanwhile. */
        AGAIN,
        /** All mailboxes must be looked at again, because mails are still to be taken away. */
        ALL_AGAIN
    }
}
