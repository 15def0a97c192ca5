package dev.twinbox.protocol.dialogue;

import dev.twinbox.protocol.dialogue.Lane.Stage;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.item.SyncItem.Kind;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a conversation so far, by the rules in {@link Dialogue}. A step that is refused changes nothing. Not safe
 * for use by several threads.
 */
final class Course {
    /** How far the pair of B of the current mailbox is. */
    private enum Pair {
        /** Between mailboxes. */
        NONE,
        /** The initiator's B waits for its answer. */
        ASKED,
        /** Both are said; lists may begin, or not. */
        COMPLETE,
        /** A list has begun. */
        LISTING,
        /** The initiator's next B ends the mailbox, by a reading of its own. */
        WITHDRAWING,
        /** The planning pass is over; the responder has yet to agree to the real one. */
        PLANNED
    }

    /** How far the list of numbers is in a conversation with branches. */
    private enum Survey {
        NONE,
        LISTING,
        LISTED
    }

    private final Lane initiator = new Lane();
    private final Lane responder = new Lane();
    private @Nullable Handshake settings;
    private Pair pair = Pair.NONE;
    private @Nullable MailboxGuid mailbox;
    /** Whether the initiator has lost the mailbox or ignores it. */
    private boolean initiatorHasNone;

    private int mailboxes;
    private boolean planned;
    /** Whether both, or the only one so far, will say hints. */
    private boolean hints;

    private boolean attributes = true;
    private boolean finish = true;
    /** Mailboxes have branches of their own; here only their numbers are said. */
    private boolean branching;
    /** This is such a branch. */
    private boolean branch;
    /** Whether the initiator is saying the numbers of mailboxes, or has said all that are not answered yet. */
    private Survey survey = Survey.NONE;

    private final Queue<MailboxGuid> unanswered = new ArrayDeque<>();
    private boolean initiatorClosed;
    private boolean responderClosed;

    void withoutAttributes() {
        attributes = false;
    }

    void withoutFinish() {
        finish = false;
    }

    void withBranches() {
        branching = true;
    }

    /** What may be said of a single mailbox by ends that have said all this. */
    Course branch() {
        Course one = new Course();
        one.initiator.enter(Stage.MAILBOXES);
        one.responder.enter(Stage.MAILBOXES);
        one.settings = settings();
        one.hints = hints;
        one.attributes = attributes;
        one.finish = finish;
        one.branch = true;
        return one;
    }

    /** What the responder may say of its plan. */
    static Course ofPlan() {
        Course one = new Course();
        one.initiator.enter(Stage.OVER);
        one.responder.enter(Stage.PLAN);
        return one;
    }

    boolean isOver() {
        return initiatorClosed || responderClosed || responder.stage == Stage.OVER;
    }

    /**
     * The other reading of an item of the initiator that has two after a pair of B: a dot taken as an empty list, a lost B
     * taken as a withdrawal.
     *
     * @return a reading that has yet to take the step, or null if there is just one
     */
    @Nullable
    Course forkAt(Role speaker, SyncItem item) {
        boolean open = !branch
                && speaker == Role.INITIATOR
                && initiator.stage == Stage.MAILBOXES
                && pair == Pair.COMPLETE
                && isExporter(Role.INITIATOR);
        boolean emptyList = open && item instanceof EndOfList;
        boolean withdrawal = open && item instanceof MailboxInfo info && withdraws(Role.INITIATOR, info);
        if (!emptyList && !withdrawal) {
            return null;
        }
        Course fork = new Course();
        fork.initiator.enter(Stage.MAILBOXES);
        fork.responder.enter(Stage.MAILBOXES);
        fork.settings = settings;
        fork.pair = emptyList ? Pair.LISTING : Pair.WITHDRAWING;
        fork.mailbox = mailbox;
        fork.mailboxes = mailboxes;
        fork.planned = planned;
        fork.hints = hints;
        fork.attributes = attributes;
        fork.finish = finish;
        return fork;
    }

