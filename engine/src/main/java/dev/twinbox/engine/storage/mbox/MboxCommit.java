package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Staging.Result;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Carries a plan out on an mbox file and its index, under the file's locks. Dovecot moves mails about in the file itself, and
 * a crash in between loses some. We do it in one of three ways, so that none is lost whenever a crash comes:
 *
 * <ol>
 *   <li>Nothing about the file changes: only the index is written.
 *   <li>{@link MboxInPlace}: new mails come behind all others, and of the others only flags and known keywords change. First
 *       the ten digits in the first mail that say which UIDs have been given, so that the UIDs of the new mails are believed;
 *       then these are appended and made durable; then the index, which calls the mails dirty whose flags the file has not got
 *       yet, so that its word counts; then flags and keywords are written over the old ones, where there is room for them.
 *       Where there is none they stay in the index until the file is written anew, by us or by Dovecot, which keeps them there
 *       for a while itself. What a crash leaves is a mailbox with some of the new mails, which have the UIDs they were to
 *       have; a mail that is not whole is told by its {@code Content-Length} and left out ({@link MboxTableReader}), unless a line of its body looks like a From_ line: then it is
 *       two, which the next run finds at one side only. If the
 *       disk is full, the file is cut back to what it was. No byte of a mail ever moves or changes. A power loss can do worse
 *       only where the file system makes a file longer before it writes what is in it, and only to new mails, which the other
 *       side still has.
 *   <li>{@link MboxRewrite}: everything else. A new file is written beside the old one, made durable, and takes its name by
 *       one rename, so there is the old mailbox or the new one. Since a delivery may be waiting for a lock on the old file,
 *       and would write to it when it has no name any more (Dovecot 2.3.19 does: measured), we look after it: {@link
 *       LateDeliveries}.
 * </ol>
 *
 * <p>The index comes last, still under the locks. A crash before it leaves an index that is not of the file, which Dovecot and
 * the next run see by size and mtime, and put right from the file.
 */
final class MboxCommit {
    private final AccountContext context;
    private final MboxFormat format;
    private final MailboxName name;
    private final MailboxPaths paths;
    private final MboxTableReader reader;
    private final Map<MailGuid, MboxStaging.Staged> staged;
    private final @Nullable DiskFile spool;

    MboxCommit(
            AccountContext context,
            MboxFormat format,
            MailboxName name,
            MailboxPaths paths,
            MboxTableReader reader,
            Map<MailGuid, MboxStaging.Staged> staged,
            @Nullable DiskFile spool) {
        this.context = context;
        this.format = format;
        this.name = name;
        this.paths = paths;
        this.reader = reader;
        this.staged = staged;
        this.spool = spool;
    }

    Result run(MailboxSnapshot basis, MailboxPlan plan) throws IOException {
        try (MboxLock lock = MboxLock.forWriting(context, format.files(), format.settings(), paths.mail())) {
            MboxTable table = reader.read(lock.file());
            if (!table.snapshot().sameMails(basis)) {
                return Result.CHANGED;
            }
            MboxEdit edit = new MboxEdit(table, plan, staged);
            lock.touch();
            if (MboxInPlace.isPossible(table, edit)) {
                MboxInPlace inPlace = new MboxInPlace(context, table, edit, lock.file(), window());
                inPlace.grow();
                report(inPlace.losses());
                finish(table, edit, inPlace);
            } else {
                rewrite(table, edit, lock);
            }
            format.wrote();
        }
        format.late().look();
        return Result.DONE;
    }

    private void rewrite(MboxTable table, MboxEdit edit, MboxLock lock) throws IOException {
        MboxRewrite rewrite = new MboxRewrite(context, format, paths, table, edit, lock.file(), window());
        MboxFiles.Shared fresh = rewrite.run();
        try {
            format.late().watch(name, paths, lock.file());
            report(rewrite.losses());
            FileInfo info = context.disk().stat(paths.mail()).orElseThrow();
            boolean told = settle(() -> new MboxIndexWriter(context, paths, table, edit)
                    .write(info.size(), info.mtimeSeconds(), rewrite.places(), new BitSet()));
            if (told) {
                stamp(info.mtimeSeconds());
            }
        } finally {
            try {
                fresh.unlockWriting();
            } finally {
                fresh.release();
            }
        }
    }

    private @Nullable FileWindow window() throws IOException {
        DiskFile file = spool;
        return file == null ? null : new FileWindow(file::read, file.size());
    }

    private void finish(MboxTable table, MboxEdit edit, MboxInPlace inPlace) throws IOException {
        FileInfo info = context.disk().stat(paths.mail()).orElseThrow();
        long stamp = inPlace.writes() ? context.clock().epochMillis() / 1000 : info.mtimeSeconds();
        boolean told = settle(() -> new MboxIndexWriter(context, paths, table, edit)
                .write(info.size(), stamp, inPlace.places(), inPlace.late()));
        // Flags that only the file has are found there, and flags that only the index has would be lost with it.
        inPlace.overwrite();
        if (told && inPlace.writes()) {
            stamp(stamp);
        }
    }

    /** A step that the mails do not depend on. */
    private interface LastStep {
        void run() throws IOException;
    }

    private boolean settle(LastStep step) throws IOException {
        try {
            step.run();
            return true;
        } catch (ClosedByInterruptException e) {
            context.report().warning(name, "interrupted before the index was written; the next run writes it");
        } catch (IOException e) {
            context.report()
                    .damage(
                            name,
                            "all mails are in place, but the index could not be written: " + e.getMessage()
                                    + "; flags and modseqs may be missing until the next run");
        }
        return false;
    }

    /**
     * Whole seconds, as Dovecot sets them: another change within this second shows by its fraction. Comes last, because Java may
     * open and close the file for it, and then POSIX drops our lock.
     */
    private void stamp(long seconds) throws IOException {
        settle(() -> context.disk().setMtime(paths.mail(), seconds, 0));
    }

    private void report(Losses losses) {
        if (losses.mails > 0) {
            context.report()
                    .warning(
                            name,
                            losses.mails + " mails have header lines that an mbox file keeps its own notes in, or that"
                                    + " would begin another mail (" + losses.lines
                                    + " lines); these lines were left out");
        }
        if (losses.altered > 0) {
            context.report()
                    .warning(
                            name,
                            losses.altered
                                    + " mails that end in CR or begin with a blank got a line end more: an mbox file"
                                    + " cannot hold them otherwise");
        }
    }

    /** What could not be kept of mails. */
    static final class Losses {
        private int mails;
        private int lines;
        private int altered;

        void add(MboxWriter.Written written) {
            mails += written.dropped() > 0 ? 1 : 0;
            lines += written.dropped();
            altered += written.altered() ? 1 : 0;
        }
    }

    /** Where the mails are, as the index has it: 0 for the first, else the line end in front of the From_ line. */
    static long[] places(List<Long> fromLines) {
        long[] places = new long[fromLines.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = Math.max(0, fromLines.get(i) - 1);
        }
        return places;
    }

    static List<Long> list(int room) {
        return new ArrayList<>(room);
    }
}
