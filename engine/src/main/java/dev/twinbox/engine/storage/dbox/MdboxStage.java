package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.GatheringFile;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.OwnFiles;
import dev.twinbox.protocol.dialogue.MailBody;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mails one behind the other in temporary files beside the files of the account; and mails that lie in the account already,
 * which need not be stored again.
 */
final class MdboxStage implements DboxBodies.Stage {
    /** No mail is added to a file that is this long, in bytes: Dovecot's {@code mdbox_rotate_size}. */
    static final long ROTATE_BYTES = 10 << 20;

    /** Longest message, headers and metadata included: the map has 32 bits for it. */
    private static final long MESSAGE_MAX = 0xFFFF_FFFFL;

    private final MdboxBodies bodies;
    private final Mdbox box;
    private final AccountContext context;
    private final OwnFiles temporary;
    private final DboxWriter writer = new DboxWriter();
    private final List<Written> files = new ArrayList<>();

    /** Map UIDs of mails that are in the account already. */
    private final IdentityHashMap<DboxBodies.Staged, Long> references = new IdentityHashMap<>();

    private @Nullable GatheringFile out;
    private long end;

    MdboxStage(MdboxBodies bodies) {
        this.bodies = bodies;
        this.box = bodies.box();
        this.context = box.context();
        this.temporary = DboxFormat.temporary(context, box.folder());
    }

    /** A temporary file, and the mails in it. */
    record Written(DiskPath file, List<DboxBodies.Staged> mails) {}

    MdboxBodies bodies() {
        return bodies;
    }

    /** The temporary files. */
    List<Written> files() {
        return files;
    }

    /** The map UID of a mail that need not be stored again; null of all others. */
    @Nullable
    Long reference(DboxBodies.Staged mail) {
        return references.get(mail);
    }

    /** A file has got its name. */
    void placed(Written file) {
        files.remove(file);
    }

    @Override
    public DboxBodies.Staged save(MailBody body, DboxMetadata.Builder metadata, long received, Pop3 pop3)
            throws IOException {
        metadata.mailbox(bodies.storageName());
        DboxBodies.Staged same = body instanceof DboxBody own ? refer(own, metadata, received, pop3) : null;
        if (same != null) {
            return same;
        }
        DiskFile file = ready();
        long at = end;
        boolean done = false;
        try {
            byte[] header = header(at);
            DboxWriter.Written written = writer.append(file, at, header, body, metadata);
            DboxBodies.Staged mail = add(at + header.length, written.length(), written.size(), received, pop3);
            done = true;
            return mail;
        } finally {
            if (!done) {
                file.truncate(at);
            }
        }
    }

    /** Stores a mail that lies somewhere else in the account again, as it is stored there, with other metadata. */
    DboxBodies.Staged copy(DiskFile in, DboxMessage message, DboxMetadata metadata) throws IOException {
        DiskFile file = ready();
        long at = end;
        boolean done = false;
        try {
            byte[] header = header(at);
            long length = writer.copy(file, header, in, message, metadata);
            DboxBodies.Staged mail =
                    add(at + header.length, length, message.size(), metadata.received(), metadata.pop3());
            done = true;
            return mail;
        } finally {
            if (!done) {
                file.truncate(at);
            }
        }
    }

    private byte[] header(long at) {
        return at == 0 ? DboxHeaders.fileHeader(context.clock().epochMillis() / 1000) : new byte[0];
    }

    private DboxBodies.Staged add(long offset, long length, long size, long received, Pop3 pop3) throws IOException {
        if (length > MESSAGE_MAX) {
            throw new IOException("a mail of " + size + " bytes is too long for mdbox");
        }
        Written file = files.get(files.size() - 1);
        DboxBodies.Staged mail = new DboxBodies.Staged(file.file(), offset, length, size, received, pop3);
        file.mails().add(mail);
        end = offset + length;
        return mail;
    }

    /** The file to append to. */
    private DiskFile ready() throws IOException {
        DiskFile file = out;
        if (file != null && end < ROTATE_BYTES) {
            return file;
        }
        closeFile();
        box.makeFolders();
        temporary.clean();
        DiskPath path = temporary.next();
        DiskFile made = create(path);
        while (made == null) {
            path = temporary.next();
            made = create(path);
        }
        files.add(new Written(path, new ArrayList<>()));
        GatheringFile gathering = new GatheringFile(made, context.isDurable());
        out = gathering;
        end = 0;
        return gathering;
    }

    /** Null if somebody has the name: two stores of one process know nothing of one another. */
    private @Nullable DiskFile create(DiskPath path) throws IOException {
        try {
            return context.disk().create(path, Disk.FILE_MODE);
        } catch (FileAlreadyExistsException e) {
            return null;
        }
    }

    private void closeFile() throws IOException {
        DiskFile file = out;
        out = null;
        if (file != null) {
            file.close();
        }
    }

    /** A mail of this account with the same metadata lies here already. */
    private DboxBodies.@Nullable Staged refer(DboxBody body, DboxMetadata.Builder wanted, long received, Pop3 pop3)
            throws IOException {
        if (!(body.reading() instanceof MdboxBodies.Mails mails) || mails.box() != box) {
            return null;
        }
        MdboxBodies.Stored there = mails.stored(body.uid());
        if (there == null) {
            return null;
        }
        DboxMetadata is = there.message().metadata();
        DboxMetadata asked = wanted.build();
        if (is.guid() == null
                || !is.guid().equals(asked.guid())
                || is.received() != asked.received()
                || !is.pop3().equals(asked.pop3())) {
            return null;
        }
        long size = is.plainSize() == DboxMetadata.UNKNOWN ? there.message().size() : is.plainSize();
        DboxBodies.Staged mail = new DboxBodies.Staged(box.folder(), 0, 0, size, received, pop3);
        references.put(mail, there.mapUid());
        return mail;
    }

    @Override
    public void sync() throws IOException {
        closeFile(); // what is gathered is to be synced, too
        if (!context.isDurable()) {
            return;
        }
        for (Written each : files) {
            try (DiskFile file = context.disk().openWrite(each.file(), false)) {
                file.sync();
            }
        }
    }

    /** Begins a plan; what is stored while it is carried out goes to a file of its own. */
    @Override
    public DboxBodies.Work begin() throws IOException {
        closeFile();
        box.makeFolders();
        if (box.map().refreshed() == null && !box.files().isEmpty()) {
            throw new CorruptStoreException(
                    "the map in " + box.map().folder() + " is lost, and there are mails: " + MdboxMap.REPAIR);
        }
        return new MdboxWork(this, box.map().lock());
    }

    /** Makes durable what was stored since {@link #begin}. */
    void finish() throws IOException {
        if (out != null) {
            sync();
        }
    }

    @Override
    public void close() throws IOException {
        GatheringFile file = out;
        out = null;
        if (file != null) {
            file.discard();
        }
        references.clear();
        for (Written each : files) {
            temporary.remove(each.file());
        }
        files.clear();
    }
}
