package dev.twinbox.protocol.dialogue;

import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxHint;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.item.SyncItem.Kind;
import dev.twinbox.protocol.item.Uid;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Makes conversations that follow the rules, item by item in one of the orders that the two speakers may come to, each with
 * the kinds that its speaker could have said instead. Knows nothing of {@link Dialogue}.
 */
final class Conversations {
    /** One item of a conversation. */
    record Said(Role who, SyncItem item, Set<Kind> allowed) {}

    static final SyncItem END = new EndOfList();

    /** What the four kinds of runs are made of. */
    enum Mode {
        TWO_WAY,
        BACKUP,
        REVERSE
    }

    private final SplittableRandom random;
    private final Mode mode;
    private final boolean requests;
    private final boolean planFirst;
    private final SyncType type;
    private final List<Said> said = new ArrayList<>();
    private boolean ambiguous;

    Conversations(SplittableRandom random, Mode mode, boolean requests, boolean planFirst, SyncType type) {
        this.random = random;
        this.mode = mode;
        this.requests = requests;
        this.planFirst = planFirst;
        this.type = type;
    }

    static MailboxGuid box(long number) {
        return new MailboxGuid(1, number);
    }

    static MailboxInfo info(long number) {
        return new MailboxInfo(
                box(number),
                false,
                false,
                1,
                1,
                0,
                1,
                ModSeq.NONE,
                ModSeq.NONE,
                true,
                true,
                false,
                false,
                0,
                false,
                BlockDigests.NONE,
                List.of());
    }

    static MailboxState state(long number) {
        return new MailboxState(box(number), 1, 0, ModSeq.NONE, ModSeq.NONE, 0, false, 0);
    }

    static MailboxNode node(String name) {
        return MailboxNode.folder(MailboxName.parse(name, '/'));
    }

    static MailChange save(long uid, String guid) {
        return MailChange.save(new Uid(uid), new MailGuid(guid), ModSeq.NONE, Flags.NONE, Keywords.NONE);
    }

    static MailChange saveWithoutGuid(long uid) {
        MailChange with = save(uid, "x");
        return new MailChange(
                with.type(),
                with.uid(),
                null,
                null,
                with.modSeq(),
                with.privateModSeq(),
                with.added(),
                with.removed(),
                with.current(),
                false,
                List.of(),
                MailChange.UNKNOWN,
                MailChange.UNKNOWN,
                Map.of());
    }

    static Handshake handshake(Mode mode, boolean requests, boolean planFirst, SyncType type, boolean noMail) {
        return new Handshake(
                "alpha",
                type,
                List.of(),
                null,
                null,
                List.of(),
                false,
                requests,
                mode == Mode.REVERSE,
                mode == Mode.BACKUP,
                false,
                noMail,
                false,
                false,
                0,
                0,
                0,
                0,
                null,
                null,
                List.of("Date"),
                planFirst,
                false,
                null,
                Handshake.Details.NONE,
                false);
    }

    private void say(Role who, SyncItem item, Kind... others) {
        EnumSet<Kind> allowed = EnumSet.of(item.kind(), others);
        allowed.add(Kind.DONE);
        said.add(new Said(who, item, ambiguous ? EnumSet.allOf(Kind.class) : allowed));
    }

    List<Said> make() {
        opening();
        for (int pass = 0; pass < (planFirst ? 2 : 1); pass++) {
            int boxes = random.nextInt(4);
            boolean paired = false;
            for (int i = 0; i < boxes; i++) {
                paired = mailbox(random.nextInt(3), paired);
            }
            if (paired && isSource(Role.INITIATOR)) {
                say(Role.INITIATOR, END, Kind.MAILBOX_INFO, Kind.MAILBOX_ATTRIBUTE);
                ambiguous = true;
            } else {
                say(Role.INITIATOR, END, Kind.MAILBOX_INFO);
            }
            if (planFirst && pass == 0) {
                say(Role.RESPONDER, END);
            }
        }
        say(Role.RESPONDER, new Finish(null, 0, false));
        return said;
    }

