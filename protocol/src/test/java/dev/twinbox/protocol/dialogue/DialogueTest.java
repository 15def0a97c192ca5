package dev.twinbox.protocol.dialogue;

import static dev.twinbox.protocol.dialogue.Conversations.END;
import static dev.twinbox.protocol.dialogue.Conversations.box;
import static dev.twinbox.protocol.dialogue.Conversations.info;
import static dev.twinbox.protocol.dialogue.Conversations.node;
import static dev.twinbox.protocol.dialogue.Conversations.save;
import static dev.twinbox.protocol.dialogue.Conversations.saveWithoutGuid;
import static dev.twinbox.protocol.dialogue.Conversations.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.twinbox.protocol.dialogue.Conversations.Mode;
import dev.twinbox.protocol.dialogue.Conversations.Said;
import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.Planned;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.item.Uid;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DialogueTest {
    private static final Planned PLANNED = Planned.change(Planned.What.CREATE_FOLDER, MailboxName.INBOX, null, null, 0);

    private static final Role I = Role.INITIATOR;
    private static final Role R = Role.RESPONDER;
    private static final SyncItem A = new MailboxAttribute(true, "comment", "v", false, false, 0, ModSeq.NONE);

    /** Both ends' guards of one conversation. */
    private static final class World {
        private final Dialogue initiator = new Dialogue(I);
        private final Dialogue responder = new Dialogue(R);

        World says(Role who, SyncItem... items) throws PeerException {
            for (SyncItem item : items) {
                (who == I ? initiator : responder).sent(item);
                (who == I ? responder : initiator).received(item);
            }
            return this;
        }

        String refuses(Role who, SyncItem item) {
            PeerException sent = assertThrows(PeerException.class, () -> (who == I ? initiator : responder).sent(item));
            PeerException got =
                    assertThrows(PeerException.class, () -> (who == I ? responder : initiator).received(item));
            assertTrue(String.valueOf(sent.getMessage()).startsWith("we must not send "), sent.getMessage());
            assertTrue(String.valueOf(got.getMessage()).startsWith("peer sent unexpected "), got.getMessage());
            return String.valueOf(got.getMessage());
        }

        static World opened(Handshake handshake) throws PeerException {
            return new World()
                    .says(I, handshake)
                    .says(R, Handshake.responder("beta"))
                    .says(I, END, MailboxDeletes.NONE)
                    .says(R, END, MailboxDeletes.NONE);
        }

        static World backup() throws PeerException {
            return opened(Handshake.backup("alpha", SyncType.CHANGED, false));
        }

        static World twoWay() throws PeerException {
            return opened(Handshake.twoWay("alpha", SyncType.FULL));
        }

        World paired(int number) throws PeerException {
            return says(I, info(number)).says(R, info(number));
        }
    }

    private static MailRequest ask(String guid) {
        return MailRequest.of(new MailGuid(guid));
    }

    private static Mail mail(String guid) {
        return Mail.of(new MailGuid(guid), 1);
    }

    @Test
    void acceptsTheConversationsSeenFromDovecot() throws PeerException {
        // master: H N.D B .CC. MM. S .    slave: H .D B RR. S F X
        World.backup()
                .paired(1)
                .says(I, END, save(1, "a"), save(2, "b"), END)
                .says(R, ask("b"), ask("a"), END)
                .says(I, mail("a"), mail("b"), END)
                .says(R, state(1))
                .says(I, state(1), END)
                .says(R, Finish.OK, new Done());
        // master: H SS. NN.D .    slave: H NN.D F X
        new World()
                .says(R, Handshake.responder("beta"))
                .says(I, Handshake.twoWay("alpha", SyncType.STATE), state(1), state(2), END)
                .says(R, node("a"), node("b"), END, MailboxDeletes.NONE)
                .says(I, node("a"), node("b"), END, MailboxDeletes.NONE, END)
                .says(R, Finish.OK, new Done());
    }

    @Test
    void nothingPrecedesTheHandshakes() throws PeerException {
        World world = new World();
        world.refuses(I, node("a"));
        world.refuses(R, MailboxDeletes.NONE);
        world.says(I, Handshake.twoWay("alpha", SyncType.FULL));
        assertTrue(world.refuses(I, node("a")).contains("handshakes are not exchanged"));
        world.says(R, Handshake.responder("beta"));
        world.refuses(I, Handshake.twoWay("alpha", SyncType.FULL));
        world.says(R, node("a")).says(I, node("a"));
    }

    @Test
    void messageNamesWhatCameAndWhatWasExpected() throws PeerException {
        World world = World.backup();
        assertEquals(
                "peer sent unexpected mail: no mailbox is open (mailbox_info or end_of_list expected; last"
                        + " sent=mailbox_deletes, last received=mailbox_deletes)",
                world.refuses(I, mail("a")));
    }

    @Test
    void statesComeOnlyInStatefulRuns() throws PeerException {
        World world =
                new World().says(I, Handshake.twoWay("alpha", SyncType.CHANGED)).says(R, Handshake.responder("beta"));
        world.refuses(I, state(1));
        world.refuses(R, state(1));
    }

    @Test
    void mailboxesWaitForBothTrees() throws PeerException {
        World world = new World()
                .says(I, Handshake.backup("alpha", SyncType.FULL, false))
                .says(R, Handshake.responder("beta"))
                .says(I, END, MailboxDeletes.NONE);
        world.refuses(I, info(1));
        world.refuses(I, END);
        world.refuses(R, MailboxDeletes.NONE);
        world.says(R, node("x"), END);
        world.refuses(R, node("y"));
        world.says(R, MailboxDeletes.NONE).says(I, info(1));
    }

    @Test
    void mailboxIsAnsweredWithTheSameGuid() throws PeerException {
        World world = World.backup();
        world.refuses(R, info(1));
        world.says(I, info(1));
        assertTrue(world.refuses(R, info(2)).contains("wrong GUID"));
        world.refuses(I, info(1));
        world.refuses(I, END);
        world.says(R, info(1));
        world.refuses(R, info(1));
    }

    @Test
    void lostMailboxHasNoLists() throws PeerException {
        World world = World.backup().says(I, info(1)).says(R, MailboxInfo.lost(box(1)));
        world.refuses(R, END);
        world.refuses(I, A);
        world.says(I, END);
        world.refuses(I, save(1, "a"));
        world.says(R, Finish.OK);
    }

    @Test
    void sourceCanWithdrawAMailboxInsteadOfItsLists() throws PeerException {
        World world = World.backup().paired(1).says(I, MailboxInfo.lost(box(1)));
        world.paired(2).says(I, MailboxInfo.lost(box(2)), END).says(R, Finish.OK);
        World again = World.backup().paired(1).says(I, MailboxInfo.lost(box(1))).says(R, info(1));
        again.refuses(R, END);
        again.says(I, info(2));
        World begun = World.backup().paired(1).says(I, END);
        begun.says(I, END);
        begun.refuses(I, MailboxInfo.lost(box(1)));

        World reverse = World.opened(Handshake.reverseBackup("alpha", SyncType.FULL, false))
                .paired(1);
        reverse.refuses(R, MailboxInfo.lost(box(2)));
        reverse.refuses(R, info(1));
        reverse.says(R, MailboxInfo.lost(box(1)));
        reverse.refuses(R, END);
        reverse.paired(2).says(R, END, END).says(I, END).says(R, END, state(2)).says(I, state(2), END);
        World destination = World.backup().paired(1);
        destination.refuses(R, MailboxInfo.lost(box(1)));
        World both = World.twoWay().paired(1);
        both.refuses(R, MailboxInfo.lost(box(1)));
    }

    @Test
    void mailboxCanBeSkippedListedAndListedAgain() throws PeerException {
        World world = World.backup().paired(1).paired(1);
        for (int round = 0; round < 2; round++) {
            world.says(I, END, END).says(R, END).says(I, END).says(R, state(1)).says(I, state(1));
            world.paired(1);
        }
        world.says(I, END).says(R, Finish.OK);
    }

    @Test
    void dotAfterPairIsSettledByWhatFollows() throws PeerException {
        World.backup().paired(1).says(I, END).says(R, Finish.OK);
        World.twoWay().paired(1).says(I, END).says(R, Finish.OK);
        World world = World.twoWay().paired(1).says(I, END).says(R, A);
        world.refuses(R, Finish.OK);
        world.says(I, save(1, "a"), END);
        World decided = World.backup().paired(1).says(I, END, END);
        decided.refuses(R, Finish.OK);
        decided.says(R, END);
    }

    @Test
    void planFirstGoesThroughTheMailboxesTwice() throws PeerException {
        World world = World.opened(Handshake.backup("alpha", SyncType.FULL, true))
                .paired(1)
                .says(I, END);
        world.refuses(R, Finish.OK);
        world.refuses(R, info(1));
        world.says(R, END);
        world.paired(1).says(I, END, save(1, "a"), END).says(R, END).says(I, END);
        world.says(I, state(1)).says(R, state(1)).says(I, END).says(R, Finish.OK);
        world.refuses(I, info(1));

        World nothing =
                World.opened(Handshake.backup("alpha", SyncType.FULL, true)).says(I, END);
        nothing.refuses(I, END);
        nothing.says(R, END).says(I, END).says(R, Finish.OK);
    }

    @Test
    void withoutPlanThereIsOnePass() throws PeerException {
        World world = World.backup().says(I, END);
        world.refuses(I, info(1));
        world.refuses(I, END);
        world.says(R, Finish.OK);
        world.refuses(R, Finish.OK);
    }

    @Test
    void treeOnlyRunsHaveNoMailboxes() throws PeerException {
        World world = World.opened(Conversations.handshake(Mode.TWO_WAY, true, false, SyncType.FULL, true));
        world.refuses(I, info(1));
        world.says(I, END).says(R, Finish.OK);
    }

    @Test
    void uidsRise() throws PeerException {
        World world = World.backup().paired(1).says(I, END, save(5, "a"));
        assertTrue(world.refuses(I, save(5, "b")).contains("UID 5 comes after 5"));
        world.refuses(I, save(4, "b"));
        world.says(I, save(6, "b"));
    }

    @Test
    void uidsStartAnewWithEachMailbox() throws PeerException {
        World world = World.backup().paired(1).says(I, END, save(5, "a"), END).says(R, END);
        world.says(I, END, state(1)).says(R, state(1)).paired(2).says(I, END, save(1, "a"));
    }

    @Test
    void requestIsForWhatWasOfferedAndOnce() throws PeerException {
        World world = World.backup().paired(1).says(I, END, save(1, "a"), saveWithoutGuid(2));
        world.refuses(R, ask("a"));
        world.says(I, MailChange.expunge(new Uid(3), null), END);
        world.refuses(R, ask("b"));
        world.refuses(R, MailRequest.of(new Uid(1)));
        world.refuses(R, MailRequest.of(new Uid(3)));
        world.says(R, new MailRequest(new MailGuid("a"), 99));
        world.refuses(R, ask("a"));
        world.says(R, MailRequest.of(new Uid(2)), END);
    }

    @Test
    void mailAnswersRequestOnce() throws PeerException {
        World world = World.backup().paired(1).says(I, END, save(1, "a"), save(2, "b"), save(3, "c"), END);
        world.refuses(I, mail("a"));
        world.says(R, ask("a"), ask("c"));
        world.refuses(I, mail("a"));
        world.says(R, END);
        world.refuses(I, mail("b"));
        world.says(I, mail("c"));
        world.refuses(I, mail("c"));
        assertTrue(world.refuses(I, END).contains("1 requested mails are missing"));
        world.says(I, Mail.gone(ask("a")), END);
    }

    @Test
    void stateFollowsWhatItAcknowledges() throws PeerException {
        World world = World.backup().paired(1).says(I, END, save(1, "a"), END).says(R, ask("a"), END);
        world.refuses(R, state(1));
        world.says(I, mail("a"));
        world.refuses(R, state(1));
        world.says(I, END);
        world.refuses(R, state(2));
        world.says(I, state(1));
        world.refuses(I, info(1));
        world.refuses(I, END);
        world.says(R, state(1)).says(I, info(1));
    }

    @Test
    void sourceAsksForNothingAndDestinationOffersNothing() throws PeerException {
        World world = World.backup().paired(1);
        world.refuses(R, A);
        world.refuses(R, END);
        world.says(I, END, END);
        world.refuses(R, save(1, "a"));
        world.says(R, END);
        world.refuses(I, ask("a"));
        World reverse = World.opened(Handshake.reverseBackup("alpha", SyncType.FULL, false))
                .paired(1);
        reverse.refuses(I, A);
        reverse.says(R, END, save(1, "a"), END).says(I, ask("a"), END).says(R, mail("a"), END, state(1));
        reverse.says(I, state(1), END).says(R, Finish.OK);
    }

    @Test
    void doneComesAnyTimeAndNothingAfterIt() throws PeerException {
        for (int i = 0; i < 3; i++) {
            World world = i == 0
                    ? new World()
                    : i == 1 ? World.backup() : World.twoWay().paired(1);
            world.says(R, new Done());
            assertTrue(world.initiator.isOver());
            world.refuses(R, new Done());
            world.refuses(R, END);
            world.refuses(I, info(1));
            world.says(I, new Done());
        }
    }

    @Test
    void describesWhereItIs() throws PeerException {
        World world = World.backup();
        assertEquals(
                "last sent=mailbox_deletes, last received=mailbox_deletes, may send mailbox_info or end_of_list, may"
                        + " receive nothing",
                world.initiator.describe());
        assertFalse(world.initiator.isOver());
    }

    @Test
    void acceptsRandomConversationsAndRefusesEveryOtherKindOnTheWay() {
        for (long seed = 0; seed < 1500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Mode mode = List.of(Mode.values()).get(random.nextInt(3));
            SyncType type = List.of(SyncType.values()).get(random.nextInt(3));
            boolean requests = random.nextInt(4) > 0;
            List<Said> said = new Conversations(random, mode, requests, random.nextInt(3) == 0, type).make();
            try {
                replay(said);
            } catch (PeerException | AssertionError e) {
                fail("seed " + seed + ", " + mode + ", " + type + ", requests " + requests, e);
            }
        }
    }

    @Test
    void onTheBranchOfAPlanOnlyTheResponderSaysWhatItPlans() throws PeerException {
        Dialogue initiator = Dialogue.ofPlan(Role.INITIATOR);
        Dialogue responder = Dialogue.ofPlan(Role.RESPONDER);
        assertThrows(PeerException.class, () -> initiator.sent(PLANNED));
        for (SyncItem other : oneOfEach()) {
            if (!other.equals(PLANNED) && !other.equals(END)) {
                assertThrows(PeerException.class, () -> responder.sent(other));
                assertThrows(PeerException.class, () -> initiator.received(other));
            }
        }
        responder.sent(PLANNED);
        initiator.received(PLANNED);
        responder.sent(END);
        initiator.received(END);
        assertThrows(PeerException.class, () -> responder.sent(PLANNED));
        assertThrows(PeerException.class, () -> initiator.received(END));
    }

    private static void replay(List<Said> said) throws PeerException {
        World world = new World();
        for (Said next : said) {
            for (SyncItem other : oneOfEach()) {
                if (!next.allowed().contains(other.kind())) {
                    world.refuses(next.who(), other);
                }
            }
            world.says(next.who(), next.item());
        }
        assertTrue(world.initiator.isOver() && world.responder.isOver());
    }

    private static List<SyncItem> oneOfEach() {
        return List.of(
                Handshake.responder("gamma"),
                state(1),
                node("a"),
                MailboxDeletes.NONE,
                info(1),
                A,
                save(0xFFFF_FFFFL, "guid-1"),
                ask("guid-1"),
                mail("guid-1"),
                PLANNED,
                END,
                Finish.OK);
    }
}
