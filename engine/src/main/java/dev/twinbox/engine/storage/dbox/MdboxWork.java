package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.account.AccountContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a plan on the files and the map of an mdbox, under the map's lock.
 *
 * <ol>
 *   <li>The map gets the new mails and all references, also to mails that are in the account already, in one write, as
 *       Dovecot does it.
 *   <li>The new mails' files get their names. (The other way round Dovecot would find a file that the map does not know, and
 *       rebuild everything.)
 *   <li>The mailbox's index is written (not here).
 *   <li>The map loses the references of mails that are not in the mailbox any more.
 * </ol>
 *
 * <p>A crash leaves references that no mailbox has, never a mailbox's mail without one. What they keep is no mail of anybody: the
 * next run stores it again, and {@code doveadm force-resync} knows by the GUID that it is there twice.
 */
final class MdboxWork implements DboxBodies.Work {
    private final MdboxStage stage;
    private final Mdbox box;
    private final AccountContext context;
    private final MdboxMap.Writing map;

    /** New mails' map UIDs. */
    private final IdentityHashMap<DboxBodies.Staged, Long> stored = new IdentityHashMap<>();

    /** What a mail of the plan is to be stored as. */
    private final IdentityHashMap<DboxEdit.Row, DboxBodies.Staged> bodies = new IdentityHashMap<>();

    private final List<Long> dropped = new ArrayList<>();

    MdboxWork(MdboxStage stage, MdboxMap.Writing map) {
        this.stage = stage;
        this.box = stage.bodies().box();
        this.context = box.context();
        this.map = map;
        stage.bodies().stampIs(map.uidValidity());
    }

    @Override
    public void place(DboxEdit edit) throws IOException {
        checkMap(edit);
        for (DboxEdit.Row row : edit.special()) {
            DboxBodies.Staged body = body(edit, row);
            if (body != null) {
                bodies.put(row, body);
            }
        }
        stage.finish();
        IdentityHashMap<DboxBodies.Staged, Integer> references = refer(edit);
        IdentityHashMap<MdboxStage.Written, Long> numbers = number(references);
        map.write();
        for (Map.Entry<MdboxStage.Written, Long> entry : numbers.entrySet()) {
            context.disk().rename(entry.getKey().file(), box.file(entry.getValue()));
            stage.placed(entry.getKey());
        }
        if (!numbers.isEmpty() && context.isDurable()) {
            context.disk().syncFolder(box.folder());
        }
    }

    /** Map UIDs of another map than this one say nothing, and must not get the name of this one. */
    private void checkMap(DboxEdit edit) throws CorruptStoreException {
        IndexState index = edit.table().index();
        DboxIndexHeader header = index == null ? null : DboxIndexHeader.of(index, MdboxBodies.HEADER);
        if (index != null && index.size() > 0 && (header == null || header.stamp() != map.uidValidity())) {
            throw new CorruptStoreException(
                    "the mailbox was written with another map than " + box.map().folder() + " has: " + MdboxMap.REPAIR);
        }
    }

    /** What a row's mail is stored as, if it is not simply the one the mailbox has. */
    private DboxBodies.@Nullable Staged body(DboxEdit edit, DboxEdit.Row row) throws IOException {
        if (row.origin == DboxEdit.Origin.STAGED) {
            DboxBodies.Staged body = edit.body(row);
            return hasDate(row, body.received()) ? body : redated(body, row.received);
        }
        MailboxSnapshot table = edit.table().snapshot();
        if (hasDate(row, table.received(table.rowOf(row.fromUid)))) {
            return null;
        }
        try (DboxBodies.Opened mail = edit.table().reading().open(row.fromUid)) {
            return copy(mail.file(), mail.message(), row.received);
        }
    }

    private static boolean hasDate(DboxEdit.Row row, long date) {
        return row.received == MailboxSnapshot.RECEIVED_UNKNOWN || Math.max(0, row.received) == date;
    }

    private DboxBodies.Staged redated(DboxBodies.Staged body, long received) throws IOException {
        Long mapUid = stage.reference(body);
        if (mapUid == null) {
            try (DiskFile in = context.disk().openRead(body.file())) {
                return copy(in, DboxMessage.readAt(in, body.offset(), DboxHeaders.MESSAGE_SIZE), received);
            }
        }
        int row = map.table().rowOf(mapUid);
        if (row < 0) {
            throw gone();
        }
        MdboxMap.Place place = map.table().place(row);
        try (MdboxFiles.Lease in = stage.bodies().files().open(place.file())) {
            return copy(in, DboxMessage.readAt(in, place.offset(), in.messageHeader()), received);
        }
    }

    private DboxBodies.Staged copy(DiskFile in, DboxMessage message, long received) throws IOException {
        return stage.copy(
                in, message, message.metadata().toBuilder().received(received).build());
    }

    private static IOException gone() {
        return new IOException("a mail that was to be copied within the account was expunged meanwhile; run again");
    }

