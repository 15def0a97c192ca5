package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.CopyNames;
import dev.twinbox.engine.merge.MailboxMerge.Common;
import dev.twinbox.engine.merge.MergeInput;
import dev.twinbox.engine.merge.Reconstruction;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailChange.KeywordChange;
import dev.twinbox.protocol.item.MailChange.KeywordChange.Action;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxHint;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What one side says of a mailbox in its list of changes, and what follows from it. The speaker builds it from the very
 * items that it sends, so that both ends decide by the same account.
 */
final class Listing {
    private final MergeInput input;
    private final Set<Long> unwanted;
    private final Attributes attributes;
    private final boolean complete;
    private final boolean leftOut;
    private final boolean known;

    /** How to ask for a mail, by the GUID that a copy of it gets. */
    private final Map<MailGuid, MailRequest> requests = new HashMap<>();

    private Listing(MergeInput input, Set<Long> unwanted, Attributes attributes, boolean complete) {
        this(input, unwanted, attributes, complete, false, true);
    }

    private Listing(
            MergeInput input,
            Set<Long> unwanted,
            Attributes attributes,
            boolean complete,
            boolean leftOut,
            boolean known) {
        this.input = input;
        this.unwanted = unwanted;
        this.attributes = attributes;
        this.complete = complete;
        this.leftOut = leftOut;
        this.known = known;
    }

    MergeInput input() {
        return input;
    }

    Attributes attributes() {
        return attributes;
    }

    /** Whether every mail is in it. */
    boolean complete() {
        return complete;
    }

    /** Of a list that was heard: whether the speaker left out what both sides have, so that nothing else is missing in it. */
    boolean leftOut() {
        return leftOut;
    }

    /** Whether all is known that was left out: not if one's own mails have changed since they were said to be the same. */
    boolean known() {
        return known;
    }

    /** Whether the other side may fetch the mail of a row. */
    IntPredicate wanted() {
        return row -> unwanted.isEmpty() || !unwanted.contains(input.table().uid(row));
    }

    /**
     * Asks for a mail: by its GUID, or if it has none by its UID.
     *
     * @param guid the GUID its copy gets
     */
    MailRequest request(MailGuid guid) {
        CopyNames names = input.names();
        if (names == null) {
            return MailRequest.of(guid);
        }
        if (requests.isEmpty()) {
            MailboxSnapshot table = input.table();
            for (int row = 0; row < table.size(); row++) {
                long uid = table.uid(row);
                MailGuid own = names.known().get(uid);
                MailRequest how = own != null ? MailRequest.of(own) : MailRequest.of(new Uid(uid));
                requests.putIfAbsent(names.of(uid, table.guid(row)), how);
            }
        }
        return Objects.requireNonNull(requests.get(guid));
    }

    /**
     * What is to be said of a mailbox, and what it is said by.
     *
     * @param shared what the other side has said to have as well: it is not listed, by neither
     */
    record Subject(
            @Nullable Mailbox box,
            MailboxSnapshot table,
            ChangeLog log,
            MailboxInfo info,
            Attributes attributes,
            MailFilter filter,
            Identity identity,
            BlockDigests.Common shared) {
        /** All is to be said. */
        Subject(
                @Nullable Mailbox box,
                MailboxSnapshot table,
                ChangeLog log,
                MailboxInfo info,
                Attributes attributes,
                MailFilter filter,
                Identity identity) {
            this(box, table, log, info, attributes, filter, identity, BlockDigests.Common.NOTHING);
        }

        /** Whether an account of oneself is just the table: what is listed has all of its mails, and in this form. */
        boolean listsTable() {
            return identity == Identity.GUID
                    && filter.maxSize() == 0
                    && (table.size() == 0 || table.uid(table.size() - 1) < info.uidNext());
        }
    }

    /**
     * Says the list to its end.
     *
     * @param common what both sides have in common is not said; {@link Common#NONE} to say all
     */
    static Listing say(Conversation talk, Subject subject, Common common) throws IOException {
        MailboxHint hint = hint(subject);
        if (!talk.isDsync()) {
            talk.send(hint);
        }
        AttributeExchange.send(talk, subject.attributes());
        Builder builder = new Builder(subject, hint);
        boolean all = common.uid() == 0 || hint.leavesOut();
        list(subject, builder, change -> {
            MailChange said = talk.isDsync() ? forDovecot(change, subject) : change;
            if (all || change.uid().value() > common.uid()) {
                talk.send(said);
            } else if (change.type() == MailChange.Type.EXPUNGE) {
                talk.send(said);
            } else if (isNews(change, common)) {
                talk.send(as(MailChange.Type.FLAGS, said, said.modSeq(), said.received()));
            }
        });
        talk.endList();
        return builder.build(subject.attributes());
    }

    private static boolean isNews(MailChange change, Common common) {
        return change.modSeq().value() > common.modSeq()
                || change.added().bits() != 0
                || change.removed().bits() != 0
                || change.keywords().stream().anyMatch(keyword -> keyword.action() != Action.SET);
    }

