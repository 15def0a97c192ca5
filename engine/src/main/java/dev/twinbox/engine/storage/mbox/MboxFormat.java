package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.storage.Capabilities;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.account.AccountAttributes;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.AccountFolders;
import dev.twinbox.engine.storage.account.AccountFormat;
import dev.twinbox.engine.storage.account.DeadLocks;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Mailboxes that are mbox files, numbered by what the first mail says and by their index. A mailbox that has never had a mail
 * is an empty file, and only the index knows its numbers, as with Dovecot; its GUID is never anywhere else.
 */
final class MboxFormat implements AccountFormat {
    private final AccountContext context;
    private final MboxSettings settings;
    private final MboxFiles files;
    private final @Nullable AccountAttributes attributes;
    private final LateDeliveries late;
    private boolean written;

    MboxFormat(AccountContext context, MboxSettings settings, @Nullable AccountAttributes attributes) {
        this.context = context;
        this.settings = settings;
        this.attributes = attributes;
        this.files = new MboxFiles(context);
        this.late = new LateDeliveries(context, files, settings);
    }

    MboxFiles files() {
        return files;
    }

    MboxSettings settings() {
        return settings;
    }

    LateDeliveries late() {
        return late;
    }

    /** A mailbox was changed. */
    void wrote() {
        written = true;
    }

