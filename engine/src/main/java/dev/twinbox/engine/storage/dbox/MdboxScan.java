package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the mails in the files {@code m.N} without the map: one behind the other, and behind damage by what a message begins
 * with. For accounts whose map is lost or wrong. Immutable.
 */
final class MdboxScan {
    private static final int BUFFER = 64 * 1024;
    private static final int MAGIC_SIZE = 13;

    private final Map<String, MdboxMap.Place> places;
    private final Map<MdboxMap.Place, String> mailboxes;

    private MdboxScan(Map<String, MdboxMap.Place> places, Map<MdboxMap.Place, String> mailboxes) {
        this.places = places;
        this.mailboxes = mailboxes;
    }

    /** Reads all files. What cannot be read has no mails. */
    static MdboxScan of(Mdbox box) throws IOException {
        MdboxScan scan = new MdboxScan(new HashMap<>(), new HashMap<>());
        for (long number : box.files()) {
            try (DiskFile file = box.open(number)) {
                scan.read(number, file);
            } catch (NoSuchFileException | CorruptStoreException e) {
                box.context().report().debug(null, box.file(number) + ": " + e.getMessage());
            }
        }
        return scan;
    }

    /** Where the newest mail with a GUID lies, its 128 bits in hex; null if there is none. */
    MdboxMap.@Nullable Place find(byte[] guid128) {
        return places.get(HexFormat.of().formatHex(guid128));
    }

    /** Where the mails lie that were saved to a mailbox, its name as it lies on the disk. */
    Set<MdboxMap.Place> savedTo(String mailbox) {
        Set<MdboxMap.Place> found = new HashSet<>();
        mailboxes.forEach((place, name) -> {
            if (name.equals(mailbox)) {
                found.add(new MdboxMap.Place(place.file(), place.offset(), 0));
            }
        });
        return found;
    }

    private void read(long number, DiskFile file) throws IOException {
        DboxHeaders.FileHeader header = DboxMessage.readHeader(file);
        long size = file.size();
        long at = header.length();
        while (at < size) {
            try {
                DboxMessage message = DboxMessage.readAt(file, at, header.messageHeader());
                MailGuid guid = message.metadata().guid();
                if (guid != null) {
                    MdboxMap.Place place = new MdboxMap.Place(number, at, message.end() - at);
                    places.put(HexFormat.of().formatHex(guid.to128()), place);
                    String mailbox = message.metadata().mailbox();
                    if (mailbox != null) {
                        mailboxes.put(place, mailbox);
                    }
                }
                at = Math.max(at + 1, message.end());
            } catch (CorruptStoreException e) {
                at = next(file, at + 1, size);
            }
        }
    }

    /** Where the next message begins, by the look of it; the end if nowhere. */
    private static long next(DiskFile file, long from, long size) throws IOException {
        byte[] magic = java.util.Arrays.copyOf(DboxHeaders.messageHeader(0), MAGIC_SIZE);
        byte[] bytes = new byte[BUFFER];
        long at = from;
        while (at + MAGIC_SIZE <= size) {
            int count = fill(file, bytes, at);
            for (int i = 0; i + MAGIC_SIZE <= count; i++) {
                if (java.util.Arrays.equals(bytes, i, i + MAGIC_SIZE, magic, 0, MAGIC_SIZE)) {
                    return at + i;
                }
            }
            if (count < MAGIC_SIZE) {
                return size;
            }
            at += count - MAGIC_SIZE + 1;
        }
        return size;
    }

    private static int fill(DiskFile file, byte[] bytes, long at) throws IOException {
        int end = 0;
        while (end < bytes.length) {
            int count = file.read(ByteBuffer.wrap(bytes, end, bytes.length - end), at + end);
            if (count <= 0) {
                break;
            }
            end += count;
        }
        return end;
    }
}