    /**
     * Goes on by one item.
     *
     * @return why it is refused, or null if it is not
     */
    @Nullable
    String step(Role speaker, SyncItem item) {
        Lane lane = lane(speaker);
        if (speaker == Role.INITIATOR ? initiatorClosed : responderClosed) {
            return "the conversation was closed";
        }
        if (item.kind() == Kind.DONE) {
            initiatorClosed |= speaker == Role.INITIATOR;
            responderClosed |= speaker == Role.RESPONDER;
            return null;
        }
        if (initiatorClosed || responderClosed) {
            return "the conversation was closed";
        }
        if (lane.stage != Stage.HANDSHAKE && lane(speaker.other()).stage == Stage.HANDSHAKE) {
            return "the handshakes are not exchanged";
        }
        return switch (lane.stage) {
            case HANDSHAKE -> handshake(speaker, lane, item);
            case STATES, TREE, DELETES -> beforeMailboxes(lane, item);
            case HINTS -> hint(speaker, lane, item);
            case MAILBOXES -> betweenLists(speaker, lane, item);
            case ATTRIBUTES, CHANGES, REQUESTS, MAILS, STATE -> {
                String objection = objection(lane.stage, speaker, item);
                if (objection == null) {
                    list(speaker, lane, item);
                }
                yield objection;
            }
            case LISTED -> "the other side's lists are not complete";
            case PLAN -> plan(lane, item);
            case FINISH -> {
                if (item.kind() != Kind.FINISH) {
                    yield "all mailboxes are done";
                }
                lane.enter(Stage.OVER);
                yield null;
            }
            case OVER -> "all is said";
        };
    }

    /** What may come next in a direction, in Dovecot's words. */
    String expected(Role speaker) {
        Lane lane = lane(speaker);
        boolean initiating = speaker == Role.INITIATOR;
        return switch (lane.stage) {
            case HANDSHAKE -> "handshake";
            case STATES -> "mailbox_state or end_of_list";
            case TREE -> "mailbox_node or end_of_list";
            case DELETES -> "mailbox_deletes";
            case HINTS -> "mailbox_hint or end_of_list";
            case MAILBOXES ->
                switch (pair) {
                    case NONE ->
                        survey != Survey.NONE && !initiating
                                ? "mailbox_info or end_of_list"
                                : initiating ? "mailbox_info or end_of_list" : "nothing";
                    case ASKED -> initiating ? "nothing" : "mailbox_info";
                    case COMPLETE ->
                        initiating ? "mailbox_info or end_of_list or the mailbox's lists" : "the mailbox's lists";
                    case LISTING, WITHDRAWING -> "the mailbox's lists";
                    case PLANNED -> initiating ? "nothing" : "end_of_list";
                };
            case ATTRIBUTES -> "mailbox_attribute or end_of_list";
            case CHANGES -> "mail_change or end_of_list";
            case REQUESTS -> "mail_request or end_of_list";
            case MAILS -> "mail or end_of_list";
            case STATE -> "mailbox_state";
            case LISTED -> "nothing";
            case PLAN -> "planned or end_of_list";
            case FINISH -> "finish";
            case OVER -> "done";
        };
    }

    private @Nullable String handshake(Role speaker, Lane lane, SyncItem item) {
        if (!(item instanceof Handshake said)) {
            return "no handshake yet";
        }
        if (speaker == Role.INITIATOR) {
            settings = said;
        }
        hints = said.hints() && (hints || lane(speaker.other()).stage == Stage.HANDSHAKE);
        boolean stateful = speaker == Role.INITIATOR && said.syncType() == SyncType.STATE;
        lane.enter(stateful ? Stage.STATES : Stage.TREE);
        return null;
    }

    private static @Nullable String plan(Lane lane, SyncItem item) {
        if (item.kind() == Kind.PLANNED) {
            return count(lane, Dialogue.PLANNED_MAX);
        }
        if (item.kind() != Kind.END_OF_LIST) {
            return "the plan is not complete";
        }
        lane.enter(Stage.OVER);
        return null;
    }

