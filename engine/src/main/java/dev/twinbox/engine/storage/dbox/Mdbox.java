package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.AccountFolders;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The mails of an mdbox account, all mailboxes' together: the files {@code storage/m.N}, each with many mails behind one
 * another, and the {@link MdboxMap} that says which mail lies where (storage-formats.md, section 3.3). Whole files may have
 * been moved to the {@code storage/} of an alternative root.
 *
 * <p>What is in a file never changes. Dovecot appends to files under a lock that Java does not have, so each commit of ours
 * makes new ones. One object per open account; safe for use by several threads where nothing else is said.
 */
final class Mdbox {
    /** The folder below the root, and below INDEX= and ALT=. */
    static final String FOLDER = "storage";

    private static final String FILE_PREFIX = "m.";

    /** File numbers are 32 bits wide. */
    private static final int NUMBER_DIGITS_MAX = 10;

    /** Most things that are wrong with the files and are spelled out. */
    private static final int WARNINGS_MAX = 20;

    private static final long NUMBER_MAX = 0xFFFF_FFFFL;

    private final AccountContext context;
    private final DiskPath folder;
    private final @Nullable DiskPath alt;
    private final DiskPath mailboxes;
    private final MdboxMap map;
    private final Set<String> warnings = new HashSet<>();
    private @Nullable MdboxScan scan;

    /**
     * Nothing is looked at yet.
     *
     * @param folder {@code storage/} of the root
     * @param alt that of the alternative root, or null
     * @param index that of INDEX=; where the map is
     * @param mailboxes in which the mailboxes' indexes are
     */
    Mdbox(AccountContext context, DiskPath folder, @Nullable DiskPath alt, DiskPath index, DiskPath mailboxes) {
        this.context = context;
        this.folder = folder;
        this.alt = alt;
        this.mailboxes = mailboxes;
        this.map = new MdboxMap(
                context.disk(), index, context.clock(), context.host(), context.lockWaitMillis(), context.isDurable());
    }

    AccountContext context() {
        return context;
    }

    /** Where new files are made. */
    DiskPath folder() {
        return folder;
    }

    MdboxMap map() {
        return map;
    }

    DiskPath file(long number) {
        return folder.resolve(FILE_PREFIX + number);
    }

    /** Makes the folders of the mails and of the map, if they are not there. */
    void makeFolders() throws IOException {
        for (DiskPath each : List.of(folder, map.folder())) {
            if (context.disk().statFollowing(each).isEmpty()) {
                AccountFolders.makeAll(context, each);
                if (context.isDurable()) {
                    context.disk().syncFolder(each.parent());
                }
            }
        }
    }

    /** The number in a file's name, or 0. */
    static long numberOf(byte[] name) {
        int start = FILE_PREFIX.length();
        if (name.length <= start || name.length > start + NUMBER_DIGITS_MAX || name[0] != 'm' || name[1] != '.') {
            return 0;
        }
        long number = 0;
        for (int i = start; i < name.length; i++) {
            if (name[i] < '0' || name[i] > '9' || i == start && name[i] == '0') {
                return 0;
            }
            number = number * 10 + name[i] - '0';
        }
        return number <= NUMBER_MAX ? number : 0;
    }

    /**
     * Opens a file, in whichever of the two places it is.
     *
     * @throws NoSuchFileException if it is in none
     */
    DiskFile open(long number) throws IOException {
        DiskPath name = file(number);
        DiskPath other = alt == null ? null : alt.resolve(FILE_PREFIX + number);
        try {
            return context.disk().openRead(name);
        } catch (NoSuchFileException e) {
            if (other == null) {
                throw e;
            }
        }
        try {
            return context.disk().openRead(other);
        } catch (NoSuchFileException e) {
            // It may just have been moved back.
            return context.disk().openRead(name);
        }
    }

