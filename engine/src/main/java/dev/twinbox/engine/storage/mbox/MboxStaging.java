package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.AccountFolders;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.engine.storage.account.OwnFiles;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Mails on their way into an mbox: one behind the other in one file in the mailbox's index folder, where no program looks for
 * mail. What a killed run leaves there is removed by the next one.
 */
final class MboxStaging implements Staging {
    private static final String PREFIX = "twinbox-";
    private static final String SUFFIX = ".spool";

    private final AccountContext context;
    private final MboxFormat format;
    private final MailboxName name;
    private final MailboxPaths paths;
    private final MboxTableReader reader;
    private final Map<MailGuid, Staged> staged = new HashMap<>();
    private final byte[] buffer = new byte[FileWindow.SIZE];
    private @Nullable DiskFile spool;
    private @Nullable DiskPath spoolPath;
    private long spooled;

    MboxStaging(
            AccountContext context, MboxFormat format, MailboxName name, MailboxPaths paths, MboxTableReader reader) {
        this.context = context;
        this.format = format;
        this.name = name;
        this.paths = paths;
        this.reader = reader;
    }

    /**
     * A mail that is ready.
     *
     * @param start where in the file it begins
     * @param received seconds since 1970
     */
    record Staged(long start, long end, long received) {}

    @Override
    public long save(MailGuid guid, MailBody body, long received, Pop3 pop3) throws IOException {
        context.beginWriting();
        DiskFile file = spool();
        long start = spooled;
        boolean done = false;
        try (InputStream in = body.open()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                file.append(ByteBuffer.wrap(buffer, 0, count));
                spooled += count;
            }
            staged.put(guid, new Staged(start, spooled, received));
            done = true;
            return spooled - start;
        } finally {
            if (!done) {
                file.truncate(start);
                spooled = start;
            }
        }
    }

    private DiskFile spool() throws IOException {
        DiskFile open = spool;
        if (open == null) {
            AccountFolders.makeAll(context, paths.index());
            OwnFiles files = files(context, paths.index());
            while (open == null) {
                DiskPath path = files.next();
                open = create(path);
                spoolPath = path;
            }
            spool = open;
            spooled = 0;
        }
        return open;
    }

    /** Another store of this process may have thought of the same name. */
    private @Nullable DiskFile create(DiskPath path) throws IOException {
        try {
            return context.disk().create(path, Disk.FILE_MODE);
        } catch (FileAlreadyExistsException e) {
            return null;
        }
    }

    private static OwnFiles files(AccountContext context, DiskPath index) {
        return new OwnFiles(context, index, PREFIX, SUFFIX);
    }

    /** Removes what runs of this program on this host left in an index folder when they were killed. */
    static void removeLeftovers(AccountContext context, DiskPath index) throws IOException {
        try {
            files(context, index).clean();
        } catch (NoSuchFileException e) {
            // No index yet.
        }
    }

    @Override
    public boolean has(MailGuid guid) {
        return staged.containsKey(guid);
    }

    @Override
    public Result commit(MailboxSnapshot basis, MailboxPlan plan) throws IOException {
        context.beginWriting();
        Result result;
        try {
            result = new MboxCommit(context, format, name, paths, reader, staged, spool).run(basis, plan);
        } catch (NoSuchFileException e) {
            if (context.disk().stat(paths.mail()).isEmpty()) {
                throw new MailboxGoneException("there is no mailbox " + name + " any more");
            }
            throw e;
        }
        if (result == Result.DONE) {
            close();
        }
        return result;
    }

    @Override
    public void close() throws IOException {
        staged.clear();
        DiskFile file = spool;
        DiskPath path = spoolPath;
        spool = null;
        spoolPath = null;
        if (file != null && path != null) {
            file.close();
            try {
                context.disk().unlink(path);
            } catch (NoSuchFileException e) {
                // What is wanted.
            }
        }
    }
}
