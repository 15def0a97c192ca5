package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.storage.BodyStarts;
import dev.twinbox.protocol.item.MailGuid;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The first bytes of mails, in memory. */
final class MemoryBodyStarts implements BodyStarts {
    private final Map<MailGuid, byte[]> kept = new HashMap<>();

    @Override
    public synchronized boolean has(MailGuid guid) {
        return kept.containsKey(guid);
    }

    @Override
    public synchronized InputStream open(MailGuid guid) throws IOException {
        byte[] bytes = kept.get(guid);
        if (bytes == null) {
            throw new FileNotFoundException("nothing was kept of the mail");
        }
        return new ByteArrayInputStream(bytes);
    }

    @Override
    public synchronized void keep(MailGuid guid, long at, byte[] bytes, int count) {
        byte[] all = Arrays.copyOf(kept.getOrDefault(guid, new byte[0]), Math.toIntExact(at) + count);
        System.arraycopy(bytes, 0, all, (int) at, count);
        kept.put(guid, all);
    }

    @Override
    public synchronized void drop(MailGuid guid) {
        kept.remove(guid);
    }

    synchronized void clear() {
        kept.clear();
    }
}
