package dev.twinbox.engine.sim;

import dev.twinbox.engine.sim.Operation.Side;
import dev.twinbox.engine.sim.Picture.Folder;
import dev.twinbox.engine.sim.Picture.Mail;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The users of both accounts: find what an operation speaks of, do it, and note what the oracle must know. */
final class SimUsers {
    private static final long DATE = 1_704_103_205;
    private static final long VALIDITY = 1_795_000_000;
    private static final long SCATTER = 0x9E3779B97F4A7C15L;
    private static final int SPREAD = 100_000;

    private final Map<Side, SimAccount> accounts;
    private final Set<String> touched = new HashSet<>();
    private final Set<String> touchedNames = new HashSet<>();
    private final Set<String> removed = new HashSet<>();

    /** Words of mails that somebody took away, and mailboxes that somebody deleted or renamed, since the last sync or ever. */
    private final Set<String> cleared = new HashSet<>();

    private final Set<String> everCleared = new HashSet<>();
    private final Set<String> everRemoved = new HashSet<>();
    private final Set<String> everMoved = new HashSet<>();
    private final Map<String, Integer> created = new HashMap<>();
    private @Nullable Facts facts;

    SimUsers(Map<Side, SimAccount> accounts) {
        this.accounts = accounts;
    }

    /** From here on what is done is done during a sync. */
    synchronized void beginSync(Facts told) {
        facts = told;
    }

    synchronized void endSync() {
        facts = null;
    }

    /** Both sides are the same: a new beginning. */
    synchronized void forget() {
        touched.clear();
        touchedNames.clear();
        removed.clear();
        cleared.clear();
    }

    /** Whether that side's user has taken a word from such a mail, since the last sync or ever. */
    synchronized boolean hasCleared(Side side, String mail, String word, boolean ever) {
        return (ever ? everCleared : cleared).contains(side + " " + mail + " " + word);
    }

    /** Whether that side's user has ever taken such a mail from the mailbox. */
    synchronized boolean hasRemoved(Side side, Folder folder, String mail) {
        return everRemoved.contains(side + " " + folder.id() + " " + mail)
                || everRemoved.contains(side + " " + folder.name + " " + mail);
    }

    /** Whether that side's user has ever deleted or renamed that mailbox, or any with null. */
    synchronized boolean hasMoved(Side side, @Nullable Folder folder) {
        return folder == null
                ? everMoved.contains(side.toString())
                : everMoved.contains(side + " " + folder.id()) || everMoved.contains(side + " " + folder.name);
    }

    private void noteRemoval(Side side, Folder folder, String mail) {
        everRemoved.add(side + " " + folder.id() + " " + mail);
        everRemoved.add(side + " " + folder.name + " " + mail);
    }

    synchronized void tell(Facts to) {
        to.touch(touched);
        to.touchNames(touchedNames);
        to.remove(removed);
    }

    /** Does it if it can be done. */
    synchronized void act(Operation.At operation) throws IOException {
        try {
            perform(operation);
        } catch (NotPossibleException | MailboxGoneException e) {
            // An operation that makes no sense here is none.
        }
    }

    private void perform(Operation.At operation) throws IOException {
        if (operation instanceof Operation.Deliver deliver) {
            deliver(deliver);
        } else if (operation instanceof Operation.Mark mark) {
            mark(mark);
        } else if (operation instanceof Operation.Expunge expunge) {
            expunge(expunge);
        } else if (operation instanceof Operation.Transfer transfer) {
            transfer(transfer);
        } else if (operation instanceof Operation.Subscribe subscribe) {
            touchedNames.add(subscribe.side() + " " + subscribe.folder());
            Facts now = facts;
            if (now != null) {
                now.late = true;
                now.touchNames(touchedNames);
            }
            MailboxName name = name(subscribe.folder());
            account(operation)
                    .change(subscribe.on() ? new TreeChange.Subscribe(name, 0) : new TreeChange.Unsubscribe(name, 0));
        } else {
            tree(operation);
        }
    }

    private SimAccount account(Operation.At operation) {
        return Objects.requireNonNull(accounts.get(operation.side()));
    }

    private static MailboxName name(String name) {
        return MailboxName.parse(name, '/');
    }

    /** The identity of a mail of the scenario language; the order of identities is not that of the names. */
    static MailGuid guid(String mail) {
        return new MailGuid(
                (1_700_000_000L + Math.floorMod(mail.hashCode() * SCATTER, SPREAD)) + ".M1P" + mail + ".sim");
    }

    private @Nullable Folder folder(Operation.At operation, String folder) throws IOException {
        try (MailStore store = account(operation).openForReading()) {
            return Picture.of(store, name(folder));
        }
    }