    /**
     * A Dovecot knows of no mail without a modseq: it shows the mailbox's highest. And it cannot stand a mail or an expunge
     * without a date when there is a filter by date (dsync wire protocol, section 2.7).
     */
    private static MailChange forDovecot(MailChange change, Subject subject) {
        if (change.type() == MailChange.Type.EXPUNGE) {
            long date = Math.max(subject.filter().since(), subject.filter().until());
            return date == 0 ? change : as(MailChange.Type.EXPUNGE, change, change.modSeq(), date);
        }
        ModSeq modSeq = change.modSeq().value() == 0 ? subject.info().highestModSeq() : change.modSeq();
        return as(change.type(), change, modSeq, change.received());
    }

    private static MailChange as(MailChange.Type type, MailChange change, ModSeq modSeq, long received) {
        return new MailChange(
                type,
                change.uid(),
                change.guid(),
                change.headerHash(),
                modSeq,
                ModSeq.NONE,
                change.added(),
                change.removed(),
                change.current(),
                false,
                change.keywords(),
                received,
                change.virtualSize(),
                change.when());
    }

    /** The same list, for oneself. */
    static Listing of(Subject subject) throws IOException {
        Builder builder = new Builder(subject, hint(subject));
        list(subject, builder, change -> {});
        return builder.build(subject.attributes());
    }

    private static MailboxHint hint(Subject subject) {
        ChangeLog log = subject.log();
        long unsynced = log.unsynced() == ChangeLog.ALL_SYNCED ? 0 : log.unsynced();
        return MailboxHint.ofLog(
                subject.info().guid(),
                log.reachesBack(),
                unsynced,
                !subject.shared().isEmpty());
    }

    /** Where the items of a list go to. */
    private interface Sink {
        void take(MailChange change) throws IOException;
    }

    private static void list(Subject subject, Builder builder, Sink sink) throws IOException {
        Sink both = change -> {
            builder.take(change);
            sink.take(change);
        };
        List<Expunge> gone = subject.log().expunges();
        MailboxSnapshot table = subject.table();
        int next = 0;
        for (int row = 0; row < table.size(); row++) {
            long uid = table.uid(row);
            for (; next < gone.size() && gone.get(next).uid() <= uid; next++) {
                if (gone.get(next).uid() < uid) {
                    both.take(expunge(gone.get(next)));
                }
            }
            if (subject.shared().has(uid)) {
                builder.leaveOut(row);
                continue;
            }
            try {
                both.take(save(subject, row));
            } catch (BodyGoneException e) {
                builder.gone++; // while it was measured, so it is not listed
            }
        }
        for (; next < gone.size(); next++) {
            both.take(expunge(gone.get(next)));
        }
    }

    /**
     * Hears the other side's list to its end.
     *
     * @param info the other side's numbers
     * @param own what is said to it; null if it must list all
     */
    static Listing hear(
            Conversation talk,
            MailboxName name,
            MailboxInfo info,
            MailFilter filter,
            Identity identity,
            @Nullable Subject own,
            SyncObserver observer)
            throws IOException {
        MailboxHint hint = MailboxHint.ofLog(info.guid(), false, 0, false);
        Attributes attributes = Attributes.of(List.of(), false);
        if (talk.knowsAttributes()) {
            Peer.Incoming first = talk.receiveWithBody();
            if (first.item() instanceof MailboxHint said) {
                hint = said;
                first = talk.receiveWithBody();
            }
            attributes = AttributeExchange.receive(talk, first, name, observer);
        }
        Builder builder = new Builder(info, hint, filter, identity);
        talk.receiveList(MailChange.class, (change, body) -> builder.take(change));
        if (!hint.leavesOut()) {
            return builder.build(attributes);
        }
        if (own == null) {
            throw new PeerException("the other side left mails out of a list that is to have all");
        }
        return builder.build(attributes, own);
    }

    /** What was heard only of what is not common, made whole by one's own account. */
    Listing completed(Listing own, Common common) {
        return new Listing(Reconstruction.complete(input, own.input, common), unwanted, attributes, complete);
    }

    private static MailChange expunge(Expunge expunge) {
        MailGuid guid = expunge.guid128().isEmpty() ? null : new MailGuid(expunge.guid128());
        return MailChange.expunge(new Uid(expunge.uid()), guid);
    }