    private void opening() {
        boolean first = random.nextBoolean();
        Handshake plain = handshake(mode, requests, planFirst, type, false);
        Handshake mine = random.nextBoolean() ? plain.withHints() : plain;
        Handshake answer = Handshake.responder("beta");
        Handshake theirs = random.nextBoolean() ? answer.withHints() : answer;
        say(first ? Role.INITIATOR : Role.RESPONDER, first ? mine : theirs);
        say(first ? Role.RESPONDER : Role.INITIATOR, first ? theirs : mine);
        List<SyncItem> left = new ArrayList<>();
        int states = 0;
        if (type == SyncType.STATE) {
            states = random.nextInt(3);
            for (int i = 0; i < states; i++) {
                say(Role.INITIATOR, state(i), Kind.END_OF_LIST);
            }
            say(Role.INITIATOR, END, Kind.MAILBOX_STATE);
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            left.add(node("a" + i));
        }
        left.add(END);
        left.add(MailboxDeletes.NONE);
        List<SyncItem> right = new ArrayList<>(List.of(node("b"), END, MailboxDeletes.NONE));
        while (!left.isEmpty() || !right.isEmpty()) {
            boolean leftNext = right.isEmpty() || !left.isEmpty() && random.nextBoolean();
            SyncItem next = (leftNext ? left : right).remove(0);
            Role speaker = leftNext ? Role.INITIATOR : Role.RESPONDER;
            if (next.kind() == Kind.MAILBOX_DELETES) {
                say(speaker, next);
            } else {
                say(speaker, next, Kind.MAILBOX_NODE, Kind.END_OF_LIST);
            }
        }
        if (mine.hints() && theirs.hints()) {
            hints(Role.INITIATOR);
            hints(Role.RESPONDER);
        }
    }

    private void hints(Role speaker) {
        for (int i = random.nextInt(3); i > 0; i--) {
            say(speaker, MailboxHint.ofTree(box(i), random.nextBoolean(), random.nextBoolean()), Kind.END_OF_LIST);
        }
        say(speaker, END, Kind.MAILBOX_HINT);
    }

    private static int index(Role role) {
        return role == Role.INITIATOR ? 0 : 1;
    }

    private boolean isSource(Role role) {
        return mode == Mode.TWO_WAY || (mode == Mode.BACKUP) == (role == Role.INITIATOR);
    }

    private boolean isDestination(Role role) {
        return isSource(role.other());
    }

    /** Returns whether a pair of B without lists was the last. */
    private boolean mailbox(int number, boolean paired) {
        if (paired && isSource(Role.INITIATOR)) {
            say(Role.INITIATOR, info(number), Kind.END_OF_LIST, Kind.MAILBOX_ATTRIBUTE);
        } else {
            say(Role.INITIATOR, info(number), Kind.END_OF_LIST);
        }
        ambiguous = false;
        if (paired && !isSource(Role.INITIATOR) && !requests) {
            said.set(said.size() - 1, new Said(Role.INITIATOR, info(number), EnumSet.allOf(Kind.class)));
        }
        int choice = random.nextInt(4);
        if (choice == 0) {
            say(
                    Role.RESPONDER,
                    random.nextBoolean() ? MailboxInfo.lost(box(number)) : MailboxInfo.ignored(box(number)));
            return false;
        }
        say(Role.RESPONDER, info(number));
        if (choice == 1) {
            return true;
        }
        lists(number);
        ambiguous = false;
        return false;
    }

    private void lists(int number) {
        ambiguous = isSource(Role.INITIATOR);
        List<List<Said>> both = new ArrayList<>();
        List<List<MailChange>> offers = new ArrayList<>();
        for (Role role : Role.values()) {
            List<Said> lane = new ArrayList<>();
            List<MailChange> offered = new ArrayList<>();
            if (isSource(role)) {
                changes(role, lane, offered);
            }
            both.add(lane);
            offers.add(offered);
        }
        interleave(both.get(0), both.get(1));
        List<List<MailRequest>> wanted = List.of(new ArrayList<>(), new ArrayList<>());
        if (requests) {
            both.forEach(List::clear);
            for (Role role : Role.values()) {
                if (isDestination(role)) {
                    request(role, both.get(index(role)), offers.get(index(role.other())), wanted.get(index(role)));
                }
            }
            interleave(both.get(0), both.get(1));
        }
        both.forEach(List::clear);
        for (Role role : Role.values()) {
            if (isSource(role)) {
                mails(role, both.get(index(role)), offers.get(index(role)), wanted.get(index(role.other())));
            }
        }
        interleave(both.get(0), both.get(1));
        Role first = random.nextBoolean() ? Role.INITIATOR : Role.RESPONDER;
        say(first, state(number));
        say(first.other(), state(number));
    }

