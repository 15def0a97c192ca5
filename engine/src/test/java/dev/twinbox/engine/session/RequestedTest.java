package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestedTest {
    private static final MailboxStatus STATUS = new MailboxStatus(new MailboxGuid(1, 2), 7, 5, 4, 1, 1, false);
    private static final MailboxPlan NOTHING = MailboxPlan.asItIs(STATUS);

    private static MailboxSnapshot table() {
        MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
        for (int uid = 1; uid <= 4; uid++) {
            rows.add(uid, new MailGuid("g" + uid), Flags.NONE, Keywords.NONE, 1, MailboxSnapshot.RECEIVED_UNKNOWN);
        }
        return rows.build(STATUS, new Object());
    }

    private static List<Long> uids(MailboxPlan plan, MailRequest... requests) throws PeerException {
        List<Long> uids = new ArrayList<>();
        for (Requested each : Requested.inOrder(List.of(requests), table(), plan, MailboxName.INBOX)) {
            uids.add(table().uid(each.row()));
        }
        return uids;
    }

    private static MailRequest request(String guid, long uid) {
        return new MailRequest(new MailGuid(guid), uid);
    }

    /** Else a run that breaks off leaves holes at a Dovecot, which the next one takes for deletions. */
    @Test
    void mailsGoOutInTheOrderOfTheirUids() throws PeerException {
        assertEquals(List.of(1L, 2L, 3L), uids(NOTHING, request("g3", 3), request("g1", 1), request("g2", 0)));
    }

    @Test
    void mailsThatAreRenumberedGoOutInTheOrderOfTheirNewUids() throws PeerException {
        MailboxPlan plan = new MailboxPlan(
                NOTHING.target(),
                List.of(new MailboxPlan.Renumber(
                        2, 9, Flags.NONE, Keywords.NONE, 1, MailboxSnapshot.RECEIVED_UNKNOWN, "conflict")));
        assertEquals(List.of(1L, 3L, 2L), uids(plan, request("g1", 1), request("g2", 2), request("g3", 3)));
    }

    /** Between two Twinboxes the UID may be that of the one who asks. */
    @Test
    void theGuidCountsMoreThanTheUid() throws PeerException {
        assertEquals(List.of(4L), uids(NOTHING, request("g4", 1)));
    }

    @Test
    void nothingElseIsHandedOut() {
        assertThrows(PeerException.class, () -> uids(NOTHING, request("g5", 1)));
        assertThrows(PeerException.class, () -> uids(NOTHING, MailRequest.of(new Uid(9))));
    }
}
