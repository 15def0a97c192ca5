package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.MailboxSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox as its file and its index show it at one moment. Immutable.
 *
 * @param snapshot the mails for everybody
 * @param mails where they stand, by the snapshot's rows
 * @param base what the first mail says of the mailbox; null if nothing
 * @param pseudo the first mail is none, and not in {@code mails}; else null
 * @param index the index, if there is a usable one
 * @param size bytes of the file that are mails; what follows is an append that was cut off
 * @param version what the files looked like
 */
record MboxTable(
        MailboxSnapshot snapshot,
        List<MboxMail> mails,
        @Nullable MboxBase base,
        @Nullable MboxMail pseudo,
        @Nullable IndexState index,
        long size,
        MboxVersion version) {
    /** Bytes of the whole file. */
    long fileSize() {
        return version.file() == null ? 0 : version.file().size();
    }
}