    private @Nullable String beforeMailboxes(Lane lane, SyncItem item) {
        if (lane.stage == Stage.DELETES) {
            if (item.kind() != Kind.MAILBOX_DELETES) {
                return "the deleted mailboxes are missing";
            }
            lane.enter(hints ? Stage.HINTS : Stage.MAILBOXES);
            return null;
        }
        boolean states = lane.stage == Stage.STATES;
        if (item.kind() == (states ? Kind.MAILBOX_STATE : Kind.MAILBOX_NODE)) {
            return count(lane, states ? Dialogue.STATES_MAX : Dialogue.NODES_MAX);
        }
        if (item.kind() == Kind.END_OF_LIST) {
            lane.enter(states ? Stage.TREE : Stage.DELETES);
            return null;
        }
        return states ? "the saved states are not complete" : "the mailbox tree is not complete";
    }

    private @Nullable String hint(Role speaker, Lane lane, SyncItem item) {
        if (!lane(speaker.other()).isPast(Stage.DELETES)) {
            return "the mailbox trees are not exchanged";
        }
        if (item.kind() == Kind.MAILBOX_HINT) {
            return count(lane, Dialogue.NODES_MAX);
        }
        if (item.kind() != Kind.END_OF_LIST) {
            return "the hints are not complete";
        }
        lane.enter(Stage.MAILBOXES);
        return null;
    }

    private @Nullable String betweenLists(Role speaker, Lane lane, SyncItem item) {
        if (!lane(speaker.other()).reached(Stage.MAILBOXES)) {
            return "the mailbox trees are not exchanged";
        }
        if (pair == Pair.PLANNED) {
            if (speaker == Role.INITIATOR || item.kind() != Kind.END_OF_LIST) {
                return "the plan is not agreed to";
            }
            pair = Pair.NONE;
            return null;
        }
        if (branching) {
            return speaker == Role.INITIATOR ? surveyed(item) : surveyAnswered(item);
        }
        if (item instanceof MailboxInfo info) {
            return speaker == Role.INITIATOR ? ask(info) : answer(info);
        }
        if (!branch && speaker == Role.INITIATOR && item.kind() == Kind.END_OF_LIST && pair != Pair.LISTING) {
            return endMailboxes();
        }
        if (pair == Pair.NONE || pair == Pair.ASKED) {
            return "no mailbox is open";
        }
        Stage first = isExporter(speaker) ? attributesOr(Stage.CHANGES) : requestsOr(Stage.STATE);
        String objection = objection(first, speaker, item);
        if (objection == null) {
            pair = Pair.LISTING;
            lane.enter(first);
            list(speaker, lane, item);
        }
        return objection;
    }

    /** The initiator's list of numbers; one that is empty ends the mailboxes. */
    private @Nullable String surveyed(SyncItem item) {
        if (survey == Survey.LISTED) {
            return "the last mailboxes are not answered";
        }
        if (item.kind() == Kind.END_OF_LIST) {
            if (survey == Survey.NONE) {
                return endMailboxes();
            }
            survey = Survey.LISTED;
            return null;
        }
        if (!(item instanceof MailboxInfo info)) {
            return "mailboxes have branches of their own";
        }
        if (settings().noMailSync()) {
            return "only the mailbox tree is synced";
        }
        if (mailboxes >= Dialogue.MAILBOXES_MAX) {
            return "more than " + Dialogue.MAILBOXES_MAX + " mailboxes";
        }
        mailboxes++;
        unanswered.add(info.guid());
        survey = Survey.LISTING;
        return null;
    }

    /** The responder answers each, in the same order. */
    private @Nullable String surveyAnswered(SyncItem item) {
        if (item instanceof MailboxInfo info) {
            if (!info.guid().equals(unanswered.peek())) {
                return unanswered.isEmpty() ? "no mailbox was asked for" : "it is about a mailbox with a wrong GUID";
            }
            unanswered.remove();
            return null;
        }
        if (item.kind() != Kind.END_OF_LIST || survey != Survey.LISTED || !unanswered.isEmpty()) {
            return "the mailboxes are not all answered";
        }
        survey = Survey.NONE;
        return null;
    }