    /** The numbers of all files there are, rising. */
    List<Long> files() throws IOException {
        List<Long> numbers = new ArrayList<>();
        addFiles(folder, numbers);
        if (alt != null) {
            addFiles(alt, numbers);
        }
        Collections.sort(numbers);
        return numbers.stream().distinct().toList();
    }

    private void addFiles(DiskPath place, List<Long> numbers) throws IOException {
        try {
            for (byte[] name : context.disk().list(place)) {
                long number = numberOf(name);
                if (number > 0) {
                    numbers.add(number);
                }
            }
        } catch (NoSuchFileException e) {
            // Nothing was ever saved, or nothing moved.
        }
    }

    /** The number of a file to be made. */
    long nextFile(MdboxMap.Writing writing) throws IOException {
        long number = writing.nextFile();
        while (context.disk().stat(file(number)).isPresent()) {
            number = writing.nextFile(); // somebody died before the map knew of it
        }
        return number;
    }

    /** A mailbox has gone that had these mails. */
    void release(long mapUidValidity, List<Long> mapUids) throws IOException {
        if (map.refreshed() == null) {
            return;
        }
        try (MdboxMap.Writing writing = map.lock()) {
            if (writing.uidValidity() == mapUidValidity) {
                for (long uid : mapUids) {
                    writing.release(uid);
                }
                writing.write();
            }
        }
    }

    /** Whether there is a mail that was saved to a mailbox and that no mailbox has, though nobody expunged it. */
    boolean hasOrphanOf(String mailbox) throws IOException {
        MdboxMap.Table table = map.refreshed();
        Set<MdboxMap.Place> saved = table == null ? Set.of() : scan().savedTo(mailbox);
        if (table == null || saved.isEmpty()) {
            return false;
        }
        MdboxReferences references = MdboxReferences.count(context.disk(), mailboxes, table.uidValidity());
        for (int row = 0; row < table.size(); row++) {
            MdboxMap.Place place = table.place(row);
            if (table.references(row) > 0
                    && references.of(table.uid(row)) == 0
                    && saved.contains(new MdboxMap.Place(place.file(), place.offset(), 0))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the mail that was saved last was saved to a mailbox, and no mailbox has it, though nobody expunged it.
     *
     * @param highest the highest map UID of the mailbox's mails
     */
    boolean isLastOrphanOf(String mailbox, long highest) throws IOException {
        MdboxMap.Table table = map.refreshed();
        int last = table == null ? -1 : table.size() - 1;
        if (table == null || last < 0 || table.uid(last) <= highest || table.references(last) == 0) {
            return false;
        }
        long uid = table.uid(last);
        MdboxMap.Place place = table.place(last);
        try (DiskFile file = open(place.file())) {
            int header = DboxMessage.readHeader(file).messageHeader();
            DboxMessage message = DboxMessage.readAt(file, place.offset(), header);
            if (!mailbox.equals(message.metadata().mailbox())) {
                return false;
            }
        } catch (NoSuchFileException | CorruptStoreException e) {
            return false; // whoever has the mail will be told
        }
        return MdboxReferences.count(context.disk(), mailboxes, table.uidValidity())
                        .of(uid)
                == 0;
    }

    /** All mails that are in the files, whatever the map says; looked for once. For what is damaged only: it reads everything. */
    synchronized MdboxScan scan() throws IOException {
        MdboxScan known = scan;
        if (known == null) {
            known = MdboxScan.of(this);
            scan = known;
        }
        return known;
    }

    /** Says something once, however many mails it is about. */
    void warnOnce(@Nullable MailboxName mailbox, String what) {
        synchronized (warnings) {
            if (warnings.size() >= WARNINGS_MAX || !warnings.add(what)) {
                return;
            }
        }
        context.report().warning(mailbox, what);
    }

    /** Says which file a damage is in. */
    CorruptStoreException damaged(long file, long offset, String what) {
        return new CorruptStoreException(file(file) + " is damaged at byte " + offset + ": " + what);
    }
}
