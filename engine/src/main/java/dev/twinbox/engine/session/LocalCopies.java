package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds mails that one mailbox of an account wants in another one of the same account, where they were moved or copied
 * from. Only mailboxes that take part in the exchange are searched: a mail that was moved left one of them changed. And, if
 * there is one, the mailbox that is said to hold all mails, whether it takes part or not.
 */
final class LocalCopies {
    /** Most mails whose tables are kept in memory to search them. */
    private static final long MAILS_MAX = 1_000_000;

    private final MailStore store;
    private final @Nullable MailboxName allMails;
    private final SyncObserver observer;
    private final Map<MailboxName, MailboxSnapshot> tables = new LinkedHashMap<>();
    private final Set<MailGuid> wanted = new HashSet<>();
    private final Map<MailGuid, MailboxName> holders = new HashMap<>();
    private final Map<MailboxName, Holder> open = new HashMap<>();
    private long kept;

    LocalCopies(MailStore store, @Nullable MailboxName allMails, SyncObserver observer) {
        this.store = store;
        this.allMails = allMails;
        this.observer = observer;
    }

    /** What can be had here instead of from the other side. */
    record Found(MailBody body, long received, Mailbox.Pop3 pop3) {}

    private record Holder(Mailbox box, MailboxSnapshot table, Map<MailGuid, Long> uids) {}

    /** A mailbox was planned. */
    void remember(MailboxName name, MailboxSnapshot table, MailboxPlan plan) {
        for (Step step : plan.steps()) {
            if (step instanceof Save save) {
                wanted.add(save.guid());
            }
        }
        if (table.size() > 0 && kept + table.size() <= MAILS_MAX) {
            kept += table.size();
            tables.put(name, table);
        }
    }

    /** All mailboxes were planned. */
    void plansKnown() throws IOException {
        if (!wanted.isEmpty()) {
            for (Map.Entry<MailboxName, MailboxSnapshot> entry : tables.entrySet()) {
                for (MailGuid guid : entry.getValue().rowsOf(wanted).keySet()) {
                    holders.putIfAbsent(guid, entry.getKey());
                }
            }
            if (allMails != null) {
                search(allMails);
            }
        }
        tables.clear();
    }

    private void search(MailboxName name) throws IOException {
        try {
            for (MailGuid guid : holder(name).uids.keySet()) {
                holders.putIfAbsent(guid, name);
            }
        } catch (IOException e) {
            if (Failures.endsRun(e)) {
                throw e;
            }
            observer.warning(name, "cannot be searched for mails to copy: " + Failures.describe(e));
        }
    }

    /** Whether a mail must stay where it is for now, because another mailbox wants a copy of it. */
    boolean isWanted(MailGuid guid) {
        return wanted.contains(guid);
    }

    /** The mail, if it is in another mailbox of this account. */
    @Nullable
    Found find(MailGuid guid, MailboxName forMailbox) throws IOException {
        MailboxName name = holders.get(guid);
        if (name == null || name.equals(forMailbox)) {
            return null;
        }
        try {
            Holder holder = holder(name);
            Long uid = holder.uids.get(guid);
            if (uid == null) {
                return null;
            }
            Uid at = new Uid(uid);
            return new Found(holder.box.body(at), holder.box.received(at), holder.box.pop3(at));
        } catch (IOException e) {
            if (Failures.endsRun(e)) {
                throw e;
            }
            return null; // then the other side has it
        }
    }

    private Holder holder(MailboxName name) throws IOException {
        Holder known = open.get(name);
        if (known != null && !known.box.changedSince(known.table)) {
            return known;
        }
        Mailbox box = known == null ? store.open(name) : known.box;
        MailboxSnapshot table = box.snapshot();
        Map<MailGuid, Long> uids = new HashMap<>();
        table.rowsOf(wanted).forEach((guid, row) -> uids.put(guid, table.uid(row)));
        Holder fresh = new Holder(box, table, uids);
        open.put(name, fresh);
        return fresh;
    }

    void close() throws IOException {
        for (Holder holder : open.values()) {
            holder.box.close();
        }
        open.clear();
    }
}
