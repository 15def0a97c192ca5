package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A mail that the other end asks for, and where it is here. Pure.
 *
 * @param row of one's own table
 */
record Requested(MailRequest request, int row) {
    /**
     * In the order of the UIDs that the mails will have. A Dovecot keeps what it got before a run breaks off, under the UIDs
     * that were planned: a mail that is missing below them would be taken for deleted there in the next run.
     *
     * @param plan what becomes of one's own mails
     * @throws PeerException if a mail is asked for that is not in the table
     */
    static List<Requested> inOrder(
            List<MailRequest> requests, MailboxSnapshot table, MailboxPlan plan, MailboxName name)
            throws PeerException {
        Map<MailGuid, Integer> rows = rows(requests, table);
        Map<Long, Long> renumbered = new HashMap<>();
        for (Step step : plan.steps()) {
            if (step instanceof Renumber to) {
                renumbered.put(to.uid(), to.newUid());
            }
        }
        List<Requested> all = new ArrayList<>(requests.size());
        for (MailRequest request : requests) {
            int row = row(request, table, rows);
            if (row < 0) {
                throw new PeerException(name + ": the other side asked for a mail that was not offered");
            }
            all.add(new Requested(request, row));
        }
        all.sort(Comparator.comparingLong(each -> {
            long uid = table.uid(each.row);
            return renumbered.getOrDefault(uid, uid);
        }));
        return all;
    }

    private static Map<MailGuid, Integer> rows(List<MailRequest> requests, MailboxSnapshot table) {
        Set<MailGuid> wanted = new HashSet<>();
        for (MailRequest request : requests) {
            MailGuid guid = request.guid();
            if (guid != null) {
                wanted.add(guid);
            }
        }
        return table.rowsOf(wanted);
    }

    /** A Dovecot says which UID the mail has here, beside its GUID. */
    private static int row(MailRequest request, MailboxSnapshot table, Map<MailGuid, Integer> rows) {
        MailGuid guid = request.guid();
        int row = request.uid() == 0 ? -1 : table.rowOf(request.uid());
        if (guid != null && (row < 0 || !table.guid(row).equals(guid))) {
            return rows.getOrDefault(guid, -1);
        }
        return row;
    }
}
