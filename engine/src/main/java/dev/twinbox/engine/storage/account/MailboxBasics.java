package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.disk.SyncLock;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxName;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an open mailbox does in the same way whatever its format is. Used by one thread. */
public final class MailboxBasics {
    private final AccountContext context;
    private final MailboxName name;
    private final MailboxPaths paths;
    private final @Nullable AccountAttributes attributes;

    /**
     * @param attributes where the METADATA entries are; null if nowhere
     */
    public MailboxBasics(
            AccountContext context, MailboxName name, MailboxPaths paths, @Nullable AccountAttributes attributes) {
        this.context = context;
        this.name = name;
        this.paths = paths;
        this.attributes = attributes;
    }

    /** {@link Mailbox#attributes}. */
    public Attributes attributes(Mailbox box) throws IOException {
        return attributes == null
                ? Attributes.NONE
                : attributes.read(name, box.status().guid(), paths);
    }

    /**
     * {@link Mailbox#applyAttributes}.
     *
     * @return whether anything was written
     */
    public boolean applyAttributes(Mailbox box, List<MailboxAttribute> changes) throws IOException {
        context.checkWritable();
        if (attributes == null) {
            throw new NotPossibleException(name + ": there is no place for attributes (mail_attribute_dict)");
        }
        List<MailboxAttribute> real =
                AccountAttributes.real(changes, attributes(box).present());
        if (real.isEmpty()) {
            return false;
        }
        if (!attributes.hasLog(paths)) {
            writeNumbers(box);
        }
        attributes.apply(box.status().guid(), paths, real);
        return true;
    }

    /** Makes the index, with the numbers the mailbox has been showing. */
    private static void writeNumbers(Mailbox box) throws IOException {
        try (Staging staging = box.stage()) {
            Staging.Result result;
            do {
                MailboxSnapshot basis = box.snapshot();
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

    /** {@link Mailbox#lockForSync}. */
    public Closeable lockForSync(long waitMillis) throws IOException {
        if (context.readOnly()) {
            return Mailbox.NoLock.INSTANCE;
        }
        try {
            long patience = Math.min(waitMillis, context.lockWaitMillis());
            return SyncLock.take(context.disk(), paths.syncLock(), context.clock(), patience);
        } catch (LockTimeoutException e) {
            throw new LockBusyException("Failed to lock mailbox " + name + " for dsyncing: " + e.getMessage()
                    + "; another dsync or Twinbox works on it: run again when it is done");
        }
    }

    /** The row of a mail that a table must have. */
    public int rowOf(MailboxSnapshot table, long uid) {
        int row = table.rowOf(uid);
        if (row < 0) {
            throw new IllegalArgumentException(name + ": no UID " + uid + " in the last snapshot");
        }
        return row;
    }

    /** The size of a mail with each line end counted as CRLF; reads it. */
    public static long virtualSize(MailBody body) throws IOException {
        long size = 0;
        int last = 0;
        byte[] buffer = new byte[Compression.BUFFER];
        try (InputStream in = body.open()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (count > 0) {
                    size += count + LineEnds.bare(buffer, 0, count, last);
                    last = buffer[count - 1];
                }
            }
        }
        return size;
    }
}
