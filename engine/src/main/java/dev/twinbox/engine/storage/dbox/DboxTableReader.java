package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.DerivedIdentity;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.engine.storage.account.Problems;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a table of a mailbox: what the index says, and of each mail what only its file knows. Where there is no index, or it
 * is damaged, the mails it does not know are taken in, too: they have their UIDs, but nothing that was in the index.
 */
final class DboxTableReader {
    /** How often we read again because a mail went away under our hands. */
    private static final int TRIES = 5;

    /** A mail that is being saved gets into the index at once. */
    private static final long PATIENCE_MILLIS = 20;

    private final AccountContext context;
    private final MailboxName name;
    private final MailboxPaths paths;
    private final DboxBodies bodies;

    DboxTableReader(AccountContext context, MailboxName name, MailboxPaths paths, DboxBodies bodies) {
        this.context = context;
        this.name = name;
        this.paths = paths;
        this.bodies = bodies;
    }

    /**
     * Reads the mailbox as it is now.
     *
     * @param known what was read before, or null: mails that still are those need not be looked at again
     */
    DboxTable read(@Nullable DboxTable known) throws IOException {
        for (int attempt = 1; ; attempt++) {
            DboxVersion version = DboxVersion.look(context.disk(), paths.index());
            requireFolder();
            IndexState state = null;
            String damage = null;
            try {
                state = IndexReader.read(context.disk(), paths.index(), IndexReader.PREFIX)
                        .orElse(null);
                damage = state == null ? null : state.damage();
            } catch (IndexFormatException e) {
                damage = e.getMessage();
            }
            Build build = new Build(state, version, known, damage != null);
            DboxTable table = build.run();
            boolean ahead = state != null
                    && damage == null
                    && build.reading.isAhead(state.header().nextUid());
            if (ahead && attempt < TRIES) {
                context.clock().sleepMillis(PATIENCE_MILLIS);
            } else if (build.gone == 0 || attempt == TRIES) {
                if (damage != null) {
                    complain(paths.index().resolve(IndexReader.PREFIX) + ": " + damage
                            + "; flags, keywords and numbers are what could be made out");
                }
                if (ahead) {
                    complain("there is a mail that the index does not know, from UID "
                            + table.snapshot().status().uidNext()
                            + " on: somebody died while saving it, or the end of the index's log is lost; doveadm"
                            + " force-resync brings it into the mailbox");
                }
                build.report();
                return table;
            }
        }
    }

    /** As {@link #read} under the index's lock, with what the holder of the lock has read. */
    DboxTable read(@Nullable IndexState state, @Nullable DboxTable known) throws IOException {
        DboxVersion version = DboxVersion.look(context.disk(), paths.index());
        Build build = new Build(state, version, known, state != null && state.damage() != null);
        DboxTable table = build.run();
        build.report();
        return table;
    }

    private void requireFolder() throws IOException {
        if (context.disk().statFollowing(paths.mail()).isEmpty()) {
            throw new MailboxGoneException("there is no mailbox " + name + " any more");
        }
    }

    private void complain(String what) {
        if (context.readOnly()) {
            context.report().damage(name, what);
        } else {
            context.report().warning(name, what);
        }
    }

    /** The identity of a mailbox whose index does not say any. */
    MailboxGuid derivedGuid() {
        return DerivedIdentity.guid(context.location().root(), paths.mail());
    }

    /** One attempt. */
    private final class Build {
        private final @Nullable IndexState state;
        private final DboxVersion version;
        private final @Nullable DboxTable known;
        private final @Nullable DboxIndexHeader header;
        private final DboxBodies.Reading reading;
        private final List<Long> found;
        private final MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
        private final Map<Long, Pop3> pop3 = new HashMap<>();
        private final Pop3Rule pop3Rule;
        private final Problems problems = new Problems();
        private long firstRecent = 1;
        private int size;
        private int gone;
        private int leftOut;
        private boolean looked;

        Build(@Nullable IndexState state, DboxVersion version, @Nullable DboxTable known, boolean damaged)
                throws IOException {
            this.state = state;
            this.version = version;
            this.known = state != null && isSameMails(known, state) ? known : null;
            this.header = state == null ? null : DboxIndexHeader.of(state, bodies.headerExtension());
            this.pop3Rule = Pop3Rule.of(state, bodies.headerExtension());
            this.reading = bodies.read(state, version);
            this.found = state == null || damaged ? reading.unindexed() : List.of();
        }

