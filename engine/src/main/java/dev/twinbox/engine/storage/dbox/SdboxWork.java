package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a plan on the files of an sdbox.
 *
 * <p>New names come first, by rename or as second names, and are durable before the index speaks of them; old names go when it
 * no longer does. A crash in between leaves files whose UIDs the index does not know, which are no mails. Where a UID becomes
 * that of another mail, which only a mirror asks for, what moves is put beside first, and then takes its place; a crash in
 * between may leave a mail under two UIDs, and the next mirror takes the right one from the source.
 */
final class SdboxWork implements DboxBodies.Work {
    /** For more new mails than these the folder is listed once, instead of looking at each name. */
    private static final int LOOK_EACH_MAX = 64;

    /** Begins the name of a file that was found under the name a new mail needs. */
    private static final String ASIDE_PREFIX = "kept-";

    private final Sdbox box;
    private final SdboxStage stage;
    private final AccountContext context;
    private final Disk disk;

    /** Files and the names they are to get, in order. */
    private final Map<DiskPath, DiskPath> renames = new LinkedHashMap<>();

    private final Set<DiskPath> touched = new LinkedHashSet<>();

    SdboxWork(Sdbox box, SdboxStage stage) {
        this.box = box;
        this.stage = stage;
        this.context = box.context();
        this.disk = context.disk();
    }

    @Override
    public void place(DboxEdit edit) throws IOException {
        makeWay(edit);
        boolean clash = edit.reusesUids();
        Set<MailGuid> placed = new HashSet<>();
        for (DboxEdit.Row row : edit.special()) {
            if (row.origin == DboxEdit.Origin.STAGED) {
                placeStaged(edit, row, placed.add(edit.guid(row)));
            } else {
                placeKnown(edit, row, clash);
            }
        }
        for (Map.Entry<DiskPath, DiskPath> entry : renames.entrySet()) {
            disk.rename(entry.getKey(), entry.getValue());
            stage.placed(entry.getKey());
            touched.add(entry.getValue().parent());
        }
        for (DiskPath folder : touched) {
            sync(folder);
        }
    }

    /** The last of several mails made of one body would find it gone: so each but the first gets a name of its own before. */
    private void placeStaged(DboxEdit edit, DboxEdit.Row row, boolean first) throws IOException {
        DboxBodies.Staged body = edit.body(row);
        DiskPath target = box.file(row.uid);
        boolean otherDate = row.received != MailboxSnapshot.RECEIVED_UNKNOWN && row.received != body.received();
        if (otherDate || row.isCopy && !body.pop3().equals(Pop3.NONE)) {
            renames.put(rewritten(body.file(), row), target);
        } else if (first) {
            renames.put(body.file(), target);
        } else {
            DiskPath second = stage.promised();
            disk.link(body.file(), second);
            renames.put(second, target);
        }
    }

    private void placeKnown(DboxEdit edit, DboxEdit.Row row, boolean clash) throws IOException {
        boolean otherDate =
                row.received != MailboxSnapshot.RECEIVED_UNKNOWN && row.received != dateOf(edit, row.fromUid);
        if (row.stays() && !otherDate) {
            return;
        }
        DiskPath source = box.find(row.fromUid);
        if (otherDate || row.isCopy && hasPop3(edit, row.fromUid)) {
            renames.put(rewritten(source, row), box.file(row.uid));
        } else if (!clash) {
            DiskPath target = source.parent().resolve(Sdbox.FILE_PREFIX + row.uid);
            disk.link(source, target);
            touched.add(target.parent());
        } else if (source.equals(box.file(row.fromUid))) {
            DiskPath second = stage.promised();
            disk.link(source, second);
            renames.put(second, box.file(row.uid));
        } else {
            // The other folder may be on another disk, and what lies in the usual one is found first.
            renames.put(rewritten(source, row), box.file(row.uid));
        }
    }

    private static long dateOf(DboxEdit edit, long uid) {
        MailboxSnapshot table = edit.table().snapshot();
        return table.received(table.rowOf(uid));
    }

    /** Whether the file says of a mail what a copy of it must not say. */
    private boolean hasPop3(DboxEdit edit, long uid) throws IOException {
        Pop3Rule rule = Pop3Rule.of(edit.table().index(), box.headerExtension());
        if (rule.isNone()) {
            return false;
        }
        try (DboxBodies.Opened mail = edit.table().reading().open(uid)) {
            return !mail.message().metadata().pop3().equals(Pop3.NONE);
        }
    }

