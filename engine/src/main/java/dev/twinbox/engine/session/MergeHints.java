package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxHint;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one end of a merge knows of its mailboxes beyond its tree. */
final class MergeHints {
    private final MergeRole role;
    private final MailStore store;
    private final SyncOptions options;
    private final StateBook states;
    private final RunReport report;
    /** In a stateful run: whether a mailbox has changed, of those that were looked at. */
    private final Map<MailboxGuid, Boolean> changed = new HashMap<>();

    MergeHints(MergeRole role, MailStore store, SyncOptions options, StateBook states, RunReport report) {
        this.role = role;
        this.store = store;
        this.options = options;
        this.states = states;
        this.report = report;
    }

    /** A mailbox that the other side has deleted is to be kept if it holds mails that no sync has seen. */
    List<MailboxHint> of(MailboxTree own, MailboxTree theirs) throws IOException {
        List<MailboxHint> hints = new ArrayList<>();
        if (options.type() == SyncType.STATE) {
            hintAtChanges(own, hints);
        }
        for (MailboxDeletes.DeletedMailbox deleted : theirs.deletes().mailboxes()) {
            MailboxNode held = own.find(deleted.guid()).orElse(null);
            if (held == null || theirs.find(deleted.guid()).isPresent()) {
                continue;
            }
            try (Mailbox box = store.open(held.name())) {
                if (holdsUnseenMail(box)) {
                    hints.add(MailboxHint.ofTree(deleted.guid(), true, false));
                }
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
                hints.add(MailboxHint.ofTree(deleted.guid(), true, false)); // who knows what lies in it
                report.problem(held.name(), e);
            }
        }
        return hints;
    }

    /** Both ends look at once: neither has to wait for the other. */
    private void hintAtChanges(MailboxTree own, List<MailboxHint> hints) throws IOException {
        for (MailboxNode each : own.mailboxes()) {
            MailboxGuid guid = Objects.requireNonNull(each.guid());
            boolean differs = true;
            try (Mailbox box = store.open(each.name())) {
                box.trustRecords();
                differs = states.isChanged(guid, box.status());
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
            }
            changed.put(guid, differs);
            if (differs) {
                hints.add(MailboxHint.ofTree(guid, false, true));
            }
        }
    }

    /** Whether a mailbox of this side has changed; null if it was not looked at. */
    @Nullable
    Boolean changed(MailboxGuid mailbox) {
        return changed.get(mailbox);
    }

    /** The source of a one-way run sees nothing of what came here otherwise. */
    boolean holdsUnseenMail(Mailbox box) throws IOException {
        boolean unseen = role.exports() ? !box.isSeenBySync() : box.holdsOwnMail();
        return unseen && !states.knowsAllMails(box.snapshot().status());
    }
}