    private void changes(Role role, List<Said> lane, List<MailChange> offered) {
        for (int i = random.nextInt(2); i > 0; i--) {
            lane.add(of(
                    role,
                    new MailboxAttribute(true, "comment" + i, "v", false, false, 0, ModSeq.NONE),
                    Kind.END_OF_LIST));
        }
        lane.add(of(role, END, Kind.MAILBOX_ATTRIBUTE));
        long uid = 0;
        for (int i = random.nextInt(5); i > 0; i--) {
            uid += 1 + random.nextInt(3);
            MailChange change =
                    switch (random.nextInt(5)) {
                        case 0 -> MailChange.expunge(new Uid(uid), null);
                        case 1 -> saveWithoutGuid(uid);
                        default -> save(uid, "guid-" + random.nextInt(4));
                    };
            if (change.type() == MailChange.Type.SAVE) {
                offered.add(change);
            }
            lane.add(of(role, change, Kind.END_OF_LIST));
        }
        lane.add(of(role, END, Kind.MAIL_CHANGE));
    }

    private void request(Role role, List<Said> lane, List<MailChange> offered, List<MailRequest> wanted) {
        List<Object> asked = new ArrayList<>();
        for (MailChange offer : offered) {
            MailGuid guid = offer.guid();
            Object key = guid == null ? offer.uid() : guid;
            if (!asked.contains(key) && random.nextInt(4) > 0) {
                asked.add(key);
                MailRequest request =
                        new MailRequest(guid, guid == null ? offer.uid().value() : random.nextInt(100));
                wanted.add(request);
                lane.add(of(role, request, Kind.END_OF_LIST));
            }
        }
        lane.add(of(role, END, Kind.MAIL_REQUEST));
    }

    private void mails(Role role, List<Said> lane, List<MailChange> offered, List<MailRequest> wanted) {
        List<MailRequest> open = new ArrayList<>(wanted);
        if (!requests) {
            List<Object> sent = new ArrayList<>();
            for (MailChange offer : offered) {
                MailGuid guid = offer.guid();
                Object key = guid == null ? offer.uid() : guid;
                if (!sent.contains(key)) {
                    sent.add(key);
                    open.add(guid == null ? MailRequest.of(offer.uid()) : MailRequest.of(guid));
                }
            }
        }
        while (!open.isEmpty()) {
            MailRequest request = open.remove(random.nextInt(open.size()));
            MailGuid guid = request.guid();
            Mail mail = guid == null || random.nextInt(4) == 0 ? Mail.gone(request) : Mail.of(guid, 5);
            lane.add(of(role, mail, Kind.END_OF_LIST));
        }
        lane.add(of(role, END, Kind.MAIL));
    }

    private Said of(Role role, SyncItem item, Kind other) {
        return new Said(role, item, EnumSet.of(item.kind(), other, Kind.DONE));
    }

    private void interleave(List<Said> left, List<Said> right) {
        int l = 0;
        int r = 0;
        while (l < left.size() || r < right.size()) {
            boolean leftNext = r == right.size() || l < left.size() && random.nextBoolean();
            Said next = leftNext ? left.get(l++) : right.get(r++);
            // Dots of the initiator after the pair are settled by the first other item, whatever it is.
            Set<Kind> allowed = ambiguous ? EnumSet.allOf(Kind.class) : next.allowed();
            said.add(new Said(next.who(), next.item(), allowed));
            // With a plan the responder's dot can agree to it, too.
            ambiguous &= next.item() instanceof EndOfList && (planFirst || next.who() == Role.INITIATOR && r == 0);
        }
    }
}
