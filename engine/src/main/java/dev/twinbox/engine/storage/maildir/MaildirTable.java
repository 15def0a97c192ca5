package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.MailboxSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox as its files show it at one moment: the store-neutral snapshot, and beside each of its rows the file it stands
 * for. Immutable.
 */
final class MaildirTable {
    private final MailboxSnapshot snapshot;
    private final @Nullable Uidlist uidlist;
    private final KeywordFile keywordFile;
    private final @Nullable IndexState index;
    private final MaildirFiles files;
    private final @Nullable Uidlist announced;
    private final String[] strays;
    private final boolean believed;
    private final boolean asIndexed;
    private final boolean odd;

    MaildirTable(
            MailboxSnapshot snapshot,
            @Nullable Uidlist uidlist,
            KeywordFile keywordFile,
            @Nullable IndexState index,
            MaildirFiles files,
            @Nullable Uidlist announced,
            String[] strays,
            boolean believed,
            boolean asIndexed,
            boolean odd) {
        this.snapshot = snapshot;
        this.uidlist = uidlist;
        this.keywordFile = keywordFile;
        this.index = index;
        this.files = files;
        this.announced = announced;
        this.strays = strays;
        this.believed = believed;
        this.asIndexed = asIndexed;
        this.odd = odd;
    }

    /**
     * Whether the files in {@code cur/} were not listed: the index proved to be of the state of now, and the names are those
     * that say what it says. A file may have another name that says the same.
     */
    boolean isBelieved() {
        return believed;
    }

    /** Whether the index has just these mails, with just these flags and keywords, and knows that their names say so. */
    boolean isAsIndexed() {
        return asIndexed;
    }

    /** Whether files lie there whose names are no mail's, of which each reader is to warn. */
    boolean isOdd() {
        return odd;
    }

    MailboxSnapshot snapshot() {
        return snapshot;
    }

    MaildirVersion version() {
        return (MaildirVersion) snapshot.version();
    }

    @Nullable
    Uidlist uidlist() {
        return uidlist;
    }

    KeywordFile keywordFile() {
        return keywordFile;
    }

    /** The index, if there is a usable one for this UIDVALIDITY. */
    @Nullable
    IndexState index() {
        return index;
    }

    /** The files, by the snapshot's rows. */
    MaildirFiles files() {
        return files;
    }

    /** Name of a row's file, one byte per character. */
    String file(int row) {
        return files.name(row);
    }

    /** Whether a row's file lies in {@code new/}. */
    boolean isInNew(int row) {
        return files.isInNew(row);
    }

    /** The uidlist's row for a mail, or -1 if it has none yet. */
    int uidlistRow(int row) {
        return files.listRow(row);
    }

    /** What the uidlist says of a mail beside its UID and name, or would if the run that wrote it had not died. */
    UidlistFields fields(int row) {
        int listRow = uidlistRow(row);
        if (listRow >= 0) {
            return java.util.Objects.requireNonNull(uidlist).fields(listRow);
        }
        Uidlist list = announced;
        int announcedRow = list == null ? -1 : list.rowOfBase(files.base(row));
        return list == null || announcedRow < 0 ? UidlistFields.NONE : list.fields(announcedRow);
    }

    /** Keyword letters that occur in any file name, as a bit mask. */
    int usedLetters() {
        return files.usedLetters();
    }

    /** Further files in {@code cur/} with the base name of a mail in the table: left by a crash or a foreign program. */
    String[] strays() {
        return strays;
    }
}