    private @Nullable String ask(MailboxInfo info) {
        if (branch && mailboxes > 0) {
            boolean withdrawn = pair == Pair.COMPLETE && isExporter(Role.INITIATOR) && withdraws(Role.INITIATOR, info);
            if (withdrawn) {
                pair = Pair.NONE;
            }
            return withdrawn ? null : "a branch is about one mailbox";
        }
        if (settings().noMailSync()) {
            return "only the mailbox tree is synced";
        }
        if (pair == Pair.ASKED) {
            return "the last mailbox is not answered";
        }
        if (pair == Pair.WITHDRAWING) {
            pair = Pair.NONE;
            return null;
        }
        if (pair == Pair.LISTING) {
            return "the last mailbox's lists are not complete";
        }
        if (mailboxes >= Dialogue.MAILBOXES_MAX) {
            return "more than " + Dialogue.MAILBOXES_MAX + " mailboxes";
        }
        mailboxes++;
        mailbox = info.guid();
        initiatorHasNone = info.lost() || info.ignore();
        pair = Pair.ASKED;
        return null;
    }

    private boolean withdraws(Role speaker, MailboxInfo info) {
        return info.lost() && info.guid().equals(mailbox) && !isImporter(speaker);
    }

    private @Nullable String answer(MailboxInfo info) {
        if (pair == Pair.COMPLETE && withdraws(Role.RESPONDER, info)) {
            pair = Pair.NONE;
            return null;
        }
        if (pair != Pair.ASKED) {
            return "no mailbox was asked for";
        }
        if (!info.guid().equals(mailbox)) {
            return "it is about a mailbox with a wrong GUID";
        }
        pair = initiatorHasNone || info.lost() || info.ignore() ? Pair.NONE : Pair.COMPLETE;
        return null;
    }

    private @Nullable String endMailboxes() {
        if (pair == Pair.ASKED) {
            return "the last mailbox is not answered";
        }
        pair = Pair.NONE;
        if (settings().planFirst() && !planned) {
            planned = true;
            pair = Pair.PLANNED;
        } else {
            initiator.enter(Stage.OVER);
            responder.enter(finish ? Stage.FINISH : Stage.OVER);
        }
        return null;
    }

    /** Why an item cannot come in a list of a mailbox, or null if it can. */
    private @Nullable String objection(Stage stage, Role speaker, SyncItem item) {
        Lane lane = lane(speaker);
        Lane other = lane(speaker.other());
        boolean end = item.kind() == Kind.END_OF_LIST;
        return switch (stage) {
            case ATTRIBUTES -> {
                if (end) {
                    yield null;
                }
                if (hints && item.kind() == Kind.MAILBOX_HINT && !(lane.stage == stage && lane.listed > 0)) {
                    yield null;
                }
                boolean full = lane.stage == stage && lane.listed >= Dialogue.ATTRIBUTES_MAX;
                yield item.kind() != Kind.MAILBOX_ATTRIBUTE
                        ? "the attributes are not complete"
                        : full ? tooMany(Dialogue.ATTRIBUTES_MAX) : null;
            }
            case CHANGES -> {
                if (end) {
                    yield null;
                }
                if (!(item instanceof MailChange change)) {
                    yield "the changes are not complete";
                }
                if (change.uid().value() <= lane.lastUid) {
                    yield "UID " + change.uid() + " comes after " + lane.lastUid;
                }
                yield lane.listed >= Dialogue.CHANGES_MAX ? tooMany(Dialogue.CHANGES_MAX) : null;
            }
            case REQUESTS -> {
                if (!other.isPast(Stage.CHANGES)) {
                    yield "the other side's changes are not complete";
                }
                if (end) {
                    yield null;
                }
                if (!(item instanceof MailRequest request)) {
                    yield "the requests are not complete";
                }
                yield other.offered.contains(identity(request.guid(), request.uid()))
                        ? null
                        : "it asks for a mail that was not offered, or was asked for before";
            }
            case MAILS -> mailObjection(lane, other, item);
            case STATE -> {
                if (isImporter(speaker) && !other.isPast(Stage.MAILS)) {
                    yield "the other side's mails are not complete";
                }
                if (!(item instanceof MailboxState state)) {
                    yield "the state of the mailbox is missing";
                }
                yield state.mailbox().equals(mailbox) ? null : "it is about a mailbox with a wrong GUID";
            }
            case HANDSHAKE, STATES, TREE, DELETES, HINTS, MAILBOXES, LISTED, PLAN, FINISH, OVER ->
                throw new IllegalStateException("no list at " + stage);
        };
    }