    /** The same mail with the received date and POP3 values that it is to have, which stand in the file; under a temporary name. */
    private DiskPath rewritten(DiskPath original, DboxEdit.Row row) throws IOException {
        DiskPath copy = stage.promised();
        try (DiskFile in = disk.openRead(original);
                DiskFile out = disk.create(copy, Disk.FILE_MODE)) {
            DboxMessage message = DboxMessage.readFirst(in);
            DboxMetadata.Builder metadata = message.metadata().toBuilder();
            if (row.received != MailboxSnapshot.RECEIVED_UNKNOWN) {
                metadata.received(row.received);
            }
            if (row.isCopy) {
                metadata.pop3(Pop3.NONE);
            }
            byte[] header = DboxHeaders.fileHeader(context.clock().epochMillis() / 1000);
            new DboxWriter().copy(out, header, in, message, metadata.build());
            if (context.isDurable()) {
                out.sync();
            }
        }
        return copy;
    }

    /**
     * Under the names of new mails there may be files that the index does not know: what a crash left, or mails of an index
     * that is lost. Those whose mail is nowhere else are kept under another name.
     */
    private void makeWay(DboxEdit edit) throws IOException {
        Map<Long, MailGuid> wanted = new HashMap<>();
        IndexState index = edit.table().index();
        for (DboxEdit.Row row : edit.special()) {
            boolean known = edit.table().snapshot().rowOf(row.uid) >= 0;
            if (!row.stays() && !known) {
                wanted.put(row.uid, edit.guid(row));
            }
        }
        if (wanted.size() > LOOK_EACH_MAX) {
            for (byte[] file : disk.list(box.folder())) {
                MailGuid guid = wanted.get(Sdbox.uidOf(file));
                if (guid != null) {
                    makeWay(edit, index, Sdbox.uidOf(file), guid);
                }
            }
            return;
        }
        for (Map.Entry<Long, MailGuid> entry : wanted.entrySet()) {
            if (disk.stat(box.file(entry.getKey())).isPresent()) {
                makeWay(edit, index, entry.getKey(), entry.getValue());
            }
        }
    }

    private void makeWay(DboxEdit edit, @Nullable IndexState index, long uid, MailGuid wanted) throws IOException {
        DiskPath file = box.file(uid);
        MailGuid there = null;
        try (DiskFile open = disk.openRead(file)) {
            there = DboxMessage.readFirst(open).metadata().guid();
        } catch (CorruptStoreException e) {
            context.report().debug(box.name(), file + ": " + e.getMessage());
        }
        boolean elsewhere = there != null
                && (there.equals(wanted)
                        || edit.usedBodies().contains(there)
                        || !edit.table().snapshot().rowsOf(Set.of(there)).isEmpty());
        if (elsewhere) {
            disk.unlink(file);
            return;
        }
        DiskPath aside = box.folder()
                .resolve(ASIDE_PREFIX + Sdbox.FILE_PREFIX + uid + "-"
                        + context.names().next(context.clock().epochMillis()));
        disk.rename(file, aside);
        context.report()
                .warning(
                        box.name(),
                        file + " is none of the mailbox's mails" + (index == null ? "" : ", as the index says")
                                + ", but its name is needed; it is kept as " + aside);
    }

    @Override
    public void describe(DboxEdit edit, IndexState.Builder index) {
        // The index holds nothing of a mail that says where it is: its UID does.
    }

    @Override
    public void finish(DboxEdit edit) throws IOException {
        Set<Long> gone = new HashSet<>(edit.expunged());
        for (DboxEdit.Row row : edit.special()) {
            if (row.isMoved()) {
                gone.add(row.fromUid);
            }
        }
        for (DboxEdit.Row row : edit.special()) {
            gone.remove(row.uid);
        }
        for (long uid : gone) {
            for (DiskPath place : box.places(uid)) {
                try {
                    disk.unlink(place);
                } catch (NoSuchFileException e) {
                    // It is in the other place.
                }
            }
        }
    }

    private void sync(DiskPath folder) throws IOException {
        if (context.isDurable()) {
            disk.syncFolder(folder);
        }
    }

    @Override
    public void close() {
        // The index's lock is all there is.
    }
}
