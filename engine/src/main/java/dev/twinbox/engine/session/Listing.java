package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.MergeInput;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailChange.KeywordChange;
import dev.twinbox.protocol.item.MailChange.KeywordChange.Action;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxHint;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What one side says of a mailbox in its list of changes, and what follows from it. The speaker builds it from the very
 * items that it sends, so that both ends decide by the same account.
 */
final class Listing {
    private final MergeInput input;
    private final BitSet unwanted;
    private final boolean complete;

    private Listing(Builder from) {
        this.input = new MergeInput(
                from.rows.build(from.counted(), new Object()),
                new ChangeLog(
                        from.log.wholeLog(),
                        from.expunges,
                        from.changes,
                        from.log.unsyncedFrom() == 0 ? ChangeLog.ALL_SYNCED : from.log.unsyncedFrom()));
        this.unwanted = from.unwanted;
        this.complete = from.gone == 0;
    }

    MergeInput input() {
        return input;
    }

    /** Whether every mail is in it. */
    boolean complete() {
        return complete;
    }

    /** Whether the other side may fetch the mail of a row. */
    IntPredicate wanted() {
        return row -> !unwanted.get(row);
    }

    /** Where the items of a list go to. */
    private interface Sink {
        void take(MailChange change) throws IOException;
    }

    /** Says the list to its end. */
    static Listing say(
            Conversation talk,
            @Nullable Mailbox box,
            MailboxSnapshot table,
            ChangeLog log,
            MailboxInfo info,
            MailFilter filter)
            throws IOException {
        MailboxHint hint = hint(log, info);
        talk.send(hint);
        talk.endList(); // attributes
        Builder builder = new Builder(info, hint, filter);
        list(box, table, log, filter, builder, change -> {
            builder.take(change);
            talk.send(change);
        });
        talk.endList();
        return new Listing(builder);
    }

    /** The same list, for oneself. */
    static Listing of(MailboxSnapshot table, ChangeLog log, MailboxInfo info) throws IOException {
        Builder builder = new Builder(info, hint(log, info), MailFilter.ALL);
        list(null, table, log, MailFilter.ALL, builder, builder::take);
        return new Listing(builder);
    }

    private static MailboxHint hint(ChangeLog log, MailboxInfo info) {
        long unsynced = log.unsynced() == ChangeLog.ALL_SYNCED ? 0 : log.unsynced();
        return MailboxHint.ofLog(info.guid(), log.reachesBack(), unsynced);
    }

    private static void list(
            @Nullable Mailbox box, MailboxSnapshot table, ChangeLog log, MailFilter filter, Builder builder, Sink sink)
            throws IOException {
        List<Expunge> gone = log.expunges();
        int next = 0;
        for (int row = 0; row < table.size(); row++) {
            long uid = table.uid(row);
            for (; next < gone.size() && gone.get(next).uid() <= uid; next++) {
                if (gone.get(next).uid() < uid) {
                    sink.take(expunge(gone.get(next)));
                }
            }
            try {
                sink.take(save(box, table, row, log.of(uid), filter));
            } catch (BodyGoneException e) {
                builder.gone++; // while it was measured, so it is not listed
            }
        }
        for (; next < gone.size(); next++) {
            sink.take(expunge(gone.get(next)));
        }
    }

    /** Hears the other side's list to its end. */
    static Listing hear(Conversation talk, MailboxInfo info, MailFilter filter) throws IOException {
        MailboxHint[] hint = {MailboxHint.ofLog(info.guid(), false, 0)};
        talk.receiveList(SyncItem.class, (item, body) -> {
            if (item instanceof MailboxHint said) {
                hint[0] = said;
            } else if (!(item instanceof MailboxAttribute)) {
                throw new PeerException("the other side sent " + item.kind() + " instead of an attribute");
            }
        });
        Builder builder = new Builder(info, hint[0], filter);
        talk.receiveList(MailChange.class, (change, body) -> builder.take(change));
        return new Listing(builder);
    }

    private static MailChange expunge(Expunge expunge) {
        MailGuid guid = expunge.guid128().isEmpty() ? null : new MailGuid(expunge.guid128());
        return MailChange.expunge(new Uid(expunge.uid()), guid);
    }