    private @Nullable String mailObjection(Lane lane, Lane other, SyncItem item) {
        boolean onRequest = settings().mailRequests();
        if (onRequest && !other.isPast(Stage.REQUESTS)) {
            return "the other side's requests are not complete";
        }
        if (item.kind() == Kind.END_OF_LIST) {
            int open = onRequest ? other.requested.size() : 0;
            return open == 0 ? null : open + " requested mails are missing";
        }
        if (!(item instanceof Mail mail)) {
            return "the mails are not complete";
        }
        boolean wanted = (onRequest ? other.requested : lane.offered).contains(identity(mail.guid(), mail.uid()));
        return wanted ? null : "nobody asked for that mail, or it was sent before";
    }

    /** Takes an item that there was no objection to. */
    private void list(Role speaker, Lane lane, SyncItem item) {
        Lane other = lane(speaker.other());
        lane.listed++;
        if (item instanceof EndOfList) {
            lane.enter(next(lane.stage, speaker));
        } else if (item instanceof MailChange change) {
            lane.lastUid = change.uid().value();
            if (change.type() == MailChange.Type.SAVE) {
                lane.offered.add(identity(change.guid(), change.uid().value()));
            }
        } else if (item instanceof MailRequest request) {
            Object mail = identity(request.guid(), request.uid());
            other.offered.remove(mail);
            lane.requested.add(mail);
        } else if (item instanceof Mail mail) {
            (settings().mailRequests() ? other.requested : lane.offered).remove(identity(mail.guid(), mail.uid()));
        } else if (item instanceof MailboxState) {
            lane.enter(Stage.LISTED);
            if (other.stage == Stage.LISTED) {
                initiator.clear();
                responder.clear();
                pair = Pair.NONE;
            }
        }
    }

    private Stage next(Stage stage, Role speaker) {
        return switch (stage) {
            case ATTRIBUTES -> Stage.CHANGES;
            case CHANGES -> isImporter(speaker) ? requestsOr(Stage.MAILS) : Stage.MAILS;
            case REQUESTS -> isExporter(speaker) ? Stage.MAILS : Stage.STATE;
            case MAILS -> Stage.STATE;
            case HANDSHAKE, STATES, TREE, DELETES, HINTS, MAILBOXES, STATE, LISTED, PLAN, FINISH, OVER ->
                throw new IllegalStateException("no list ends at " + stage);
        };
    }

    private Stage attributesOr(Stage without) {
        return attributes ? Stage.ATTRIBUTES : without;
    }

    private Stage requestsOr(Stage without) {
        return settings().mailRequests() ? Stage.REQUESTS : without;
    }

    private boolean isExporter(Role role) {
        return role == Role.INITIATOR ? !settings().backupSend() : !settings().backupReceive();
    }

    private boolean isImporter(Role role) {
        return isExporter(role.other());
    }

    private Handshake settings() {
        if (settings == null) {
            throw new IllegalStateException("no handshake of the initiator yet");
        }
        return settings;
    }

    private Lane lane(Role role) {
        return role == Role.INITIATOR ? initiator : responder;
    }

    private static Object identity(@Nullable MailGuid guid, long uid) {
        return guid != null ? guid : (Object) uid;
    }

    private static @Nullable String count(Lane lane, int most) {
        if (lane.listed >= most) {
            return tooMany(most);
        }
        lane.listed++;
        return null;
    }

    private static String tooMany(int most) {
        return "more than " + most + " in one list";
    }
}