    /** Gives every temporary file a number, and every mail in it a place in the map. */
    private IdentityHashMap<MdboxStage.Written, Long> number(IdentityHashMap<DboxBodies.Staged, Integer> references)
            throws IOException {
        IdentityHashMap<MdboxStage.Written, Long> numbers = new IdentityHashMap<>();
        for (MdboxStage.Written file : stage.files()) {
            if (file.mails().isEmpty()) {
                continue;
            }
            long number = box.nextFile(map);
            numbers.put(file, number);
            for (DboxBodies.Staged mail : file.mails()) {
                MdboxMap.Place place = new MdboxMap.Place(number, mail.offset(), mail.length());
                stored.put(mail, map.add(place, references.getOrDefault(mail, 0)));
            }
        }
        return numbers;
    }

    /** Counts the references; returns how many each new mail has. */
    private IdentityHashMap<DboxBodies.Staged, Integer> refer(DboxEdit edit) throws IOException {
        IdentityHashMap<DboxBodies.Staged, Integer> fresh = new IdentityHashMap<>();
        for (DboxEdit.Row row : edit.special()) {
            DboxBodies.Staged body = bodies.get(row);
            Long there = body == null ? null : stage.reference(body);
            if (there != null) {
                count(there, 1);
            } else if (body != null) {
                if (fresh.merge(body, 1, Integer::sum) > MdboxMap.REFERENCES_HIGHEST) {
                    throw tooOften();
                }
            } else if (row.origin == DboxEdit.Origin.COPY) {
                count(mapUid(edit, row.fromUid), 1);
            }
        }
        return fresh;
    }

    private static IOException tooOften() {
        return new IOException("a mail has been copied too often within the account");
    }

    private void count(long uid, int difference) throws IOException {
        int row = map.table().rowOf(uid);
        if (row < 0) {
            throw gone();
        }
        if (map.table().references(row) + map.counted(uid) + difference > MdboxMap.REFERENCES_HIGHEST) {
            throw tooOften();
        }
        map.count(uid, difference);
    }

    private long mapUid(DboxBodies.Staged body) {
        Long known = stored.get(body);
        Long reference = known == null ? stage.reference(body) : known;
        if (reference == null) {
            throw new IllegalArgumentException("a mail was not staged here");
        }
        return reference;
    }

    private static long mapUid(DboxEdit edit, long uid) {
        return entry(edit, uid).mapUid();
    }

    private static MdboxBodies.Entry entry(DboxEdit edit, long uid) {
        IndexState index = edit.table().index();
        int row = index == null ? -1 : index.rowOf(uid);
        if (index == null || row < 0) {
            throw new IllegalArgumentException("the index has no UID " + uid);
        }
        return MdboxBodies.entry(index, row);
    }

    @Override
    public void describe(DboxEdit edit, IndexState.Builder index) {
        List<DboxEdit.Row> rows = edit.rows();
        byte[] records = new byte[rows.size() * MdboxBodies.RECORD_SIZE];
        byte[] guids = new byte[rows.size() * MdboxBodies.GUID_SIZE];
        long now = context.clock().epochMillis() / 1000;
        for (int i = 0; i < rows.size(); i++) {
            DboxEdit.Row row = rows.get(i);
            DboxBodies.Staged body = bodies.get(row);
            MdboxBodies.Entry entry = row.origin == DboxEdit.Origin.STAGED ? null : entry(edit, row.fromUid);
            long mapUid = body != null ? mapUid(body) : entry == null ? 0 : entry.mapUid();
            boolean isNew = row.origin == DboxEdit.Origin.COPY;
            byte[] guid = entry != null && entry.hasGuid()
                    ? entry.guid128()
                    : edit.guid(row).to128();
            long saved = entry == null || isNew ? now : entry.saved();
            MdboxBodies.put(records, guids, i, new MdboxBodies.Entry(mapUid, saved, guid));
        }
        index.records(IndexExtension.of(
                MdboxBodies.RECORDS, 0, new byte[0], MdboxBodies.RECORD_SIZE, MdboxBodies.RECORD_ALIGN, records));
        index.records(IndexExtension.of(MdboxBodies.GUIDS, 0, new byte[0], MdboxBodies.GUID_SIZE, 1, guids));
        dropped.clear();
        dropped.addAll(unreferred(edit));
    }

    /** Map UIDs of the mails that the mailbox does not have any more. */
    private List<Long> unreferred(DboxEdit edit) {
        List<Long> uids = new ArrayList<>();
        for (long uid : edit.expunged()) {
            uids.add(mapUid(edit, uid));
        }
        for (DboxEdit.Row row : edit.special()) {
            if (row.origin == DboxEdit.Origin.HERE && bodies.containsKey(row)) {
                uids.add(mapUid(edit, row.fromUid));
            }
        }
        return uids;
    }

    @Override
    public void finish(DboxEdit edit) throws IOException {
        for (long uid : dropped) {
            map.release(uid);
        }
        map.write();
    }

    @Override
    public void close() throws IOException {
        map.close();
    }
}
