package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.Compression;
import dev.twinbox.engine.storage.account.OwnFiles;
import dev.twinbox.engine.storage.account.Settlement;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Mails in {@code tmp/}, complete, with their dates, and synced before {@link MaildirCommit} gives them a name. */
final class MaildirStaging implements Staging {
    /** Begins the name of every file of ours in {@code tmp/}, so that what a killed run left can be told. */
    private static final String TMP_PREFIX = "twinbox-";

    /** Up to this many files are synced one by one; beyond, the whole file system is at once. */
    private static final int SYNC_EACH_MAX = 8;

    private final AccountContext context;
    private final Settlement settlement;
    private final MailboxName name;
    private final MaildirPaths paths;
    private final MaildirCommit.TableSource tables;
    private final Map<MailGuid, Staged> staged = new HashMap<>();
    private final OwnFiles files;
    private byte @Nullable [] buffer;

    MaildirStaging(
            AccountContext context,
            Settlement settlement,
            MailboxName name,
            MaildirPaths paths,
            MaildirCommit.TableSource tables) {
        this.context = context;
        this.settlement = settlement;
        this.name = name;
        this.paths = paths;
        this.tables = tables;
        this.files = temporary(context, paths);
    }

    /**
     * A mail that is ready.
     *
     * @param unique what makes its name one of its own; {@link #file} is the whole
     * @param plain whether the file's bytes are the mail's
     */
    record Staged(String unique, long size, boolean plain, Pop3 pop3) {}

    /** Where a mail that is ready lies. */
    DiskPath file(Staged mail) {
        return files.path(mail.unique());
    }

    @Override
    public long save(MailGuid guid, MailBody body, long received, Pop3 pop3) throws IOException {
        context.beginWriting();
        settlement.settleIfDue();
        clean();
        String unique = files.nextUnique();
        DiskPath tmp = files.path(unique);
        boolean done = false;
        try (DiskFile out = create(tmp)) {
            boolean asIs = body instanceof FileBody;
            long size = asIs ? copyFile((FileBody) body, out) : copyStream(body, out);
            out.setMtime(received, 0);
            staged.put(guid, new Staged(unique, size, !asIs, pop3));
            done = true;
            return size;
        } finally {
            if (!done) {
                files.remove(tmp);
            }
        }
    }

    /** The files of this run in {@code tmp/}. */
    static OwnFiles temporary(AccountContext context, MaildirPaths paths) {
        return new OwnFiles(context, paths.tmp(), TMP_PREFIX, "");
    }

    private DiskFile create(DiskPath tmp) throws IOException {
        return context.disk().create(tmp, Disk.FILE_MODE);
    }

    private static long copyFile(FileBody body, DiskFile out) throws IOException {
        try (DiskFile in = body.openFile()) {
            return out.appendAll(in);
        }
    }

    private long copyStream(MailBody body, DiskFile out) throws IOException {
        byte[] bytes = buffer;
        if (bytes == null) {
            bytes = new byte[Compression.BUFFER];
            buffer = bytes;
        }
        long size = 0;
        try (InputStream in = body.open()) {
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                out.append(ByteBuffer.wrap(bytes, 0, count));
                size += count;
            }
        }
        return size;
    }

    private void clean() throws IOException {
        try {
            files.clean();
        } catch (NoSuchFileException e) {
            throw new MailboxGoneException("there is no mailbox " + name + " any more");
        }
    }

    @Override
    public boolean has(MailGuid guid) {
        return staged.containsKey(guid);
    }

    @Override
    public Result commit(MailboxSnapshot basis, MailboxPlan plan) throws IOException {
        settlement.settle(name);
        Result result;
        try {
            context.beginWriting();
            syncBodies();
            result = new MaildirCommit(context, settlement, name, paths, tables, staged, this).run(basis, plan);
        } catch (NoSuchFileException e) {
            if (context.disk().stat(paths.cur()).isEmpty()) {
                throw new MailboxGoneException("there is no mailbox " + name + " any more");
            }
            throw e;
        }
        if (result == Result.DONE) {
            close();
        }
        return result;
    }

    private void syncBodies() throws IOException {
        if (!context.isDurable() || staged.isEmpty()) {
            return;
        }
        if (staged.size() > SYNC_EACH_MAX) {
            context.disk().syncFileSystem(paths.mail());
            return;
        }
        for (Staged mail : staged.values()) {
            try (DiskFile file = context.disk().openWrite(file(mail), false)) {
                file.sync();
            }
        }
    }

    @Override
    public void close() throws IOException {
        List<Staged> left = new ArrayList<>(staged.values());
        staged.clear();
        for (Staged mail : left) {
            files.remove(file(mail));
        }
    }
}