    /** Mails have GUIDs, but just those their headers come to. */
    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, false, false, context.location().separator(), true);
    }

    @Override
    public boolean isMailbox(MailboxPaths paths) throws IOException {
        return look(paths.mail()).map(FileInfo::isFile).orElse(false);
    }

    /** What is at a path; nothing if something further up is a file. */
    private Optional<FileInfo> look(DiskPath path) throws IOException {
        try {
            return context.disk().stat(path);
        } catch (FileSystemException e) {
            for (DiskPath above = path.parent(); !above.equals(above.parent()); above = above.parent()) {
                if (isFile(above)) {
                    return Optional.empty();
                }
            }
            throw e;
        }
    }

    @Override
    public Identity identity(MailboxName name, MailboxPaths paths) throws IOException {
        IndexState index = readHeader(paths);
        MboxIndexHeader header = MboxTableReader.header(index);
        FileInfo file = context.disk().stat(paths.mail()).orElse(null);
        if (index != null
                && header != null
                && header.guid() != null
                && file != null
                && index.header().uidValidity() > 0
                && MboxTableReader.isCurrent(header, file)) {
            return new Identity(
                    header.guid(), index.header().uidValidity(), index.header().nextUid());
        }
        try (Mailbox box = open(name, paths)) {
            MailboxSnapshot table = box.snapshot();
            MailboxStatus status = table.status();
            return new Identity(status.guid(), status.uidValidity(), status.uidNext());
        }
    }

    private @Nullable IndexState readHeader(MailboxPaths paths) throws IOException {
        try {
            IndexState state = IndexReader.readHeader(context.disk(), paths.index(), IndexReader.PREFIX)
                    .orElse(null);
            return state == null || state.damage() != null ? null : state;
        } catch (IndexFormatException e) {
            return null;
        }
    }

    @Override
    public Mailbox open(MailboxName name, MailboxPaths paths) throws IOException {
        FileInfo file = look(paths.mail()).orElse(null);
        if (file == null || file.isFolder()) {
            throw new MailboxGoneException("there is no mailbox " + name + " in mbox:"
                    + context.location().root());
        }
        return new MboxMailbox(context, this, name, paths, attributes);
    }

    @Override
    public void create(MailboxName name, MailboxPaths paths, MailboxGuid guid, long uidValidity) throws IOException {
        AccountFolders.makeAll(context, paths.mail().parent());
        try {
            context.disk().create(paths.mail(), Disk.FILE_MODE).close();
        } catch (FileAlreadyExistsException e) {
            if (!isMailbox(paths)) {
                throw new NotPossibleException("an mbox account cannot have " + name + ", because " + paths.mail()
                        + " is a folder with other mailboxes; a name is the one or the other there");
            }
        }
        IndexState index = readHeader(paths);
        MboxIndexHeader header = MboxTableReader.header(index);
        MailboxGuid there = header == null ? null : header.guid();
        if (there != null && !there.equals(guid)) {
            throw new NotPossibleException("there is another mailbox called " + name);
        }
        if (there == null
                && context.disk().stat(paths.mail()).map(FileInfo::size).orElse(0L) == 0) {
            writeIndex(paths, guid, Math.max(1, uidValidity));
        }
        written = true;
    }

    /** A mailbox is a file, and a file can have nothing below it. */
    @Override
    public void checkPlace(MailboxName name, MailboxPaths paths) throws IOException {
        DiskPath above = paths.mail().parent();
        while (above.startsWith(context.location().root())
                && !above.equals(context.location().root())) {
            if (isFile(above)) {
                throw new NotPossibleException(
                        "an mbox account cannot have " + name + ", because " + above
                                + " is a mailbox itself, and nothing can be below that; rename one of the two or leave it out (-x)");
            }
            above = above.parent();
        }
    }

    private boolean isFile(DiskPath path) {
        try {
            return context.disk().stat(path).map(FileInfo::isFile).orElse(false);
        } catch (IOException e) {
            return false; // something further up is a file
        }
    }

    private void writeIndex(MailboxPaths paths, MailboxGuid guid, long uidValidity) throws IOException {
        FileInfo file = context.disk().stat(paths.mail()).orElseThrow();
        MboxIndexHeader header = new MboxIndexHeader(0, file.mtimeSeconds() & 0xFFFF_FFFFL, false, guid);
        IndexState state = IndexState.builder()
                .uidValidity(uidValidity)
                .nextUid(1)
                .firstRecentUid(1)
                .records(IndexExtension.of(
                        MboxIndexHeader.EXTENSION,
                        0,
                        header.toBytes(),
                        MboxIndexHeader.RECORD,
                        MboxIndexHeader.RECORD,
                        new byte[0]))
                .build();
        try (IndexWriter writer = MboxIndexWriter.lock(context, paths)) {
            writer.replace(state, true, IndexWriter.Witness.NONE);
        }
    }

    @Override
    public @Nullable MailboxGuid recordedGuid(MailboxPaths paths) throws IOException {
        MboxIndexHeader header = MboxTableReader.header(readHeader(paths));
        return header == null ? null : header.guid();
    }

    @Override
    public void setGuid(MailboxName name, MailboxPaths paths, MailboxGuid guid) throws IOException {
        if (guid.equals(recordedGuid(paths))) {
            return;
        }
        MboxTableReader reader = new MboxTableReader(context, settings, name, paths);
        try (MboxLock lock = MboxLock.forWriting(context, files, settings, paths.mail())) {
            MboxTable table = reader.read(lock.file());
            MailboxStatus is = table.snapshot().status();
            MailboxPlan plan = new MailboxPlan(
                    new MailboxPlan.Target(
                            guid, is.uidValidity(), is.uidNext(), is.firstRecentUid(), is.highestModSeq(), true),
                    List.of());
            MboxEdit edit = new MboxEdit(table, plan, Map.of());
            List<Long> fromLines = MboxCommit.list(table.mails().size());
            table.mails().forEach(mail -> fromLines.add(mail.from()));
            FileInfo file = context.disk().stat(paths.mail()).orElseThrow();
            BitSet late = new BitSet();
            for (int i = 0; i < edit.rows().size(); i++) {
                late.set(i, edit.differs(i));
            }
            new MboxIndexWriter(context, paths, table, edit)
                    .write(file.size(), file.mtimeSeconds(), MboxCommit.places(fromLines), late);
        }
        written = true;
    }

    @Override
    public void removeLeftovers(MailboxPaths paths) throws IOException {
        MboxStaging.removeLeftovers(context, paths.index());
        DiskPath rewritten = MboxPaths.rewritten(paths.mail());
        DeadLocks.remove(context, MboxLock.dotlock(paths.mail()), paths.mail(), rewritten);
        if (context.disk().stat(rewritten).isPresent()
                || context.disk().stat(MboxPaths.halfLock(paths.mail())).isPresent()) {
            removeWithoutLock(paths, rewritten);
        }
    }

    /** A power loss may have taken the lock and left the rest; whoever takes the lock anew removes what is left of it. */
    private void removeWithoutLock(MailboxPaths paths, DiskPath rewritten) throws IOException {
        try (Dotlock lock = Dotlock.acquire(
                context.disk(), MboxLock.dotlock(paths.mail()), paths.mail(), context.clock(), context.host(), 0)) {
            if (lock.isHeld() && context.disk().stat(rewritten).isPresent()) {
                context.disk().unlink(rewritten);
            }
        } catch (LockTimeoutException e) {
            context.report().debug(null, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void settle() throws IOException {
        late.finish();
    }

    @Override
    public boolean takeWritten() {
        boolean was = written;
        written = false;
        return was;
    }

    @Override
    public List<DiskPath> pieces(MailboxPaths paths) {
        return List.of(paths.mail());
    }

    @Override
    public boolean speaksOfMails(String file) {
        return false;
    }
}
