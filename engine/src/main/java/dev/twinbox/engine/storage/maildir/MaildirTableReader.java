package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.DerivedIdentity;
import dev.twinbox.engine.storage.account.UsableIndex;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a mailbox: folders first, then the uidlist, so that every file the uidlist numbered before it was listed is known,
 * then keywords and index; then the folders again if there are files without a number.
 *
 * <p>Whose word counts: UIDs and GUIDs are the uidlist's. Flags and keyword letters are the file name's, unless the index
 * calls the mail dirty, that is, changed but not renamed yet. Keywords without a letter, modseqs and \Recent are the
 * index's. Mails that nobody has numbered yet get the UIDs Dovecot would give them. Where files and index differ, the
 * modseqs are those Dovecot would hand out on noticing.
 */
final class MaildirTableReader {
    private static final int KEYWORD_FILE_MAX = KeywordFile.FILE_BYTES_MAX;
    /** An append in progress looks like damage; so damage is looked at again, this often. */
    private static final int UIDLIST_TRIES = 3;

    private final AccountContext context;
    private final MailboxName name;
    private final MaildirPaths paths;

    private @Nullable Uidlist uidlist;
    private KeywordFile keywordFile = KeywordFile.EMPTY;
    private @Nullable IndexState index;

    MaildirTableReader(AccountContext context, MailboxName name, MaildirPaths paths) {
        this.context = context;
        this.name = name;
        this.paths = paths;
    }

    /**
     * The table without listing {@code cur/}, if the index can prove to be of the state of now ({@link QuickStatus}).
     *
     * @return null if it cannot
     */
    @Nullable
    MaildirTable believe() throws IOException {
        MaildirVersion version = MaildirVersion.look(context, paths);
        if (!version.folders().certain() || !isCurrent()) {
            return null;
        }
        try {
            Uidlist list = Uidlist.parseUnlooked(context.disk().readAll(paths.uidlist(), Uidlist.FILE_BYTES_MAX));
            KeywordFile keywords = readKeywords();
            IndexState state = IndexReader.read(context.disk(), paths.index(), IndexReader.PREFIX)
                    .orElse(null);
            MaildirTableJoin join = new MaildirTableJoin(name, context.report(), list, keywords, state);
            if (state == null
                    || state.damage() != null
                    || !list.problems().isEmpty()
                    || list.uidValidity() != state.header().uidValidity()
                    || !join.believe(context.disk().list(paths.fresh()))) {
                return null;
            }
            // What was read after the proof must be what was proved.
            return version.provesSame(MaildirVersion.look(context, paths))
                    ? join.table(guid(context, paths, list), version)
                    : null;
        } catch (IndexFormatException | CorruptStoreException | NoSuchFileException e) {
            return null; // the slow way will say what is wrong
        }
    }

    private boolean isCurrent() throws IOException {
        try {
            IndexState header = IndexReader.readHeader(context.disk(), paths.index(), IndexReader.PREFIX)
                    .orElse(null);
            return header != null && header.damage() == null && QuickStatus.isCurrent(header, context, paths);
        } catch (IndexFormatException e) {
            return false;
        }
    }

    /** The table as the folders have it. */
    MaildirTable read() throws IOException {
        Joined joined = join();
        return joined.join().table(guid(context, paths, uidlist), joined.version());
    }

    /** Files, uidlist and index together, and the state of the mailbox that they are of. */
    private record Joined(MaildirTableJoin join, MaildirVersion version) {}

    /** A method of its own, so that the names, which may be a million, are forgotten before the table is made. */
    private Joined join() throws IOException {
        FolderListing listing = FolderListing.read(context.disk(), context.clock(), paths.fresh(), paths.cur());
        if (listing.stamp().isMissing()) {
            throw new MailboxGoneException("there is no mailbox " + name + " any more");
        }
        MaildirVersion version = MaildirVersion.of(listing.stamp(), context, paths);
        uidlist = readUidlist();
        keywordFile = readKeywords();
        index = readIndex(listing.fresh().isEmpty() && listing.cur().isEmpty());
        MaildirTableJoin join = new MaildirTableJoin(name, context.report(), uidlist, keywordFile, index);
        join.assign(listing);
        if (uidlist != null && join.hasUnlisted()) {
            lookAgain(join);
        }
        if (join.hasUnlisted()) {
            join.announced(announced(context, paths));
        }
        return new Joined(join, version);
    }

