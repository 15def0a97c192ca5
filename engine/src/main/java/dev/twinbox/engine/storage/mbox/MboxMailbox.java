package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.account.AccountAttributes;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.AccountFolders;
import dev.twinbox.engine.storage.account.IndexChanges;
import dev.twinbox.engine.storage.account.MailboxBasics;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One mbox. Holds its last table, but no open file. */
final class MboxMailbox implements Mailbox {
    private final AccountContext context;
    private final MboxFormat format;
    private final MailboxName name;
    private final MailboxPaths paths;
    private final MboxTableReader reader;
    private final MailboxBasics basics;
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
        this.basics = new MailboxBasics(context, name, paths, attributes);
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
        return basics.attributes(this);
    }

    @Override
    public void applyAttributes(List<MailboxAttribute> changes) throws IOException {
        if (basics.applyAttributes(this, changes)) {
            format.wrote();
        }
    }

    @Override
    public MailBody body(Uid uid) {
        MboxTable known = lastTable();
        return new MboxBody(this, known, basics.rowOf(known.snapshot(), uid.value()));
    }

    private MboxTable lastTable() {
        MboxTable known = table;
        if (known == null) {
            throw new IllegalArgumentException(name + ": no snapshot was taken");
        }
        return known;
    }

    @Override
    public long received(Uid uid) throws IOException {
        MboxTable known = lastTable();
        return known.snapshot().received(basics.rowOf(known.snapshot(), uid.value()));
    }

    @Override
    public long virtualSize(Uid uid) throws IOException {
        return MailboxBasics.virtualSize(body(uid));
    }

    /** An mbox keeps none. */
    @Override
    public Pop3 pop3(Uid uid) {
        basics.rowOf(lastTable().snapshot(), uid.value());
        return Pop3.NONE;
    }

    @Override
    public Closeable lockForSync(long waitMillis) throws IOException {
        if (!context.readOnly()) {
            AccountFolders.makeAll(context, paths.index());
        }
        return basics.lockForSync(waitMillis);
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
