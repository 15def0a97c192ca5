package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.disk.SyncLock;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.account.AccountAttributes;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.IndexChanges;
import dev.twinbox.engine.storage.account.AccountFolders;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One mbox. Holds its last table, but no open file. */
final class MboxMailbox implements Mailbox {
    private final AccountContext context;
    private final MboxFormat format;
    private final MailboxName name;
    private final MailboxPaths paths;
    private final MboxTableReader reader;
    private final @Nullable AccountAttributes attributes;
    private @Nullable MboxTable table;

    MboxMailbox(
            AccountContext context,
            MboxFormat format,
            MailboxName name,
            MailboxPaths paths,
            @Nullable AccountAttributes attributes) {
        this.context = context;
        this.format = format;
        this.name = name;
        this.paths = paths;
        this.attributes = attributes;
        this.reader = new MboxTableReader(context, format.settings(), name, paths);
    }

    @Override
    public MailboxName name() {
        return name;
    }

    @Override
    public MailboxStatus status() throws IOException {
        return read().snapshot().status();
    }

    @Override
    public MailboxSnapshot snapshot() throws IOException {
        return read().snapshot();
    }

    private synchronized MboxTable read() throws IOException {
        MboxTable known = table;
        if (known == null || !known.version().provesSame(MboxVersion.look(context, paths))) {
            known = reader.read(format.files());
            table = known;
        }
        return known;
    }

    /** Locks the file for reading. */
    MboxLock lockForReading() throws IOException {
        return MboxLock.forReading(context, format.files(), format.settings(), paths.mail());
    }

    /** The mails as they are while the file is locked; null if it has not changed since a table was read. */
    synchronized @Nullable MboxTable movedSince(MboxLock lock, MboxTable before) throws IOException {
        MboxVersion now = MboxVersion.look(context, paths);
        if (MboxVersion.same(before.version().file(), now.file())) {
            return null;
        }
        MboxTable known = moved;
        if (known == null || !MboxVersion.same(known.version().file(), now.file())) {
            known = reader.read(lock.file());
            moved = known;
        }
        return known;
    }

    /** What was read when a mail was not found where the last snapshot has it. */
    private @Nullable MboxTable moved;

    @Override
    public ChangeLog changes(long modSeq) throws IOException {
        return log(modSeq).read();
    }

    @Override
    public boolean holdsOwnMail() throws IOException {
        return log(0).holdsOwnMail();
    }

    private IndexChanges log(long modSeq) throws IOException {
        MboxTable known = table == null ? read() : table;
        return new IndexChanges(context, paths, known.snapshot(), known.index(), modSeq, new MboxGone(known));
    }

    @Override
    public boolean recordsExpunges() throws IOException {
        MboxTable known = table == null ? read() : table;
        IndexState index = known.index();
        for (int row = 0; index != null && row < index.size(); row++) {
            if (known.snapshot().rowOf(index.uid(row)) < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean changedSince(MailboxSnapshot snapshot) throws IOException {
        MboxVersion then = (MboxVersion) snapshot.version();
        MboxVersion now = MboxVersion.look(context, paths);
        if (then.provesSame(now)) {
            return false;
        }
        // Just written: looks the same, and that proves nothing yet.
        return !then.looksSame(now) || !reader.read(format.files()).snapshot().sameMails(snapshot);
    }

    @Override
    public Attributes attributes() throws IOException {
        return attributes == null ? Attributes.NONE : attributes.read(name, status().guid(), paths);
    }

    @Override
    public void applyAttributes(List<MailboxAttribute> changes) throws IOException {
        context.checkWritable();
        if (attributes == null) {
            throw new NotPossibleException(name + ": there is no place for attributes (mail_attribute_dict)");
        }
        List<MailboxAttribute> real =
                AccountAttributes.real(changes, attributes().present());
        if (real.isEmpty()) {
            return;
        }
        if (!attributes.hasLog(paths)) {
            writeNumbers();
        }
        attributes.apply(status().guid(), paths, real);
        format.wrote();
    }

    /** Makes the index, with the numbers the mailbox has been showing. */
    private void writeNumbers() throws IOException {
        try (Staging staging = stage()) {
            Staging.Result result;
            do {
                MailboxSnapshot basis = snapshot();
                MailboxStatus is = basis.status();
                result = staging.commit(
                        basis,
                        new MailboxPlan(
                                new MailboxPlan.Target(
                                        is.guid(),
                                        is.uidValidity(),
                                        is.uidNext(),
                                        is.firstRecentUid(),
                                        is.highestModSeq(),
                                        true),
                                List.of()));
            } while (result == Staging.Result.CHANGED);
        }
    }

    @Override
    public MailBody body(Uid uid) {
        MboxTable known = lastTable();
        return new MboxBody(this, known, rowOf(known, uid));
    }

    private MboxTable lastTable() {
        MboxTable known = table;
        if (known == null) {
            throw new IllegalArgumentException(name + ": no snapshot was taken");
        }
        return known;
    }

    private int rowOf(MboxTable known, Uid uid) {
        int row = known.snapshot().rowOf(uid.value());
        if (row < 0) {
            throw new IllegalArgumentException(name + ": no UID " + uid + " in the last snapshot");
        }
        return row;
    }

    @Override
    public long received(Uid uid) throws IOException {
        MboxTable known = lastTable();
        return known.snapshot().received(rowOf(known, uid));
    }

    @Override
    public long virtualSize(Uid uid) throws IOException {
        long size = 0;
        int last = 0;
        byte[] buffer = new byte[FileWindow.SIZE];
        try (InputStream in = body(uid).open()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                size += count;
                for (int i = 0; i < count; i++) {
                    if (buffer[i] == '\n' && last != '\r') {
                        size++;
                    }
                    last = buffer[i];
                }
            }
        }
        return size;
    }

    /** An mbox keeps none. */
    @Override
    public Pop3 pop3(Uid uid) {
        rowOf(lastTable(), uid);
        return Pop3.NONE;
    }

    @Override
    public Closeable lockForSync(long waitMillis) throws IOException {
        if (context.readOnly()) {
            return NoLock.INSTANCE;
        }
        try {
            AccountFolders.makeAll(context, paths.index());
            long patience = Math.min(waitMillis, context.lockWaitMillis());
            return SyncLock.take(context.disk(), paths.syncLock(), context.clock(), patience);
        } catch (LockTimeoutException e) {
            throw new LockBusyException("Failed to lock mailbox " + name + " for dsyncing: " + e.getMessage()
                    + "; another dsync or Twinbox works on it: run again when it is done");
        }
    }

    @Override
    public Staging stage() {
        context.checkWritable();
        return new MboxStaging(context, format, name, paths, reader);
    }

    @Override
    public void close() {
        table = null;
        moved = null;
    }
}
