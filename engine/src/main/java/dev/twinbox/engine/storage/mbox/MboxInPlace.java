package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.storage.account.AccountContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Changes an mbox file where it is: appends mails, overwrites hidden lines. See {@link MboxCommit}. */
final class MboxInPlace {
    private final AccountContext context;
    private final MboxTable table;
    private final MboxEdit edit;
    private final MboxFiles.Shared file;
    private final @Nullable FileWindow spool;
    private final MboxCommit.Losses losses = new MboxCommit.Losses();
    private final List<Long> fromLines;
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

    /** Whether it can be done so. */
    static boolean isPossible(MboxTable table, MboxEdit edit) {
        int kept = table.mails().size();
        List<MboxEdit.Row> rows = edit.rows();
        if (kept == 0 && rows.isEmpty()) {
            return isEmptyAsItShould(table, edit);
        }
        if (kept == 0 || table.pseudo() != null || rows.size() < kept) {
            return false;
        }
        for (int i = 0; i < rows.size(); i++) {
            MboxEdit.Row row = rows.get(i);
            if (i >= kept) {
                if (!row.fresh()) {
                    return false;
                }
            } else if (row.fresh()
                    || row.tableRow() != i
                    || row.received() != table.mails().get(i).received()
                    || (edit.differs(i) && block(table, edit, i) == null)) {
                return false;
            }
        }
        return true;
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

    /** The new hidden lines of a mail, as long as the old ones; null if they are longer, or not together. */
    private static byte @Nullable [] block(MboxTable table, MboxEdit edit, int row) {
        MboxMail mail = table.mails().get(row);
        MboxMail.Block block = mail.block();
        if (block == null) {
            return null;
        }
        long contentLength = mail.promised() >= 0 ? mail.end() - mail.body() : -1;
        return edit.hidden(row, contentLength).fit(block.length());
    }

    void run() throws IOException {
        int kept = table.mails().size();
        for (MboxMail mail : table.mails()) {
            fromLines.add(mail.from());
        }
        if (table.size() < table.fileSize()) {
            file.file().truncate(table.size());
            written = true;
        }
        if (edit.rows().size() > kept) {
            append(kept);
        }
        List<Patch> patches = new ArrayList<>();
        for (int i = kept - 1; i >= 0; i--) {
            if (edit.differs(i)) {
                patch(i, patches);
            }
        }
        for (int i = 0; i < patches.size(); i++) {
            boolean last = i == patches.size() - 1;
            if (last && patches.size() > 1) {
                sync();
            }
            file.file()
                    .write(
                            ByteBuffer.wrap(patches.get(i).bytes()),
                            patches.get(i).at());
            written = true;
        }
        if (written) {
            sync();
        }
    }

    private record Patch(long at, byte[] bytes) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Patch patch && at == patch.at && Arrays.equals(bytes, patch.bytes);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(at);
        }
    }

    /** Only the bytes that are others. */
    private void patch(int row, List<Patch> patches) throws IOException {
        MboxMail.Block block = Objects.requireNonNull(table.mails().get(row).block());
        byte[] wanted = Objects.requireNonNull(block(table, edit, row));
        byte[] now = new byte[wanted.length];
        int count = new FileWindow(file, table.size()).copy(block.start(), now, now.length);
        int start = 0;
        while (start < count && now[start] == wanted[start]) {
            start++;
        }
        int end = wanted.length;
        while (end > start && end <= count && now[end - 1] == wanted[end - 1]) {
            end--;
        }
        if (end > start) {
            patches.add(new Patch(block.start() + start, Arrays.copyOfRange(wanted, start, end)));
        }
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
                losses.add(MboxRewrite.write(context, writer, table, edit, i, here, spool));
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
        if (MboxCommit.isDurable(context)) {
            file.file().sync();
        }
    }

    /** Whether anything was written. */
    boolean hasWritten() {
        return written;
    }

    MboxCommit.Losses losses() {
        return losses;
    }

    /** Where the mails are now. */
    long[] places() {
        return MboxCommit.places(fromLines);
    }
}
