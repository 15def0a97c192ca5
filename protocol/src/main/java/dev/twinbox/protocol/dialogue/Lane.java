package dev.twinbox.protocol.dialogue;

import java.util.HashSet;
import java.util.Set;

/** How far one direction of a conversation is. Changed only by {@link Course}. */
final class Lane {
    /** What comes next in this direction, in the order of the conversation. */
    enum Stage {
        HANDSHAKE,
        STATES,
        TREE,
        DELETES,
        HINTS,
        /** Between mailboxes, or in one but with no list begun or all done. */
        MAILBOXES,
        ATTRIBUTES,
        CHANGES,
        REQUESTS,
        MAILS,
        STATE,
        /** All lists of the mailbox are done, the other direction's perhaps not. */
        LISTED,
        /** On the branch of a plan. */
        PLAN,
        FINISH,
        OVER
    }

    Stage stage = Stage.HANDSHAKE;

    /** Items so far in the current list. */
    int listed;

    /** UID of the last change. */
    long lastUid;

    /** Mails this direction listed as saved and that were not asked for yet: a MailGuid, or a Long UID if there is none. */
    Set<Object> offered = new HashSet<>();

    /** Mails this direction asked for and did not get yet, known in the same way. */
    Set<Object> requested = new HashSet<>();

    boolean isPast(Stage other) {
        return stage.compareTo(other) > 0;
    }

    boolean reached(Stage other) {
        return stage.compareTo(other) >= 0;
    }

    void enter(Stage next) {
        stage = next;
        listed = 0;
    }

    /** Forgets the lists of a mailbox. */
    void clear() {
        enter(Stage.MAILBOXES);
        lastUid = 0;
        offered = new HashSet<>();
        requested = new HashSet<>();
    }
}
