package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.MailboxMerge;
import dev.twinbox.engine.state.BoxState;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxState;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a run goes on from, and what the next one can go on from (dsync wire protocol, section 4). */
final class StateBook {
    private final boolean mirrors;
    /** The state the run began with. */
    private SyncState before = SyncState.EMPTY;
    /** The state the run ends with. */
    private final Map<MailboxGuid, BoxState> after = new LinkedHashMap<>();

    StateBook() {
        this(false);
    }

    /**
     * @param mirrors whether this end is made as the other one is, whatever was done to it: a list of what is new at the other
     *     end is not enough for that
     */
    StateBook(boolean mirrors) {
        this.mirrors = mirrors;
    }

    void beginWith(SyncState state) {
        before = state;
        after.putAll(state.boxes());
    }

    /** Whether a mailbox is not as the last run left it. */
    boolean isChanged(MailboxGuid guid, MailboxStatus now) {
        BoxState state = before.find(guid).orElse(null);
        return state == null
                || !now.guid().equals(guid)
                || now.uidValidity() != state.uidValidity()
                || now.uidNext() != state.commonUid() + 1
                || now.highestModSeq() != state.commonModSeq()
                || now.messages() != state.messages();
    }

    /**
     * Whether both sides had all mails of a mailbox when the state was saved: none has a UID above the common one, and there
     * are no more than both had, which would be so if a filter had kept some away.
     */
    boolean knowsAllMails(MailboxStatus now) {
        BoxState state = before.find(now.guid()).orElse(null);
        return state != null
                && now.uidValidity() == state.uidValidity()
                && now.uidNext() - 1 <= state.commonUid()
                && now.messages() <= state.messages();
    }

    /** Whether the open mailbox can say what changed since the state. */
    boolean canGoOn(Mailbox box, MailboxInfo now) throws IOException {
        BoxState state = before.find(now.guid()).orElse(null);
        if (state == null || state.commonUid() == 0) {
            return false;
        }
        if (state.uidValidity() != now.uidValidity()
                || now.uidNext() - 1 < state.commonUid()
                || now.highestModSeq().value() < state.commonModSeq()) {
            return false;
        }
        box.snapshot();
        ChangeLog log = box.changes(state.commonModSeq());
        return log.reachesBack() && !(mirrors && isTouched(log, state.commonUid()));
    }

    /** What a flag was before it was changed is not in the log: somebody may have taken it away twice. */
    private static boolean isTouched(ChangeLog log, long commonUid) {
        return log.expunges().stream().anyMatch(expunge -> expunge.uid() <= commonUid && !expunge.bySync())
                || log.changes().keySet().stream().anyMatch(uid -> uid <= commonUid);
    }

    /** Whether there is anything to go on from. */
    boolean hasPosition(MailboxGuid guid) {
        BoxState state = before.find(guid).orElse(null);
        return state != null && state.commonUid() > 0;
    }

    /** A state without the mailboxes of a store that have changed and cannot say what has. */
    SyncState usable(SyncState state, MailStore store) throws IOException {
        StateBook book = new StateBook(mirrors);
        book.beginWith(state);
        Set<MailboxGuid> usable = new HashSet<>();
        for (MailboxNode node : store.tree().mailboxes()) {
            MailboxGuid guid = Objects.requireNonNull(node.guid());
            try (Mailbox box = store.open(node.name())) {
                MailboxStatus now = box.status();
                if (!book.isChanged(guid, now) || book.canGoOn(box, Infos.of(now, store.capabilities()))) {
                    usable.add(guid);
                }
            } catch (IOException e) {
                if (Failures.endsRun(e)) {
                    throw e;
                }
            }
        }
        return state.only(usable);
    }

    /** How far both sides were the same. */
    MailboxMerge.Common common(MailboxGuid guid) {
        BoxState state = before.find(guid).orElse(null);
        return state == null
                ? MailboxMerge.Common.NONE
                : new MailboxMerge.Common(state.commonUid(), state.commonModSeq());
    }

    /** Both sides have these numbers. */
    void equal(MailboxGuid guid, MailboxInfo info) {
        ended(
                guid,
                new BoxState(
                        info.uidValidity(),
                        info.uidNext() - 1,
                        info.highestModSeq().value(),
                        0,
                        info.messages()));
    }

    /** @param state null if the mailbox did not end clean */
    void ended(MailboxGuid guid, @Nullable BoxState state) {
        if (state == null) {
            after.remove(guid);
        } else {
            after.put(guid, state);
        }
    }

    /** What both ends have said to have come to: what either has not seen is not common. */
    static BoxState agreed(BoxState own, MailboxState said) {
        return new BoxState(
                own.uidValidity(),
                Math.min(own.commonUid(), said.commonUid()),
                Math.min(own.commonModSeq(), said.commonModSeq().value()),
                0,
                Math.min(own.messages(), said.messages()));
    }

    /** What the next run can go on from, of these mailboxes. */
    SyncState endsWith(Set<MailboxGuid> mailboxes) {
        return SyncState.of(after).only(mailboxes);
    }
}
