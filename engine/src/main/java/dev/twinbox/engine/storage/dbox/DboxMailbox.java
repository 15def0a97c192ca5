package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.account.AccountAttributes;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.IndexChanges;
import dev.twinbox.engine.storage.account.MailboxBasics;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.engine.storage.account.Settlement;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One sdbox or mdbox mailbox. Holds its last table, but no open file. */
final class DboxMailbox implements Mailbox {
    private final AccountContext context;
    private final Settlement settlement;
    private final MailboxName name;
    private final MailboxPaths paths;
    private final DboxBodies bodies;
    private final MailboxBasics basics;
    private final DboxTableReader reader;
    private @Nullable DboxTable table;

    /** Nothing of the last table may be taken over into the next. */
    private boolean datesChanged;

    /** The metadata of the mail that was last asked for: one question seldom comes alone. */
    private @Nullable Looked looked;

    private record Looked(DboxBodies.Reading reading, long uid, DboxMetadata metadata) {}

    DboxMailbox(
            AccountContext context,
            Settlement settlement,
            MailboxName name,
            MailboxPaths paths,
            DboxBodies bodies,
            @Nullable AccountAttributes attributes) {
        this.context = context;
        this.settlement = settlement;
        this.name = name;
        this.paths = paths;
        this.bodies = bodies;
        this.basics = new MailboxBasics(context, name, paths, attributes);
        this.reader = new DboxTableReader(context, name, paths, bodies);
    }

    MailboxPaths paths() {
        return paths;
    }

    DboxBodies bodies() {
        return bodies;
    }

    /** What a missing file means for the mailbox. */
    IOException gone(IOException missing) throws IOException {
        return context.disk().statFollowing(paths.mail()).isEmpty()
                ? new MailboxGoneException("there is no mailbox " + name + " any more")
                : missing;
    }

    /**
     * Something was committed.
     *
     * @param redated mails that stay may have other dates than in the last table
     */
    void wrote(boolean redated) {
        settlement.wrote();
        looked = null;
        datesChanged |= redated;
    }

    @Override
    public MailboxName name() {
        return name;
    }

    @Override
    public MailboxStatus status() throws IOException {
        MailboxStatus quick = DboxStatus.read(context, paths, bodies.headerExtension());
        return quick != null ? quick : read().snapshot().status();
    }

    @Override
    public int leftOut() {
        DboxTable known = table;
        return known == null ? 0 : known.leftOut();
    }

    @Override
    public MailboxSnapshot snapshot() throws IOException {
        return read().snapshot();
    }

    private DboxTable read() throws IOException {
        DboxTable known = table;
        if (known == null || !known.version().provesSame(DboxVersion.look(context.disk(), paths.index()))) {
            known = reader.read(datesChanged ? null : known);
            datesChanged = false;
        }
        table = known;
        return known;
    }

    /** The mailbox as it is for whoever holds its lock: nobody may open the log now. */
    DboxTable tableUnder(IndexWriter writer) throws IOException {
        DboxTable known = table;
        if (known == null || !known.version().provesSame(DboxVersion.look(context.disk(), paths.index()))) {
            known = reader.read(DboxCommit.state(writer), datesChanged ? null : known);
            datesChanged = false;
        }
        table = known;
        return known;
    }

    @Override
    public MailboxSnapshot detailedSnapshot() throws IOException {
        MailboxSnapshot plain = snapshot();
        boolean complete = true;
        for (int row = 0; row < plain.size() && complete; row++) {
            complete = plain.received(row) != MailboxSnapshot.RECEIVED_UNKNOWN;
        }
        if (complete) {
            return plain;
        }
        MailboxSnapshot.Builder detailed = new MailboxSnapshot.Builder();
        for (int row = 0; row < plain.size(); row++) {
            long received = plain.received(row);
            try {
                received = received(new Uid(plain.uid(row)));
            } catch (dev.twinbox.protocol.dialogue.BodyGoneException e) {
                context.report().debug(name, "UID " + plain.uid(row) + " went away while dates were read");
            }
            detailed.add(
                    plain.uid(row),
                    plain.guid(row),
                    plain.flags(row),
                    plain.keywords(row),
                    plain.modSeq(row),
                    received);
        }
        return detailed.build(plain.status(), plain.version());
    }

