package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.index.IndexTransaction;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.storage.Capabilities;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.account.AccountAttributes;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.AccountFolders;
import dev.twinbox.engine.storage.account.AccountFormat;
import dev.twinbox.engine.storage.account.DerivedIdentity;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.engine.storage.account.OwnFiles;
import dev.twinbox.engine.storage.account.Settlement;
import dev.twinbox.engine.storage.account.UnfinishedIndex;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Mailboxes of sdbox or mdbox: told by their {@code dbox-Mails} folder, everything about them in their index. */
final class DboxFormat implements AccountFormat {
    private final AccountContext context;
    private final @Nullable AccountAttributes attributes;
    private final Settlement settlement;
    private final Kind kind;

    DboxFormat(AccountContext context, @Nullable AccountAttributes attributes, Kind kind) {
        this.context = context;
        this.attributes = attributes;
        this.settlement = new Settlement(context);
        this.kind = kind;
    }

    /** Which of the two formats it is. */
    interface Kind {
        /** Where the mails of a mailbox lie; nothing is looked at yet. */
        DboxBodies bodies(MailboxName name, MailboxPaths paths) throws IOException;

        /** See {@link AccountFormat#purge}. */
        default long purge() throws IOException {
            return 0;
        }

        /** See {@link AccountFormat#removing}. */
        default Removal removing(MailboxPaths paths) throws IOException {
            return () -> {};
        }
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, false, context.location().separator(), true);
    }

    @Override
    public boolean isMailbox(MailboxPaths paths) throws IOException {
        return context.disk().stat(paths.mail()).map(FileInfo::isFolder).orElse(false);
    }

    @Override
    public Identity identity(MailboxName name, MailboxPaths paths) throws IOException {
        DboxBodies bodies = kind.bodies(name, paths);
        MailboxStatus status = DboxStatus.read(context, paths, bodies.headerExtension());
        if (status != null) {
            return new Identity(status.guid(), status.uidValidity(), status.uidNext());
        }
        DboxVersion version = DboxVersion.look(context.disk(), paths.index());
        List<Long> found = bodies.read(null, version).unindexed();
        long uidNext = found.isEmpty() ? 1 : found.get(found.size() - 1) + 1;
        IndexState state = state(paths);
        DboxIndexHeader header = state == null ? null : DboxIndexHeader.of(state, bodies.headerExtension());
        MailboxGuid guid =
                header == null ? DerivedIdentity.guid(context.location().root(), paths.mail()) : header.guid();
        long validity = state == null ? 0 : state.header().uidValidity();
        return new Identity(
                guid,
                validity == 0 ? DerivedIdentity.uidValidity(guid) : validity,
                state == null ? uidNext : Math.max(uidNext, state.header().nextUid()));
    }

    private @Nullable IndexState state(MailboxPaths paths) throws IOException {
        try {
            return IndexReader.readHeader(context.disk(), paths.index(), IndexReader.PREFIX)
                    .orElse(null);
        } catch (IndexFormatException e) {
            return null;
        }
    }

    @Override
    public Mailbox open(MailboxName name, MailboxPaths paths) throws IOException {
        AccountFolders.require(context, paths.mail());
        if (context.disk().stat(paths.mail()).isEmpty()) {
            throw new MailboxGoneException(
                    "there is no mailbox " + name + " in " + context.location().root());
        }
        return new DboxMailbox(context, settlement, name, paths, kind.bodies(name, paths), attributes);
    }

    @Override
    public void checkPlace(MailboxName name, MailboxPaths paths) throws IOException {
        AccountFolders.require(context, paths.mail());
    }

    @Override
    @SuppressWarnings("try") // what is held is only held
    public void create(MailboxName name, MailboxPaths paths, MailboxGuid guid, long uidValidity) throws IOException {
        AccountFolders.makeAll(context, paths.mail());
        AccountFolders.makeAll(context, paths.index());
        DboxBodies bodies = kind.bodies(name, paths);
        try (DboxBodies.Stage stage = bodies.stage();
                DboxBodies.Work work = stage.begin();
                IndexWriter writer = DboxCommit.lock(context, paths)) {
            IndexState state = DboxCommit.state(writer);
            DboxIndexHeader header = state == null ? null : DboxIndexHeader.of(state, bodies.headerExtension());
            if (header != null && !header.guid().equals(guid)) {
                throw new NotPossibleException("there is another mailbox called " + name);
            }
            if (header != null) {
                return;
            }
            byte[] bytes = new DboxIndexHeader(bodies.stamp(0), guid, 0).toBytes();
            if (state == null) {
                IndexState empty = IndexState.builder()
                        .uidValidity(Math.max(1, uidValidity))
                        .nextUid(1)
                        .firstRecentUid(1)
                        .highestModSeq(1)
                        .extension(IndexExtension.ofHeader(bodies.headerExtension(), bytes))
                        .build();
                writer.replace(empty, true, IndexWriter.Witness.NONE);
            } else {
                IndexTransaction identity = new IndexTransaction().extensionHeader(bodies.headerExtension(), bytes);
                if (state.header().uidValidity() == 0) {
                    identity.uidValidity(Math.max(1, uidValidity));
                }
                writer.append(identity, true);
            }
        }
    }

    @Override
    public @Nullable MailboxGuid recordedGuid(MailboxPaths paths) throws IOException {
        IndexState state = state(paths);
        if (state == null) {
            return null;
        }
        DboxIndexHeader header =
                DboxIndexHeader.of(state, kind.bodies(MailboxName.INBOX, paths).headerExtension());
        return header == null ? null : header.guid();
    }

    @Override
    public void setGuid(MailboxName name, MailboxPaths paths, MailboxGuid guid) throws IOException {
        String extension = kind.bodies(name, paths).headerExtension();
        try (IndexWriter writer = DboxCommit.lock(context, paths)) {
            IndexState state = DboxCommit.state(writer);
            DboxIndexHeader now = state == null ? null : DboxIndexHeader.of(state, extension);
            if (now == null || now.guid().equals(guid)) {
                return;
            }
            DboxIndexHeader wanted = new DboxIndexHeader(now.stamp(), guid, now.flags());
            writer.appendBehindSnapshot(new IndexTransaction().extensionHeader(extension, wanted.toBytes()), true);
        }
    }

    /** The index's; temporary mails are removed by the next one who saves any. */
    @Override
    public void removeLeftovers(MailboxPaths paths) throws IOException {
        UnfinishedIndex.remove(context, paths.index(), IndexReader.PREFIX);
    }

    @Override
    public void settle() {
        settlement.settle();
    }

    @Override
    public long purge() throws IOException {
        return kind.purge();
    }

    @Override
    public Removal removing(MailboxPaths paths) throws IOException {
        return kind.removing(paths);
    }

    @Override
    public boolean takeWritten() {
        return settlement.takeWritten();
    }

    @Override
    public List<DiskPath> pieces(MailboxPaths paths) {
        return List.of(paths.mail());
    }

    @Override
    public boolean speaksOfMails(String file) {
        return Sdbox.uidOf(file.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)) > 0;
    }

    /** Files that hold no mails of anybody yet. Dovecot's begin in the same way, so that it removes old ones. */
    static OwnFiles temporary(AccountContext context, DiskPath folder) {
        return new OwnFiles(context, folder, ".temp.twinbox-", "");
    }
}
