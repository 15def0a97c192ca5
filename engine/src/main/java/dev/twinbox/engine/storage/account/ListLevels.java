package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.index.Bytes;
import dev.twinbox.engine.index.IndexTransaction;
import dev.twinbox.engine.storage.CorruptStoreException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The levels of mailboxes' names and their ids, as the header of the extension {@code list} has them: u8 refresh, then of each
 * level, by rising ids, u32 id, its bytes on disk, NUL; then u32 0, and anything. Not safe for use by several threads.
 */
final class ListLevels {
    private static final int REFRESH = 1;
    private static final int ID = 4;

    /** A header has room for more, at least so many bytes, as Dovecot's have. */
    private static final int ROOM_MIN = 16;

    private final Map<Long, String> levels = new TreeMap<>();
    private final Map<String, Long> ids = new HashMap<>();
    /** What of the header is not in the files yet; it ends where the next level goes. */
    private final ByteArrayOutputStream added = new ByteArrayOutputStream();

    private final byte refresh;
    /** Where the next level goes. */
    private int end = REFRESH;

    private int size;
    private long free = 1;

    /**
     * What a header says.
     *
     * @param header empty where there is none yet
     * @throws CorruptStoreException if it is none
     */
    ListLevels(byte[] header) throws CorruptStoreException {
        refresh = header.length < REFRESH ? 0 : header[0];
        size = header.length;
        while (end + ID <= header.length) {
            long id = Bytes.u32(header, end);
            if (id == 0) {
                break;
            }
            int stop = end + ID;
            while (stop < header.length && header[stop] != 0) {
                stop++;
            }
            if (stop == header.length) {
                throw new CorruptStoreException("its list of names is cut off");
            }
            put(id, new String(header, end + ID, stop - end - ID, StandardCharsets.ISO_8859_1));
            end = stop + 1;
        }
    }

    private void put(long id, String level) {
        levels.put(id, level);
        ids.putIfAbsent(level, id);
        free = Math.max(free, id + 1);
    }

    /** One character per byte; null if no level has that id. */
    @Nullable
    String level(long id) {
        return levels.get(id);
    }

    /** How many there are, used or not. */
    int count() {
        return levels.size();
    }

    /** The id of a level; a level that has none gets one. */
    long id(String level) {
        Long there = ids.get(level);
        if (there != null) {
            return there;
        }
        long id = free;
        put(id, level);
        append(id, level);
        makeRoom();
        return id;
    }

    private void append(long id, String level) {
        byte[] number = new byte[ID];
        Bytes.put32(number, 0, id);
        added.writeBytes(number);
        added.writeBytes(level.getBytes(StandardCharsets.ISO_8859_1));
        added.write(0);
        end += ID + level.length() + 1;
    }

    /** Forgets all but these; the others keep their ids. */
    void keep(Set<String> used) {
        levels.values().retainAll(used);
        ids.keySet().retainAll(used);
        added.reset();
        added.write(refresh);
        end = REFRESH;
        levels.forEach(this::append);
        makeRoom();
    }

    private void makeRoom() {
        if (end + ID > size) {
            size = Math.max(ROOM_MIN, Integer.highestOneBit(end + ID - 1) << 1);
        }
    }

    /** Length of the header, in bytes. */
    int size() {
        return size;
    }

    /** The header as a whole, with none but these levels. It never shrinks in a log. */
    byte[] toHeader(Set<String> used) {
        keep(used);
        byte[] header = Arrays.copyOf(added.toByteArray(), size);
        added.reset();
        return header;
    }

    /** Says to a transaction, which speaks of the extension, what is not in the files yet. */
    void write(IndexTransaction changes) {
        if (added.size() > 0) {
            int from = end - added.size();
            added.writeBytes(new byte[ID]);
            changes.part(from, added.toByteArray());
            added.reset();
        }
    }
}