    /** The glance is enough nearly always; what it misses may be a file that is just being renamed. */
    private void lookAgain(MaildirTableJoin join) throws IOException {
        if (!join.areUnlistedIn(FolderListing.glance(context.disk(), paths.fresh(), paths.cur()))) {
            join.keepUnlistedIn(FolderListing.read(context.disk(), context.clock(), paths.fresh(), paths.cur()));
        }
    }

    /** The list that a commit wrote before it moved files, and could not put into its place; or a part of it, or null. */
    static @Nullable Uidlist announced(AccountContext context, MaildirPaths paths) throws IOException {
        try {
            return Uidlist.parse(context.disk().readAll(paths.uidlistTmp(), Uidlist.FILE_BYTES_MAX));
        } catch (NoSuchFileException | CorruptStoreException e) {
            return null;
        }
    }

    private @Nullable Uidlist readUidlist() throws IOException {
        Uidlist list = null;
        for (int attempt = 1; attempt <= UIDLIST_TRIES; attempt++) {
            try {
                list = Uidlist.parse(context.disk().readAll(paths.uidlist(), Uidlist.FILE_BYTES_MAX));
            } catch (NoSuchFileException e) {
                return null;
            } catch (CorruptStoreException e) {
                if (attempt == UIDLIST_TRIES) {
                    return unusable(e);
                }
            }
            if (list != null && list.problems().isEmpty()) {
                return list;
            }
            context.clock().sleepMillis(FolderListing.TICK_MILLIS);
        }
        if (list != null) {
            complain(paths.uidlist() + ": " + list.problems().get(0)
                    + (list.problems().size() > 1 ? " and " + (list.problems().size() - 1) + " more" : ""));
        }
        return list;
    }

    /** At a destination the list is made anew; at a source nobody knows the mails' numbers, so it is left alone. */
    private @Nullable Uidlist unusable(CorruptStoreException e) throws CorruptStoreException {
        String what = paths.uidlist() + " cannot be used: " + e.getMessage();
        if (context.readOnly()) {
            throw new CorruptStoreException(
                    what + "; move it away and open the mailbox with the mail server, which" + " makes a new one");
        }
        context.report().warning(name, what + "; it is made anew");
        return null;
    }

    private void complain(String what) {
        if (context.readOnly()) {
            context.report().damage(name, what);
        } else {
            context.report().warning(name, what);
        }
    }

    private KeywordFile readKeywords() throws IOException {
        try {
            KeywordFile file = KeywordFile.parse(context.disk().readAll(paths.keywords(), KEYWORD_FILE_MAX));
            if (!file.problems().isEmpty()) {
                context.report()
                        .warning(name, paths.keywords() + ": " + file.problems().get(0));
            }
            return file;
        } catch (NoSuchFileException e) {
            return KeywordFile.EMPTY;
        }
    }

    private @Nullable IndexState readIndex(boolean noMails) throws IOException {
        IndexState state = UsableIndex.read(context, name, paths, "flags are taken from the file names");
        if (state == null) {
            return null;
        }
        Uidlist list = uidlist;
        boolean same = list != null && list.uidValidity() == state.header().uidValidity();
        // Attributes of a mailbox that nobody has opened yet are in a log that does not even know its UIDVALIDITY.
        boolean unopened = list != null && noMails && state.header().uidValidity() == 0 && state.size() == 0;
        return same || unopened ? state : null;
    }

    static MailboxGuid guid(AccountContext context, MaildirPaths paths, @Nullable Uidlist list) {
        MailboxGuid own = list == null ? null : list.guid();
        return own != null ? own : DerivedIdentity.guid(context.location().root(), paths.control());
    }
}