        DboxTable run() throws IOException {
            IndexState index = state;
            int indexed = index == null ? 0 : index.size();
            long last = Math.max(
                    index == null || indexed == 0 ? 0 : index.uid(indexed - 1),
                    found.isEmpty() ? 0 : found.get(found.size() - 1));
            long uidNext = Math.max(index == null ? 1 : index.header().nextUid(), last + 1);
            long recent = index == null ? uidNext : index.header().firstRecentUid();
            firstRecent = Math.max(1, Math.min(uidNext, recent));
            int next = 0;
            for (int row = 0; row < indexed && index != null; row++) {
                long uid = index.uid(row);
                while (next < found.size() && found.get(next) < uid) {
                    add(found.get(next++), 0, Keywords.NONE, 0);
                }
                long modSeq = index.isTracking() ? index.modSeq(row) : 0;
                add(uid, index.flags(row) & Flags.SETTABLE, index.keywords(row), modSeq);
            }
            while (next < found.size()) {
                add(found.get(next++), 0, Keywords.NONE, 0);
            }
            return new DboxTable(rows.build(status(uidNext), version), state, reading, looked ? pop3 : null, leftOut);
        }

        private MailboxStatus status(long uidNext) {
            IndexState index = state;
            DboxIndexHeader is = header;
            long validity = index == null ? 0 : index.header().uidValidity();
            MailboxGuid guid = is == null ? derivedGuid() : is.guid();
            return new MailboxStatus(
                    guid,
                    validity == 0 ? DerivedIdentity.uidValidity(guid) : validity,
                    uidNext,
                    size,
                    firstRecent,
                    index == null ? 0 : index.highestModSeq(),
                    is == null || validity == 0,
                    index != null && index.isSettled());
        }

        private void add(long uid, int flags, Keywords keywords, long modSeq) throws IOException {
            Flags all = new Flags(flags | (uid >= firstRecent ? Flags.RECENT : 0));
            DboxTable before = known;
            int knownRow = before == null ? -1 : before.snapshot().rowOf(uid);
            if (before != null && knownRow >= 0) {
                MailboxSnapshot table = before.snapshot();
                rows.add(uid, table.guid(knownRow), all, keywords, modSeq, table.received(knownRow));
                Map<Long, Pop3> values = before.pop3();
                looked |= values != null;
                if (values != null && values.containsKey(uid)) {
                    pop3.put(uid, values.get(uid));
                }
                size++;
                return;
            }
            MailGuid guid = reading.guid(uid);
            if (guid != null) {
                rows.add(uid, guid, all, keywords, modSeq, MailboxSnapshot.RECEIVED_UNKNOWN);
                size++;
                return;
            }
            look(uid, all, keywords, modSeq);
        }

        private void look(long uid, Flags flags, Keywords keywords, long modSeq) throws IOException {
            looked = true;
            try (DboxBodies.Opened mail = reading.open(uid)) {
                DboxMetadata metadata = mail.message().metadata();
                MailGuid guid = metadata.guid();
                if (guid == null) {
                    leaveOut("UID " + uid + " has no GUID");
                    return;
                }
                long received = metadata.received() == DboxMetadata.UNKNOWN
                        ? MailboxSnapshot.RECEIVED_UNKNOWN
                        : metadata.received();
                rows.add(uid, guid, flags, keywords, modSeq, received);
                size++;
                Pop3 values = pop3Rule.of(metadata, uid);
                if (!values.equals(Pop3.NONE)) {
                    pop3.put(uid, values);
                }
            } catch (CorruptStoreException e) {
                leaveOut("UID " + uid + ": " + e.getMessage());
            } catch (BodyGoneException e) {
                gone++;
                leaveOut("UID " + uid + ": " + e.getMessage());
            }
        }

        private void leaveOut(String why) {
            leftOut++;
            problems.add(why);
        }

        void report() {
            if (!problems.toList().isEmpty()) {
                complain("mails cannot be read and are left out: " + String.join("; ", problems.toList()));
            }
            if (state == null && !found.isEmpty()) {
                complain("there is no usable index: " + found.size() + " mails that are there have lost their flags and"
                        + " keywords; doveadm force-resync brings them back into the mailbox");
            }
        }
    }

    /** Whether a UID that both have is the same mail in both: within one log no UID ever becomes that of another mail. */
    private static boolean isSameMails(@Nullable DboxTable known, IndexState state) {
        IndexState before = known == null ? null : known.index();
        return before != null
                && before.damage() == null
                && state.damage() == null
                && before.header().indexId() == state.header().indexId()
                && before.logSeq() == state.logSeq()
                && before.logOffset() <= state.logOffset();
    }
}
