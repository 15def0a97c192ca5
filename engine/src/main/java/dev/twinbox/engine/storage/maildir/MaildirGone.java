package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.IndexChanges;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Mails of a Maildir that have no file any more; the uidlist knows their GUIDs until it is written anew. */
final class MaildirGone implements IndexChanges.Gone {
    private final AccountContext context;
    private final MaildirPaths paths;
    private final MailboxSnapshot table;
    private final @Nullable Uidlist uidlist;

    MaildirGone(AccountContext context, MaildirPaths paths, MaildirTable table) {
        this.context = context;
        this.paths = paths;
        this.table = table.snapshot();
        this.uidlist = table.uidlist();
    }

    @Override
    public String guid128(long uid) {
        Uidlist list = uidlist;
        int row = list == null ? -1 : list.rowOfUid(uid);
        return list == null || row < 0 ? "" : list.guid(row).guid128();
    }

    /** Mails that the index or the uidlist has, but no file. */
    @Override
    public Collection<Long> uids(IndexState index, boolean everything, Set<Long> logged) throws IOException {
        TreeSet<Long> gone = new TreeSet<>();
        Uidlist list = uidlist;
        if (list == null) {
            return gone;
        }
        for (int row = 0, mail = 0; row < index.size(); row++) {
            mail = add(index.uid(row), list, gone, mail);
        }
        for (int row = 0, mail = 0; everything && row < list.size(); row++) {
            mail = add(list.uid(row), list, gone, mail);
        }
        gone.removeAll(logged);
        // What has no file in a whole listing, made when all else was as it is now, has none.
        if (!gone.isEmpty() && !((MaildirVersion) table.version()).provesSame(MaildirVersion.look(context, paths))) {
            gone.removeAll(found(gone, list));
        }
        return gone;
    }

    /**
     * Folders, uidlist and index were read in this order: what is in the last alone may have come just now.
     *
     * @param from a mail before which only mails with lower UIDs lie
     * @return the same for a higher UID
     */
    private int add(long uid, Uidlist list, Set<Long> gone, int from) {
        int mail = from;
        while (mail < table.size() && table.uid(mail) < uid) {
            mail++;
        }
        if (uid < list.nextUid() && (mail == table.size() || table.uid(mail) != uid)) {
            gone.add(uid);
        }
        return mail;
    }

    /** Those that have a file now: one that was missed because it was being delivered or renamed is no loss. */
    private Set<Long> found(Set<Long> gone, Uidlist list) throws IOException {
        FolderListing listing = FolderListing.read(context.disk(), context.clock(), paths.fresh(), paths.cur());
        Set<Long> found = new HashSet<>();
        for (List<byte[]> names : List.of(listing.fresh(), listing.cur())) {
            for (byte[] file : names) {
                int row = list.rowOfFile(file);
                if (row >= 0
                        && gone.contains(list.uid(row))
                        && MaildirName.parse(file).isPresent()) {
                    found.add(list.uid(row));
                }
            }
        }
        return found;
    }
}
