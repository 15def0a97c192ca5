package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.storage.account.AccountContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Changes an mbox file where it is: appends mails, overwrites values of hidden lines. See {@link MboxCommit}. */
final class MboxInPlace {
    private final AccountContext context;
    private final MboxTable table;
    private final MboxEdit edit;
    private final MboxFiles.Shared file;
    private final @Nullable FileWindow spool;
    private final MboxCommit.Losses losses = new MboxCommit.Losses();
    private final List<Long> fromLines;
    private final List<Patch> patches = new ArrayList<>();
    private final BitSet late = new BitSet();
    private boolean written;

    MboxInPlace(
            AccountContext context, MboxTable table, MboxEdit edit, MboxFiles.Shared file, @Nullable FileWindow spool) {
        this.context = context;
        this.table = table;
        this.edit = edit;
        this.file = file;
        this.spool = spool;
        this.fromLines = MboxCommit.list(edit.rows().size());
    }

    /** A value to be written over another one of the same length. */
    private static final class Patch {
        private final long at;
        private final byte[] bytes;

        Patch(long at, byte[] bytes) {
            this.at = at;
            this.bytes = bytes;
        }
    }

    /** Whether it can be done so: no mail goes, moves, or gets another UID, and no keyword is new to the mailbox. */
    static boolean isPossible(MboxTable table, MboxEdit edit) {
        int kept = table.mails().size();
        List<MboxEdit.Row> rows = edit.rows();
        if (kept == 0 && rows.isEmpty()) {
            return isEmptyAsItShould(table, edit);
        }
        if (kept == 0 || table.pseudo() != null || rows.size() < kept || !keepsBase(table, edit)) {
            return false;
        }
        for (int i = 0; i < rows.size(); i++) {
            MboxEdit.Row row = rows.get(i);
            if (row.fresh() != (i >= kept)) {
                return false;
            }
            if (i < kept) {
                MboxMail mail = table.mails().get(i);
                boolean same = row.tableRow() == i
                        && row.received() == mail.received()
                        && row.uid() == mail.uid()
                        && mail.complete()
                        && (i == 0 || mail.base() == null);
                if (!same) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether nothing of what the first mail says of the mailbox has to change but the last UID. */
    private static boolean keepsBase(MboxTable table, MboxEdit edit) {
        MboxBase said = table.base();
        return said != null
                && said.uidValidity() == edit.base().uidValidity()
                && said.keywords().equals(edit.base().keywords())
                && (said.lastUid() == edit.base().lastUid()
                        || table.mails().get(0).lastUidAt() >= 0);
    }

    /** A mailbox without mails needs one that says its numbers if there ever was a mail. */
    private static boolean isEmptyAsItShould(MboxTable table, MboxEdit edit) {
        MboxMail pseudo = table.pseudo();
        MboxBase said = pseudo == null ? null : pseudo.base();
        if (said == null) {
            return table.fileSize() == 0 && edit.base().lastUid() == 0;
        }
        return said.uidValidity() == edit.base().uidValidity()
                && said.lastUid() == edit.base().lastUid();
    }

    /** Everything that must be there before the index says so: which UIDs have been given, and then the new mails. */
    void grow() throws IOException {
        int kept = table.mails().size();
        for (MboxMail mail : table.mails()) {
            fromLines.add(mail.from());
        }
        if (table.size() < table.fileSize()) {
            file.file().truncate(table.size());
            written = true;
        }
        MboxBase said = table.base();
        if (kept > 0 && said != null && said.lastUid() != edit.base().lastUid()) {
            String digits = String.format(
                    Locale.ROOT,
                    "%0" + MboxBase.LAST_UID_DIGITS + "d",
                    edit.base().lastUid());
            write(new Patch(table.mails().get(0).lastUidAt(), digits.getBytes(StandardCharsets.US_ASCII)));
            sync();
        }
        if (edit.rows().size() > kept) {
            append(kept);
        }
        for (int i = 0; i < kept; i++) {
            if (edit.differs(i)) {
                late.set(i);
                prepare(i);
            }
        }
    }

    private void prepare(int row) {
        HiddenBlock wanted = edit.hidden(row, -1);
        MboxMail.Slots slots = table.mails().get(row).slots();
        byte[] status = HiddenBlock.fit(wanted.status(), slots.status().length());
        byte[] more = HiddenBlock.fit(wanted.moreStatus(), slots.moreStatus().length());
        byte[] words = HiddenBlock.fit(wanted.words(), slots.keywords().length());
        if (status != null && more != null && words != null) {
            patches.add(new Patch(slots.status().at(), status));
            patches.add(new Patch(slots.moreStatus().at(), more));
            patches.add(new Patch(slots.keywords().at(), words));
        }
    }

    /** Flags and keywords, where there is room for them; the index has them already, and says that it knows better. */
    void overwrite() throws IOException {
        for (Patch patch : patches) {
            write(patch);
        }
        if (!patches.isEmpty()) {
            sync();
        }
    }

    private void write(Patch patch) throws IOException {
        written = true;
        file.file().write(ByteBuffer.wrap(patch.bytes), patch.at);
    }

    private void append(int first) throws IOException {
        DiskFile open = file.file();
        long before = table.size();
        boolean done = false;
        try {
            MboxWriter writer = new MboxWriter(open::append, before);
            FileWindow here = new FileWindow(file, before);
            MboxMail last = table.mails().get(first - 1);
            if (last.next() == last.end()) {
                writer.put(new byte[] {'\n'}, 1);
            }
            for (int i = first; i < edit.rows().size(); i++) {
                fromLines.add(writer.position());
                MboxWriter.Written mail = MboxRewrite.write(context, writer, table, edit, i, here, spool);
                if (edit.rows().get(i).tableRow() < 0) {
                    losses.add(mail);
                }
            }
            writer.flush();
            sync();
            done = true;
        } finally {
            if (!done) {
                open.truncate(before);
            }
        }
        written = true;
    }

    private void sync() throws IOException {
        if (context.isDurable()) {
            file.file().sync();
        }
    }

    /** Whether anything was written, or will be. */
    boolean writes() {
        return written || !patches.isEmpty();
    }

    /** Rows of the edit of which the index has to know better than the file. */
    BitSet late() {
        return late;
    }

    MboxCommit.Losses losses() {
        return losses;
    }

    /** Where the mails are now. */
    long[] places() {
        return MboxCommit.places(fromLines);
    }
}