    private void deliver(Operation.Deliver deliver) throws IOException {
        Folder there = folder(deliver, deliver.folder());
        MailGuid guid = guid(deliver.mail());
        if (there == null || there.find(guid.value()) != null) {
            return;
        }
        byte[] content = ("From: made-up@example.org\nSubject: " + deliver.mail() + "\n\nText of " + deliver.mail()
                        + "\n")
                .getBytes(StandardCharsets.UTF_8);
        long received = DATE + Math.floorMod(deliver.mail().hashCode(), SPREAD);
        account(deliver).deliver(name(deliver.folder()), guid, content, received);
        Facts now = facts;
        if (now != null) {
            now.lateArrival(deliver.side(), there, guid.value(), Set.of());
        }
    }

    private void mark(Operation.Mark mark) throws IOException {
        Folder there = folder(mark, mark.folder());
        MailGuid guid = guid(mark.mail());
        Mail mail = there == null ? null : there.find(guid.value());
        if (there == null || mail == null || mail.words().contains(mark.word()) == mark.on()) {
            return;
        }
        account(mark).mark(name(mark.folder()), mail.uid(), guid, mark.word(), mark.on());
        if (!mark.on()) {
            cleared.add(mark.side() + " " + guid.value() + " " + mark.word());
            everCleared.add(mark.side() + " " + guid.value() + " " + mark.word());
        }
        Facts now = facts;
        if (now != null) {
            now.lateMark(mark.side(), there, guid.value(), mark.word(), mark.on());
        } else {
            touched.add(Facts.key(mark.side(), there.guid, mail.uid(), mark.word()));
        }
    }

    private void expunge(Operation.Expunge expunge) throws IOException {
        Folder there = folder(expunge, expunge.folder());
        MailGuid guid = guid(expunge.mail());
        Mail mail = there == null ? null : there.find(guid.value());
        if (there == null || mail == null) {
            return;
        }
        account(expunge).expunge(name(expunge.folder()), mail.uid(), guid);
        noteRemoval(expunge.side(), there, guid.value());
        Facts now = facts;
        if (now != null) {
            now.lateExpunge(expunge.side(), there, guid.value());
        } else {
            removed.add(Facts.removal(expunge.side(), there, guid.value()));
        }
    }

    private void transfer(Operation.Transfer transfer) throws IOException {
        Folder from = folder(transfer, transfer.folder());
        Folder to = folder(transfer, transfer.to());
        MailGuid guid = guid(transfer.mail());
        Mail mail = from == null ? null : from.find(guid.value());
        if (from == null || to == null || mail == null || (transfer.move() && from.name.equals(to.name))) {
            return;
        }
        SimAccount account = account(transfer);
        if (!account.copy(name(transfer.folder()), mail.uid(), guid, name(transfer.to()))) {
            return;
        }
        if (transfer.move()) {
            account.expunge(name(transfer.folder()), mail.uid(), guid);
            noteRemoval(transfer.side(), from, guid.value());
        }
        Facts now = facts;
        if (now == null) {
            if (transfer.move()) {
                removed.add(Facts.removal(transfer.side(), from, guid.value()));
            }
        } else {
            now.lateArrival(transfer.side(), to, guid.value(), mail.words());
            now.looseMails.add(guid.value());
            if (transfer.move()) {
                now.lateExpunge(transfer.side(), from, guid.value());
            }
        }
    }

    private void tree(Operation.At operation) throws IOException {
        TreeChange change;
        if (operation instanceof Operation.Create create) {
            String key = create.side() + " " + create.folder();
            int number = created.merge(key, 1, Integer::sum);
            long id = (key + number).hashCode() * SCATTER;
            change = new TreeChange.Create(
                    name(create.folder()), new MailboxGuid(id, number), VALIDITY + Math.floorMod(id, SPREAD));
        } else if (operation instanceof Operation.Rename rename && !rename.to().startsWith(rename.folder() + "/")) {
            touchedNames.add(rename.side() + " " + Facts.TREE);
            Folder there = folder(rename, rename.folder());
            everMoved.add(rename.side().toString());
            if (there != null) {
                everMoved.add(rename.side() + " " + there.id());
                everMoved.add(rename.side() + " " + there.name);
            }
            change = new TreeChange.Rename(name(rename.folder()), name(rename.to()));
        } else if (operation instanceof Operation.Delete delete
                && !delete.folder().equals("INBOX")) {
            Folder there = folder(delete, delete.folder());
            if (there == null) {
                return;
            }
            change = new TreeChange.Delete(name(delete.folder()), there.guid);
            everMoved.add(delete.side().toString());
            everMoved.add(delete.side() + " " + there.id());
            everMoved.add(delete.side() + " " + there.name);
            Facts now = facts;
            if (now != null) {
                now.lateDeleted.add(there.guid);
                now.lateDeletedNames.add(there.name);
            }
        } else {
            return;
        }
        Facts now = facts;
        if (now != null) {
            now.late = true;
            now.looseTree = true;
        }
        account(operation).change(change);
    }
}
