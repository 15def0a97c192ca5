package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.OwnFiles;
import dev.twinbox.protocol.dialogue.MailBody;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Mails in temporary files beside the mails of the mailbox. */
final class SdboxStage implements DboxBodies.Stage {
    /** Up to this many files are synced one by one; beyond, the whole file system is at once. */
    private static final int SYNC_EACH_MAX = 8;

    private final Sdbox box;
    private final AccountContext context;
    private final DboxWriter writer = new DboxWriter();
    private final OwnFiles files;
    private final Set<DiskPath> temporary = new LinkedHashSet<>();

    SdboxStage(Sdbox box) {
        this.box = box;
        this.context = box.context();
        this.files = DboxFormat.temporary(context, box.folder());
    }

    @Override
    public DboxBodies.Staged save(MailBody body, DboxMetadata.Builder metadata, long received, Pop3 pop3)
            throws IOException {
        files.clean();
        DboxBodies.Staged linked = body instanceof DboxBody own && own.reading() instanceof Sdbox.Files from
                ? link(from, own.uid(), metadata, received, pop3)
                : null;
        if (linked != null) {
            return linked;
        }
        while (true) {
            DiskPath path = files.next();
            DiskFile out;
            try {
                out = context.disk().create(path, Disk.FILE_MODE);
            } catch (FileAlreadyExistsException e) {
                continue; // another store of this very process began in the same microsecond
            }
            return write(path, out, body, metadata, received, pop3);
        }
    }

    /** A mail of this account gets a second name, if it says the same of itself; null if it has to be copied. */
    private DboxBodies.@Nullable Staged link(
            Sdbox.Files source, long uid, DboxMetadata.Builder metadata, long received, Pop3 pop3) throws IOException {
        Sdbox from = source.box();
        if (!from.context().location().root().equals(context.location().root())) {
            return null;
        }
        DiskPath second;
        DboxMessage message;
        try (DboxBodies.Opened mail = source.open(uid)) {
            message = mail.message();
            if (!message.metadata().saysAllOf(metadata) || message.metadata().attachments() != null) {
                return null;
            }
            second = promised();
            context.disk().link(from.find(uid), second);
        } catch (FileSystemException e) {
            return null; // the alternative storage may be on another disk; whoever reads the mail will see what is
            // wrong
        }
        long plain = message.metadata().plainSize();
        return new DboxBodies.Staged(
                second,
                message.start() - DboxHeaders.MESSAGE_SIZE,
                message.end() - message.start() + DboxHeaders.MESSAGE_SIZE,
                plain == DboxMetadata.UNKNOWN ? message.size() : plain,
                received,
                pop3);
    }

    private DboxBodies.Staged write(
            DiskPath path, DiskFile file, MailBody body, DboxMetadata.Builder metadata, long received, Pop3 pop3)
            throws IOException {
        boolean done = false;
        try (DiskFile out = file) {
            temporary.add(path);
            byte[] header = DboxHeaders.fileHeader(context.clock().epochMillis() / 1000);
            DboxWriter.Written written = writer.append(out, 0, header, body, metadata);
            done = true;
            return new DboxBodies.Staged(path, header.length, written.length(), written.size(), received, pop3);
        } finally {
            if (!done) {
                drop(path);
            }
        }
    }

    /** A name for a file that somebody else makes; it is removed when this is closed, if it still has that name. */
    DiskPath promised() throws IOException {
        DiskPath path = files.next();
        while (context.disk().stat(path).isPresent()) {
            path = files.next();
        }
        temporary.add(path);
        return path;
    }

    /** It has got another name. */
    void placed(DiskPath path) {
        temporary.remove(path);
    }

    @Override
    public void sync() throws IOException {
        if (!context.isDurable() || temporary.isEmpty()) {
            return;
        }
        if (temporary.size() > SYNC_EACH_MAX) {
            context.disk().syncFileSystem(box.folder());
            return;
        }
        for (DiskPath path : temporary) {
            try (DiskFile file = context.disk().openWrite(path, false)) {
                file.sync();
            }
        }
    }

    @Override
    public DboxBodies.Work begin() {
        return new SdboxWork(box, this);
    }

    private void drop(DiskPath path) throws IOException {
        temporary.remove(path);
        files.remove(path);
    }

    @Override
    public void close() throws IOException {
        for (DiskPath path : Set.copyOf(temporary)) {
            drop(path);
        }
    }
}