    private static MailChange save(
            @Nullable Mailbox box, MailboxSnapshot table, int row, Change change, MailFilter filter)
            throws IOException {
        Uid uid = new Uid(table.uid(row));
        return new MailChange(
                MailChange.Type.SAVE,
                uid,
                table.guid(row),
                null,
                new ModSeq(table.modSeq(row)),
                ModSeq.NONE,
                change.added(),
                change.removed(),
                table.flags(row),
                false,
                keywords(table.keywords(row), change),
                table.received(row) == MailboxSnapshot.RECEIVED_UNKNOWN ? MailChange.UNKNOWN : table.received(row),
                filter.maxSize() > 0 && box != null ? box.virtualSize(uid) : MailChange.UNKNOWN,
                change.when());
    }

    private static List<KeywordChange> keywords(Keywords now, Change change) {
        if (now.isEmpty()
                && change.keywordsAdded().isEmpty()
                && change.keywordsRemoved().isEmpty()) {
            return List.of();
        }
        List<KeywordChange> list = new ArrayList<>();
        TreeSet<String> said = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Keywords added = Keywords.of(change.keywordsAdded());
        for (String name : now.names()) {
            list.add(new KeywordChange(added.contains(name) ? Action.ADDED_AND_SET : Action.SET, name));
            said.add(name);
        }
        for (String name : change.keywordsRemoved()) {
            if (said.add(name)) {
                list.add(new KeywordChange(Action.REMOVED, name));
            }
        }
        for (String name : change.keywordsAdded()) {
            if (said.add(name)) {
                list.add(new KeywordChange(Action.ADDED, name));
            }
        }
        return list;
    }

    /** Collects the items of a list. */
    private static final class Builder {
        private final MailboxStatus status;
        private final MailFilter filter;
        private final MailboxHint log;
        private final MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
        private final List<Expunge> expunges = new ArrayList<>();
        private final Map<Long, Change> changes = new HashMap<>();
        private final BitSet unwanted = new BitSet();
        private int size;
        private int gone;

        Builder(MailboxInfo info, MailboxHint log, MailFilter filter) {
            this.status = Infos.status(info);
            this.log = log;
            this.filter = filter;
        }

        void take(MailChange change) throws PeerException {
            long uid = change.uid().value();
            if (uid >= status.uidNext()) {
                return; // came after the mailbox's numbers were said; the next run will see it
            }
            MailGuid guid = change.guid();
            if (change.type() == MailChange.Type.EXPUNGE) {
                expunges.add(new Expunge(
                        uid, guid == null ? "" : guid.value(), change.modSeq().value(), false));
                return;
            }
            if (change.type() != MailChange.Type.SAVE || guid == null) {
                throw new PeerException("the other side sent a change without a mail, UID " + uid);
            }
            Keywords keywords = change.currentKeywords();
            try {
                rows.add(
                        uid,
                        guid,
                        change.current(),
                        keywords,
                        change.modSeq().value(),
                        change.received() == MailChange.UNKNOWN ? MailboxSnapshot.RECEIVED_UNKNOWN : change.received());
            } catch (IllegalArgumentException e) {
                throw new PeerException("the other side's list of mails is not one: " + e.getMessage());
            }
            if (!filter.accepts(change, keywords)) {
                unwanted.set(size);
            }
            size++;
            note(uid, change);
        }

        private void note(long uid, MailChange change) {
            List<String> added = new ArrayList<>();
            List<String> removed = new ArrayList<>();
            for (KeywordChange keyword : change.keywords()) {
                switch (keyword.action()) {
                    case ADDED, ADDED_AND_SET -> added.add(keyword.name());
                    case REMOVED -> removed.add(keyword.name());
                    case SET -> {}
                }
            }
            Flags plus = change.added();
            Flags minus = change.removed();
            if (plus.bits() != 0 || minus.bits() != 0 || !added.isEmpty() || !removed.isEmpty()) {
                changes.put(uid, new Change(plus, minus, added, removed, change.when()));
            }
        }

        MailboxStatus counted() {
            return new MailboxStatus(
                    status.guid(),
                    status.uidValidity(),
                    status.uidNext(),
                    size,
                    status.firstRecentUid(),
                    status.highestModSeq(),
                    status.provisional());
        }
    }
}