    private static MailChange save(Subject subject, int row) throws IOException {
        MailboxSnapshot table = subject.table();
        Mailbox box = subject.box();
        Change change = subject.log().of(table.uid(row));
        Uid uid = new Uid(table.uid(row));
        boolean hashed = subject.identity() == Identity.HEADER_HASH;
        return new MailChange(
                MailChange.Type.SAVE,
                uid,
                subject.info().hasGuids() ? table.guid(row) : null,
                hashed ? Identity.hash(Objects.requireNonNull(box), uid) : null,
                new ModSeq(table.modSeq(row)),
                ModSeq.NONE,
                change.added(),
                change.removed(),
                table.flags(row),
                false,
                keywords(table.keywords(row), change),
                table.received(row) == MailboxSnapshot.RECEIVED_UNKNOWN ? MailChange.UNKNOWN : table.received(row),
                subject.filter().maxSize() > 0 && box != null ? box.virtualSize(uid) : MailChange.UNKNOWN,
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
        /** Begins what stands for the hash of a mail that is said without; no hash is like it. */
        private static final String UNHASHED = "uid-";

        private final MailboxStatus status;
        private final MailFilter filter;
        private final MailboxHint log;
        private final boolean hashed;
        private final Map<Long, MailGuid> guids = new HashMap<>();
        private final MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
        private final List<Expunge> expunges = new ArrayList<>();
        private final Map<Long, Change> changes = new HashMap<>();
        private final Set<Long> unwanted = new HashSet<>();
        private int size;
        private int gone;

        /** One's own mails, and whether there is no need to put them together anew. */
        private @Nullable MailboxSnapshot table;

        private boolean ready;

        Builder(Subject own, MailboxHint log) {
            this(own.info(), log, own.filter(), own.identity());
            table = own.table();
            ready = own.listsTable();
        }

        Builder(MailboxInfo info, MailboxHint log, MailFilter filter, Identity identity) {
            this.hashed = identity == Identity.HEADER_HASH;
            this.status = Infos.status(info);
            this.log = log;
            this.filter = filter;
        }

        /** One's own mail in that row is not said. */
        void leaveOut(int row) {
            MailboxSnapshot from = Objects.requireNonNull(table);
            if (ready || from.uid(row) < status.uidNext()) {
                size++;
            }
            if (!ready && from.uid(row) < status.uidNext()) {
                rows.add(
                        from.uid(row),
                        from.guid(row),
                        from.flags(row),
                        from.keywords(row),
                        from.modSeq(row),
                        from.received(row));
            }
        }

        void take(MailChange change) throws PeerException {
            long uid = change.uid().value();
            if (uid >= status.uidNext()) {
                return; // came after the mailbox's numbers were said; the next run will see it
            }
            if (change.type() == MailChange.Type.EXPUNGE) {
                MailGuid gone = hashed ? null : change.guid();
                expunges.add(new Expunge(
                        uid, gone == null ? "" : gone.value(), change.modSeq().value(), false));
                return;
            }
            MailGuid key = key(change);
            Keywords keywords = change.currentKeywords();
            if (!ready) {
                add(uid, key, keywords, change);
            }
            if (!filter.accepts(change, keywords)) {
                unwanted.add(uid);
            }
            size++;
            note(uid, change);
        }

        private void add(long uid, MailGuid key, Keywords keywords, MailChange change) throws PeerException {
            try {
                rows.add(
                        uid,
                        key,
                        change.current(),
                        keywords,
                        change.modSeq().value(),
                        change.received() == MailChange.UNKNOWN ? MailboxSnapshot.RECEIVED_UNKNOWN : change.received());
            } catch (IllegalArgumentException e) {
                throw notAList(e);
            }
        }

        private static PeerException notAList(IllegalArgumentException e) {
            return new PeerException("the other side's list of mails is not one: " + e.getMessage());
        }

        /** What the mail is told from others by. */
        private MailGuid key(MailChange change) throws PeerException {
            String hash = change.headerHash();
            MailGuid guid = change.guid();
            if (!hashed) {
                if (guid == null) {
                    throw new PeerException("the other side sent a change without a mail, UID " + change.uid());
                }
                return guid;
            }
            if (guid != null) {
                guids.put(change.uid().value(), guid);
            }
            // A Dovecot makes no hashes for a mailbox that has no mails at the other side: they could be equal to none.
            return new MailGuid(hash == null ? UNHASHED + change.uid().value() : hash);
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

        Listing build(Attributes attributes) {
            MailboxStatus counted = counted(size);
            return new Listing(
                    input(ready ? Objects.requireNonNull(table).under(counted) : rows.build(counted, new Object())),
                    unwanted,
                    attributes,
                    gone == 0);
        }

        /** With what the speaker left out, from one's own table. */
        Listing build(Attributes attributes, Subject own) throws PeerException {
            MailboxSnapshot listed = rows.build(counted(size), new Object());
            try {
                MailboxSnapshot all = MailboxSnapshot.together(
                        own.table(),
                        uid -> uid < status.uidNext() && own.shared().has(uid),
                        listed,
                        this::counted);
                boolean known = !own.shared().isEmpty();
                return new Listing(input(all), unwanted, attributes, gone == 0, true, known);
            } catch (IllegalArgumentException e) {
                throw notAList(e);
            }
        }

        private MergeInput input(MailboxSnapshot mails) {
            long unsynced = log.unsyncedFrom() == 0 ? ChangeLog.ALL_SYNCED : log.unsyncedFrom();
            return new MergeInput(
                    mails,
                    new ChangeLog(log.wholeLog(), expunges, changes, unsynced),
                    hashed ? new CopyNames(status.guid(), status.uidValidity(), guids) : null);
        }

        private MailboxStatus counted(int mails) {
            return new MailboxStatus(
                    status.guid(),
                    status.uidValidity(),
                    status.uidNext(),
                    mails,
                    status.firstRecentUid(),
                    status.highestModSeq(),
                    status.provisional());
        }
    }
}
