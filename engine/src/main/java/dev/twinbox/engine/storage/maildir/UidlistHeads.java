package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * First and last line of uidlists: they say who a mailbox is and how far its UIDs go, however long the list is. Read once
 * for each state of a file, since a run asks for the tree and then for every mailbox. Safe for use by several threads.
 */
final class UidlistHeads {
    /** A first line is far shorter. */
    private static final int FIRST_BYTES = 1024;

    /** Most last lines are far shorter. */
    private static final int LAST_BYTES = 512;

    /** A longer last line is not found. */
    private static final int LAST_BYTES_MAX = 4096;

    /** Of so many lists at most it is remembered what they begin with. */
    private static final int KNOWN_MAX = 10_000;

    private final Map<DiskPath, Head> known = new ConcurrentHashMap<>();

    /**
     * What the ends of a list say.
     *
     * @param file the state of the file
     * @param list the list without its rows
     * @param nextUid above the header's next UID and the last line's UID
     */
    record Head(FileInfo file, Uidlist list, long nextUid) {}

    /**
     * The head of a list.
     *
     * @param seen what the disk says of it now
     * @throws CorruptStoreException if it has no usable first line
     */
    Head read(AccountContext context, DiskPath uidlist, FileInfo seen) throws IOException {
        Head before = known.get(uidlist);
        if (before != null && before.file().isSameState(seen)) {
            return before;
        }
        Head head;
        try (DiskFile file = context.disk().openRead(uidlist, seen)) {
            head = read(file, seen);
        }
        if (before != null || known.size() < KNOWN_MAX) {
            known.put(uidlist, head);
        }
        return head;
    }

    private static Head read(DiskFile file, FileInfo seen) throws IOException {
        byte[] start = read(file, 0, FIRST_BYTES);
        int end = indexOf(start, '\n', 0);
        if (end < 0) {
            throw new CorruptStoreException("line 1 is not a header");
        }
        Uidlist list = Uidlist.parse(Arrays.copyOf(start, end + 1));
        long last = 0;
        if (start.length < FIRST_BYTES) {
            last = lastUid(start, end);
        } else {
            long size = seen.size();
            for (int length = LAST_BYTES; last == 0 && length <= LAST_BYTES_MAX; length *= 8) {
                last = lastUid(read(file, Math.max(end, size - length), length), 0);
            }
        }
        return new Head(seen, list, Math.max(list.nextUid(), last + 1));
    }

    private static byte[] read(DiskFile file, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && file.read(buffer, position + buffer.position()) > 0) {
            // One more piece.
        }
        return buffer.hasRemaining() ? Arrays.copyOf(buffer.array(), buffer.position()) : buffer.array();
    }

    /** The UID of the last line that begins in a piece of a list, for they rise; 0 if there is none. */
    private static long lastUid(byte[] piece, int from) {
        for (int at = piece.length - 1; at >= from; at--) {
            if (piece[at] != '\n') {
                continue;
            }
            long uid = 0;
            int i = at + 1;
            while (i < piece.length && piece[i] >= '0' && piece[i] <= '9' && uid <= Uid.MAX) {
                uid = uid * 10 + (piece[i++] - '0');
            }
            if (i > at + 1 && i < piece.length && piece[i] == ' ' && uid <= Uid.MAX) {
                return uid;
            }
        }
        return 0;
    }

    private static int indexOf(byte[] bytes, char wanted, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}