    @Override
    public ChangeLog changes(long modSeq) throws IOException {
        return log(modSeq).read();
    }

    @Override
    public boolean holdsOwnMail() throws IOException {
        return log(0).holdsOwnMail();
    }

    /** All of it stands in the log: nobody changes a dbox otherwise. */
    private IndexChanges log(long modSeq) throws IOException {
        DboxTable known = table == null ? read() : table;
        return new IndexChanges(context, paths, known.snapshot(), known.index(), modSeq, IndexChanges.Gone.NOTHING);
    }

    @Override
    public boolean changedSince(MailboxSnapshot snapshot) throws IOException {
        return !((DboxVersion) snapshot.version()).provesSame(DboxVersion.look(context.disk(), paths.index()));
    }

    @Override
    public Attributes attributes() throws IOException {
        return basics.attributes(this);
    }

    @Override
    public void applyAttributes(List<MailboxAttribute> changes) throws IOException {
        if (basics.applyAttributes(this, changes)) {
            settlement.wrote();
        }
    }

    private DboxTable lastTable() {
        DboxTable known = table;
        if (known == null) {
            throw new IllegalArgumentException(name + ": no snapshot was taken");
        }
        return known;
    }

    @Override
    public MailBody body(Uid uid) {
        DboxTable known = lastTable();
        basics.rowOf(known.snapshot(), uid.value());
        return new DboxBody(known.reading(), uid.value());
    }

    private DboxMetadata metadata(DboxTable known, Uid uid) throws IOException {
        Looked last = looked;
        if (last != null && last.reading == known.reading() && last.uid == uid.value()) {
            return last.metadata;
        }
        try (DboxBodies.Opened mail = known.reading().open(uid.value())) {
            looked = new Looked(known.reading(), uid.value(), mail.message().metadata());
            return mail.message().metadata();
        }
    }

    @Override
    public long received(Uid uid) throws IOException {
        DboxTable known = lastTable();
        int row = basics.rowOf(known.snapshot(), uid.value());
        if (known.snapshot().received(row) != MailboxSnapshot.RECEIVED_UNKNOWN) {
            return known.snapshot().received(row);
        }
        return Math.max(0, metadata(known, uid).received());
    }

    @Override
    public long virtualSize(Uid uid) throws IOException {
        DboxTable known = lastTable();
        basics.rowOf(known.snapshot(), uid.value());
        long told = metadata(known, uid).virtualSize();
        if (told != DboxMetadata.UNKNOWN) {
            return told;
        }
        return MailboxBasics.virtualSize(body(uid));
    }

    @Override
    public Pop3 pop3(Uid uid) {
        DboxTable known = lastTable();
        basics.rowOf(known.snapshot(), uid.value());
        Map<Long, Pop3> values = known.pop3();
        if (values != null) {
            return values.getOrDefault(uid.value(), Pop3.NONE);
        }
        Pop3Rule rule = Pop3Rule.of(known.index(), bodies.headerExtension());
        if (rule.isNone()) {
            return Pop3.NONE;
        }
        try {
            return rule.of(metadata(known, uid), uid.value());
        } catch (IOException e) {
            // Whoever asks is about to read the mail, and will hear what is wrong with it.
            context.report().debug(name, "POP3 values of UID " + uid + ": " + e.getMessage());
            return Pop3.NONE;
        }
    }

    @Override
    public Closeable lockForSync(long waitMillis) throws IOException {
        return basics.lockForSync(waitMillis);
    }

    @Override
    public Staging stage() throws IOException {
        context.checkWritable();
        return new DboxStaging(context, this, bodies.stage());
    }

    @Override
    public void close() throws IOException {
        table = null;
        looked = null;
        bodies.close();
    }
}
