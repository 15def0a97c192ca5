package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.MailboxPaths;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes an mbox file anew and puts it in the old one's place. See {@link MboxCommit}. */
final class MboxRewrite {
    private static final int PERMISSIONS = 0777;

    private final AccountContext context;
    private final MboxFormat format;
    private final MailboxPaths paths;
    private final MboxTable table;
    private final MboxEdit edit;
    private final MboxFiles.Shared old;
    private final @Nullable FileWindow spool;
    private final MboxCommit.Losses losses = new MboxCommit.Losses();
    private final List<Long> fromLines;

    MboxRewrite(
            AccountContext context,
            MboxFormat format,
            MailboxPaths paths,
            MboxTable table,
            MboxEdit edit,
            MboxFiles.Shared old,
            @Nullable FileWindow spool) {
        this.context = context;
        this.format = format;
        this.paths = paths;
        this.table = table;
        this.edit = edit;
        this.old = old;
        this.spool = spool;
        this.fromLines = MboxCommit.list(edit.rows().size());
    }

    /** The file that has the mailbox's name now, locked for writing. */
    MboxFiles.Shared run() throws IOException {
        Disk disk = context.disk();
        DiskPath temporary = MboxPaths.rewritten(paths.mail());
        unlinkIfThere(temporary); // we have the locks: whoever made it is dead
        DiskFile made = disk.create(temporary, Disk.FILE_MODE | disk.mode(paths.mail()) & PERMISSIONS);
        boolean named = false;
        try {
            writeAll(made);
            if (context.isDurable()) {
                made.sync();
            }
            Object key = made.info().fileKey();
            if (format.settings().writeLocks().contains(MboxSettings.Lock.FCNTL) && !made.lock(0)) {
                throw new LockBusyException("somebody holds the lock on " + temporary);
            }
            disk.rename(temporary, paths.mail());
            named = true;
            MboxFiles.Shared fresh = format.files().adopt(made, key);
            if (context.isDurable()) {
                disk.syncFolder(paths.mail().parent());
            }
            return fresh;
        } finally {
            if (!named) {
                made.close();
                unlinkIfThere(temporary);
            }
        }
    }

    private void unlinkIfThere(DiskPath path) throws IOException {
        try {
            context.disk().unlink(path);
        } catch (NoSuchFileException e) {
            // What is wanted.
        }
    }

    private void writeAll(DiskFile made) throws IOException {
        MboxWriter writer = new MboxWriter(made::append, 0);
        FileWindow here = new FileWindow(old, table.size());
        List<MboxEdit.Row> rows = edit.rows();
        for (int i = 0; i < rows.size(); i++) {
            MboxEdit.Row row = rows.get(i);
            fromLines.add(writer.position());
            if (row.tableRow() >= 0
                    && !row.fresh()
                    && !edit.differs(i)
                    && !edit.differsInBase(i)
                    && row.received() == table.mails().get(row.tableRow()).received()) {
                MboxMail mail = table.mails().get(row.tableRow());
                writer.copy(here, mail.from(), mail.end());
                writer.put(new byte[] {'\n'}, 1);
            } else {
                MboxWriter.Written written = write(context, writer, table, edit, i, here, spool);
                if (row.tableRow() < 0) {
                    losses.add(written);
                }
            }
        }
        if (rows.isEmpty() && edit.base().lastUid() > 0) {
            byte[] pseudo = pseudo();
            writer.put(pseudo, pseudo.length);
        }
        writer.flush();
    }

    /** Writes a mail with new hidden lines. */
    static MboxWriter.Written write(
            AccountContext context,
            MboxWriter writer,
            MboxTable table,
            MboxEdit edit,
            int index,
            FileWindow here,
            @Nullable FileWindow spool)
            throws IOException {
        MboxEdit.Row row = edit.rows().get(index);
        MboxStaging.Staged body = row.body();
        if (body != null) {
            byte[] from = FromLine.format(
                    FromLine.UNKNOWN_SENDER, row.received(), context.host().zone());
            return writer.mail(
                    from,
                    Objects.requireNonNull(spool),
                    body.start(),
                    body.end(),
                    length -> edit.hidden(index, length));
        }
        MboxMail mail = table.mails().get(row.tableRow());
        byte[] from = MboxWriter.sameFromLine(here, mail, row.received());
        if (from == null) {
            from = FromLine.format(mail.sender(), row.received(), context.host().zone());
        }
        return writer.mail(from, here, mail.header(), mail.end(), length -> edit.hidden(index, length));
    }

    /** The mail that is none: it keeps the numbers of a mailbox without mails. The words are the ones all programs know. */
    private byte[] pseudo() {
        MboxBase said = new MboxBase(edit.base().uidValidity(), edit.base().lastUid(), List.of(), true);
        long now = context.clock().epochMillis() / 1000;
        String from =
                new String(FromLine.format("MAILER_DAEMON", now, context.host().zone()), StandardCharsets.ISO_8859_1);
        String host = context.host().name();
        String text = from
                + "From: Mail System Internal Data <MAILER-DAEMON@" + host + ">\n"
                + "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n"
                + "Message-ID: <" + now + "@" + host + ">\n"
                + "X-IMAP: " + said.value() + "\n"
                + "Status: RO\n"
                + "\n"
                + "This text is part of the internal format of your mail folder, and is not\n"
                + "a real message.  It is created automatically by the mail system software.\n"
                + "If deleted, important folder data will be lost, and it will be re-created\n"
                + "with the data reset to initial values.\n"
                + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    MboxCommit.Losses losses() {
        return losses;
    }

    /** Where the mails are now. */
    long[] places() {
        return MboxCommit.places(fromLines);
    }
}
