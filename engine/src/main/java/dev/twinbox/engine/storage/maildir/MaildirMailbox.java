package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.account.AccountAttributes;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.IndexChanges;
import dev.twinbox.engine.storage.account.MailboxBasics;
import dev.twinbox.engine.storage.account.Settlement;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One Maildir mailbox. Holds its last table, but no open file. */
final class MaildirMailbox implements Mailbox {
    private final AccountContext context;
    private final Settlement settlement;
    private final MailboxName name;
    private final MaildirPaths paths;
    private final MailboxBasics basics;
    private final Remembered remembered;
    private @Nullable MaildirTable table;
    /** Where the files of the table are by now. */
    private Whereabouts whereabouts;

    private @Nullable QuickTable quick;
    /** What {@link #received} saw of the mail that is asked for next. */
    private @Nullable FileInfo lastInfo;

    private int lastInfoRow = -1;

    private LastTable.@Nullable Changes lastChanges;

    /** Whether tables may be made without listing {@code cur/}. */
    private boolean trusting;

    /** What was read last is most likely not true any more. */
    private boolean staged;

    MaildirMailbox(
            AccountContext context,
            Settlement settlement,
            MailboxName name,
            MaildirPaths paths,
            @Nullable AccountAttributes attributes,
            Remembered remembered) {
        this.context = context;
        this.settlement = settlement;
        this.name = name;
        this.paths = paths;
        this.whereabouts = new Whereabouts(context, paths);
        this.basics = new MailboxBasics(context, name, paths, attributes);
        this.remembered = remembered;
    }

    @Override
    public MailboxName name() {
        return name;
    }

    @Override
    public MailboxStatus status() throws IOException {
        settlement.settle(name);
        MailboxStatus quick = QuickStatus.read(context, remembered, paths);
        return quick != null ? quick : read().snapshot().status();
    }

    @Override
    public MailboxSnapshot snapshot() throws IOException {
        settlement.settle(name);
        return read().snapshot();
    }

    @Override
    public void trustRecords() {
        trusting = true;
    }

    /** The table that was read last, if it still is true; null otherwise. */
    private @Nullable MaildirTable known() throws IOException {
        LastTable.Read last =
                table == null ? remembered.lastTable().take(paths) : new LastTable.Read(table, lastChanges);
        if (last == null
                || (!trusting && last.table().isBelieved())
                || !last.table().version().provesSame(lookNow())) {
            return null;
        }
        table = last.table();
        lastChanges = last.changes();
        return table;
    }

    private MaildirTable read() throws IOException {
        MaildirTable known = known();
        if (known != null) {
            return known;
        }
        MaildirTableReader reader = new MaildirTableReader(context, name, paths);
        MaildirTable believed = trusting ? reader.believe() : null;
        return readAnew(believed == null ? reader.read() : believed);
    }

    private MaildirTable readListed() throws IOException {
        return readAnew(new MaildirTableReader(context, name, paths).read());
    }

    private MaildirTable readAnew(MaildirTable now) {
        whereabouts = new Whereabouts(context, paths);
        lastInfoRow = -1;
        table = now;
        return now;
    }

    private MaildirVersion lookNow() throws IOException {
        return MaildirVersion.look(context, paths);
    }

    @Override
    public long digest() throws IOException {
        quick = table == null ? QuickTable.read(context, paths) : null;
        return quick == null ? snapshot().digest() : quick.digest();
    }

    @Override
    public BlockDigests blocks() throws IOException {
        QuickTable known = quickly();
        return known == null ? snapshot().blocks() : known.blocks();
    }

    @Override
    public boolean isSeenBySync() throws IOException {
        QuickTable known = quickly();
        return known != null ? known.seenBySync() : Mailbox.super.isSeenBySync();
    }

    /** What can be said without listing, as long as nobody needed the table; read once. */
    private @Nullable QuickTable quickly() throws IOException {
        if (table != null) {
            return null;
        }
        if (quick == null) {
            quick = QuickTable.read(context, paths);
        }
        return quick;
    }

