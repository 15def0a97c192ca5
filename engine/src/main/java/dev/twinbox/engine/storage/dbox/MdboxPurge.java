package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.OwnFiles;
import dev.twinbox.protocol.item.MailGuid;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Frees the space of mails that nobody refers to: what else is in their file goes to a new one, and then the file goes. The
 * file is locked all the time as Dovecot locks those it appends to. Used once.
 *
 * <ol>
 *   <li>The mails that stay are copied under a temporary name, without the map's lock.
 *   <li>Under it, if nothing has changed meanwhile: the map learns the new file's number, the file gets its name, the map says
 *       that the mails are there.
 *   <li>The old file goes, and then the map forgets the mails that were only there: in this order nobody ever finds a file with
 *       mails that the map does not know, which would bring them back when the account is repaired.
 * </ol>
 */
final class MdboxPurge {
    private final Mdbox box;
    private final AccountContext context;
    private final Disk disk;
    private final OwnFiles temporary;

    MdboxPurge(Mdbox box) {
        this.box = box;
        this.context = box.context();
        this.disk = context.disk();
        this.temporary = DboxFormat.temporary(context, box.folder());
    }

    /** The mails of a file as the map has them. */
    private record Mail(long uid, MdboxMap.Place place, int references) {}

    /** Returns how many mails were freed. */
    long run() throws IOException {
        long freed = 0;
        for (Map.Entry<Long, List<Mail>> file : files().entrySet()) {
            if (file.getValue().stream().anyMatch(mail -> mail.references() == 0)) {
                context.beginWriting();
                freed += purge(file.getKey(), file.getValue());
            }
        }
        return freed;
    }

    private Map<Long, List<Mail>> files() throws IOException {
        MdboxMap.Table table = box.map().refreshed();
        return table == null ? Map.of() : files(table);
    }

    /** The mails of each file, in the order in which they lie there. */
    private static Map<Long, List<Mail>> files(MdboxMap.Table table) {
        Map<Long, List<Mail>> files = new TreeMap<>();
        for (int row = 0; row < table.size(); row++) {
            MdboxMap.Place place = table.place(row);
            files.computeIfAbsent(place.file(), number -> new ArrayList<>())
                    .add(new Mail(table.uid(row), place, table.references(row)));
        }
        files.values()
                .forEach(mails -> mails.sort(
                        (a, b) -> Long.compare(a.place().offset(), b.place().offset())));
        return files;
    }

    @SuppressWarnings("try") // the lock is only held
    private long purge(long number, List<Mail> seen) throws IOException {
        DiskPath path = box.file(number);
        if (disk.stat(path).isEmpty()) {
            return forgetMissing(number);
        }
        Optional<Closeable> lock = disk.flock(path);
        if (lock.isEmpty()) {
            context.report().debug(null, path + " is in use, or cannot be locked here; it is not purged now");
            return 0;
        }
        try (Closeable held = lock.get()) {
            List<Mail> mails = files().getOrDefault(number, List.of()); // now nobody adds any
            return mails.size() < seen.size() ? 0 : rewrite(number, mails);
        }
    }

    /** Mails whose file an earlier purge took away before it died. */
    private long forgetMissing(long number) throws IOException {
        if (isElsewhere(number)) {
            context.report()
                    .debug(null, box.file(number) + " was moved to other disks; 'doveadm purge' purges it there");
            return 0;
        }
        try (MdboxMap.Writing map = box.map().lock()) {
            long gone = 0;
            for (Mail mail : files(map.table()).getOrDefault(number, List.of())) {
                if (mail.references() == 0) {
                    map.remove(mail.uid());
                    gone++;
                }
            }
            map.write();
            return gone;
        }
    }

