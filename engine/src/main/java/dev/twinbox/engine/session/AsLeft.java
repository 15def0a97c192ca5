package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How a merge has left its mailboxes, what is still to be taken out of them, and which of them somebody uses. */
final class AsLeft {
    private final MailStore store;
    private final RunReport report;
    /** What is still to be taken away, by mailbox. */
    private final Map<MailboxName, MailboxPlan> deferred = new LinkedHashMap<>();
    /** The numbers that mailboxes have been brought to. */
    private final Map<MailboxName, MailboxStatus> reached = new LinkedHashMap<>();

    private final Set<MailboxName> unsettled = new HashSet<>();

    AsLeft(MailStore store, RunReport report) {
        this.store = store;
        this.report = report;
    }

    /** Somebody uses the mailbox. */
    void moved(MailboxName name) {
        unsettled.add(name);
    }

    /** The mailbox has what it wants. */
    void settled(MailboxName name, Optional<MailboxStatus> numbers) {
        unsettled.remove(name);
        numbers.ifPresent(arrived -> reached.put(name, arrived));
    }

    /** What must wait until all mailboxes have what they want. */
    void putOff(MailboxName name, MailboxPlan later) {
        if (!later.steps().isEmpty()) {
            deferred.put(name, later);
        }
    }

    /** Every mailbox has what it wants: what was moved can go from its old places. */
    void takeAway() throws IOException {
        for (Map.Entry<MailboxName, MailboxPlan> entry : deferred.entrySet()) {
            try (Mailbox box = store.open(entry.getKey())) {
                Optional<MailboxStatus> left = LateExpunge.carryOut(box, entry.getValue());
                if (left.isPresent()) {
                    reached.put(entry.getKey(), left.get());
                } else {
                    unsettled.add(entry.getKey());
                }
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                report.problem(entry.getKey(), e);
            }
        }
        deferred.clear();
    }

    /** Looks whether the mailboxes are still as they were left: only then are both sides equal. */
    void lookAgain() {
        for (Map.Entry<MailboxName, MailboxStatus> entry : reached.entrySet()) {
            if (isMoved(entry.getKey(), entry.getValue())) {
                unsettled.add(entry.getKey());
            }
        }
    }

    private boolean isMoved(MailboxName name, MailboxStatus left) {
        try (Mailbox box = store.open(name)) {
            MailboxStatus now = box.status();
            return now.uidNext() != left.uidNext()
                    || now.messages() != left.messages()
                    || now.highestModSeq() != left.highestModSeq();
        } catch (IOException e) {
            return true;
        }
    }

    /** Mailboxes that may differ still. */
    Set<MailboxName> unsettled() {
        return Set.copyOf(unsettled);
    }
}
