package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.DiskStream;
import dev.twinbox.engine.storage.BodyStarts;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.Sha1;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of mails, in files of the account's folder: {@code twinbox.part-<SHA-1 of the GUID>.lock}. No format takes a
 * file of such a name for a mailbox. They go with the next run that comes to its end ({@link AccountStore#flush}).
 */
final class AccountBodyStarts implements BodyStarts {
    private static final String PREFIX = "twinbox.part-";

    /** In a folder of mboxes every other name is a mailbox. */
    private static final String SUFFIX = ".lock";

    private final AccountContext context;
    private @Nullable Set<String> names;

    AccountBodyStarts(AccountContext context) {
        this.context = context;
    }

    private static String name(MailGuid guid) {
        byte[] hash = Sha1.of(guid.value().getBytes(StandardCharsets.UTF_8));
        return PREFIX + HexFormat.of().formatHex(hash) + SUFFIX;
    }

    private DiskPath path(String name) {
        return context.location().root().resolve(name);
    }

    /** What is there; looks only once. */
    private Set<String> names() throws IOException {
        Set<String> known = names;
        if (known == null) {
            known = new HashSet<>();
            for (byte[] each : all()) {
                String name = new String(each, StandardCharsets.ISO_8859_1);
                if (name.startsWith(PREFIX) && name.endsWith(SUFFIX)) {
                    known.add(name);
                }
            }
            names = known;
        }
        return known;
    }

    private List<byte[]> all() throws IOException {
        try {
            return context.disk().list(context.location().root());
        } catch (NoSuchFileException e) {
            return List.of(); // there is no account yet, or none any more
        }
    }

    @Override
    public synchronized boolean has(MailGuid guid) throws IOException {
        Set<String> known = names();
        return !known.isEmpty() && known.contains(name(guid));
    }

    @Override
    public synchronized InputStream open(MailGuid guid) throws IOException {
        return new DiskStream(context.disk().openRead(path(name(guid))));
    }

    @Override
    public synchronized void keep(MailGuid guid, long at, byte[] bytes, int count) throws IOException {
        context.beginWriting();
        String name = name(guid);
        if (at == 0) {
            remove(name); // another run may have kept something since we looked
        }
        try (DiskFile file = at == 0
                ? context.disk().create(path(name), Disk.FILE_MODE)
                : context.disk().openWrite(path(name), false)) {
            names().add(name);
            file.truncate(at);
            file.append(ByteBuffer.wrap(bytes, 0, count));
        }
    }

    @Override
    public synchronized void drop(MailGuid guid) throws IOException {
        if (has(guid)) {
            remove(name(guid));
            names().remove(name(guid));
        }
    }

    /** Drops all that is kept: a run has come to its end. */
    synchronized void clear() throws IOException {
        names = null;
        for (String name : names()) {
            remove(name);
        }
        names = null;
    }

    private void remove(String name) throws IOException {
        try {
            context.disk().unlink(path(name));
        } catch (NoSuchFileException e) {
            // what is wanted
        }
    }
}