    @Override
    public MailboxSnapshot detailedSnapshot() throws IOException {
        MaildirTable known = read();
        if (known.isBelieved()) {
            known = readListed(); // every file is to be looked at
        }
        MailboxSnapshot plain = known.snapshot();
        MailboxSnapshot.Builder detailed = new MailboxSnapshot.Builder();
        for (int row = 0; row < plain.size(); row++) {
            long received = MailboxSnapshot.RECEIVED_UNKNOWN;
            try {
                received = body(known, row).info().mtimeSeconds();
            } catch (BodyGoneException e) {
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
        settlement.settle(name);
        MaildirTable known = table == null ? read() : table;
        if (lastChanges == null
                || !lastChanges.isOf(known, modSeq)
                || !known.version().provesSame(lookNow())) {
            lastChanges =
                    new LastTable.Changes(known, modSeq, log(known, modSeq).read());
        }
        return lastChanges.log();
    }

    @Override
    public boolean holdsOwnMail() throws IOException {
        settlement.settle(name);
        MaildirTable known = table == null ? read() : table;
        return log(known, 0).holdsOwnMail();
    }

    private IndexChanges log(MaildirTable known, long modSeq) {
        return new IndexChanges(
                context, paths, known.snapshot(), known.index(), modSeq, new MaildirGone(context, paths, known));
    }

    @Override
    public boolean recordsExpunges() throws IOException {
        if (quickly() != null) {
            return true; // the folders hold what the index has
        }
        MaildirTable known = table == null ? read() : table;
        IndexState index = known.index();
        MailboxSnapshot there = known.snapshot();
        int mail = 0;
        for (int row = 0; index != null && row < index.size(); row++) {
            while (mail < there.size() && there.uid(mail) < index.uid(row)) {
                mail++;
            }
            if (mail == there.size() || there.uid(mail) != index.uid(row)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean changedSince(MailboxSnapshot snapshot) throws IOException {
        return !((MaildirVersion) snapshot.version()).provesSame(lookNow());
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

    @Override
    public MailBody body(Uid uid) {
        MaildirTable known = lastTable();
        return body(known, basics.rowOf(known.snapshot(), uid.value()));
    }

    private MaildirTable lastTable() {
        MaildirTable known = table;
        if (known == null) {
            throw new IllegalArgumentException(name + ": no snapshot was taken");
        }
        return known;
    }

    private FileBody body(MaildirTable known, int row) {
        FileInfo seen = lastInfoRow == row ? lastInfo : null;
        return new FileBody(context, whereabouts, name, paths, known.file(row), known.isInNew(row), seen);
    }

    @Override
    public long received(Uid uid) throws IOException {
        MaildirTable known = lastTable();
        int row = basics.rowOf(known.snapshot(), uid.value());
        FileInfo info = body(known, row).info();
        lastInfo = info.isFile() ? info : null;
        lastInfoRow = row;
        return info.mtimeSeconds();
    }

    @Override
    public long virtualSize(Uid uid) throws IOException {
        MaildirTable known = lastTable();
        int row = basics.rowOf(known.snapshot(), uid.value());
        long named = MaildirName.parse(known.file(row)).orElseThrow().virtualSize();
        if (named >= 0) {
            return named;
        }
        return MailboxBasics.virtualSize(body(known, row));
    }

    @Override
    public Pop3 pop3(Uid uid) {
        MaildirTable known = lastTable();
        return known.fields(basics.rowOf(known.snapshot(), uid.value())).pop3();
    }

    @Override
    public Closeable lockForSync(long waitMillis) throws IOException {
        return basics.lockForSync(waitMillis);
    }

    @Override
    public Staging stage() throws IOException {
        context.checkWritable();
        staged = true;
        return new MaildirStaging(context, settlement, name, paths, new MaildirCommit.TableSource() {
            @Override
            public MaildirTable read() throws IOException {
                return MaildirMailbox.this.read();
            }

            @Override
            public MaildirTable listed() throws IOException {
                return readListed();
            }
        });
    }

    @Override
    public void close() {
        MaildirTable known = table;
        if (known != null && !staged) {
            remembered.lastTable().keep(paths, new LastTable.Read(known, lastChanges));
        }
        table = null;
        lastChanges = null;
    }
}