    private boolean isElsewhere(long number) throws IOException {
        try (DiskFile file = box.open(number)) {
            return file.size() >= 0;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private long rewrite(long number, List<Mail> mails) throws IOException {
        DiskPath copy = null;
        try {
            Map<Long, MdboxMap.Place> stay = new LinkedHashMap<>();
            copy = copy(number, mails, stay);
            return exchange(number, mails, stay, copy);
        } catch (CorruptStoreException e) {
            context.report().warning(null, box.file(number) + " is not purged: " + e.getMessage());
            return 0;
        } finally {
            if (copy != null) {
                temporary.remove(copy);
            }
        }
    }

    /** Copies the mails that stay; null if there are none. Their places in the copy go to {@code stay}, by map UID. */
    private @Nullable DiskPath copy(long number, List<Mail> mails, Map<Long, MdboxMap.Place> stay) throws IOException {
        temporary.clean();
        DiskPath path = temporary.next();
        boolean done = false;
        try (DiskFile in = disk.openRead(box.file(number))) {
            DboxHeaders.FileHeader header = DboxMessage.readHeader(in);
            byte[] newHeader = DboxHeaders.fileHeader(context.clock().epochMillis() / 1000);
            DboxWriter writer = new DboxWriter();
            long end = header.length();
            long at = 0;
            try (DiskFile out = disk.create(path, Disk.FILE_MODE)) {
                for (Mail mail : mails) {
                    end = passMoved(number, in, header, end, mail.place().offset());
                    DboxMessage message = DboxMessage.readAt(in, end, header.messageHeader());
                    end = message.end();
                    if (mail.references() > 0) {
                        byte[] head = at == 0 ? newHeader : new byte[0];
                        long length = writer.copy(out, head, in, message, message.metadata());
                        stay.put(mail.uid(), new MdboxMap.Place(0, at + head.length, length));
                        at += head.length + length;
                    }
                }
                passMoved(number, in, header, end, in.size());
                if (context.isDurable()) {
                    out.sync();
                }
            }
            done = !stay.isEmpty();
        } finally {
            if (!done) {
                temporary.remove(path);
            }
        }
        return done ? path : null;
    }

    /**
     * Mails that the map does not know here may be passed over if an earlier purge has moved them; others must not be lost.
     *
     * @param at where they begin
     * @param to where they have to end
     */
    private long passMoved(long number, DiskFile in, DboxHeaders.FileHeader header, long at, long to)
            throws IOException {
        long end = at;
        while (end < to) {
            DboxMessage message = DboxMessage.readAt(in, end, header.messageHeader());
            MailGuid guid = message.metadata().guid();
            MdboxMap.Place place = guid == null ? null : box.scan().find(guid.to128());
            if (place == null || place.file() == number || !isMapped(place)) {
                break;
            }
            end = message.end();
        }
        if (end != to) {
            throw new CorruptStoreException("it holds what the map does not know");
        }
        return end;
    }

    private boolean isMapped(MdboxMap.Place place) throws IOException {
        return files().getOrDefault(place.file(), List.of()).stream()
                .anyMatch(mail -> mail.place().offset() == place.offset());
    }

    private long exchange(long number, List<Mail> mails, Map<Long, MdboxMap.Place> stay, @Nullable DiskPath copy)
            throws IOException {
        try (MdboxMap.Writing map = box.map().lock()) {
            List<Mail> now = files(map.table()).getOrDefault(number, List.of());
            if (!isSame(mails, now)) {
                return 0; // somebody copied a mail, or took one away
            }
            if (copy != null) {
                long next = box.nextFile(map);
                map.write();
                disk.rename(copy, box.file(next));
                syncNames();
                stay.forEach((uid, place) -> map.move(uid, new MdboxMap.Place(next, place.offset(), place.size())));
                map.write();
            }
            disk.unlink(box.file(number));
            syncNames();
            long freed = 0;
            for (Mail mail : now) {
                if (!stay.containsKey(mail.uid())) {
                    map.remove(mail.uid());
                    freed++;
                }
            }
            map.write();
            return freed;
        }
    }

    /** Whether they are the same mails, and those that nobody referred to are still those. */
    private static boolean isSame(List<Mail> then, List<Mail> now) {
        boolean same = then.size() == now.size();
        for (int i = 0; same && i < now.size(); i++) {
            Mail a = then.get(i);
            Mail b = now.get(i);
            same = a.uid() == b.uid() && a.place().equals(b.place()) && a.references() == 0 == (b.references() == 0);
        }
        return same;
    }

    private void syncNames() throws IOException {
        if (context.isDurable()) {
            disk.syncFolder(box.folder());
        }
    }
}
