package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.DiskStream;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.storage.DirectBody;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.Compression;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * A mail that is a file of this account. Found again ({@link Whereabouts}) if it is renamed before it is opened.
 * A store of the same kind may take the file as it is ({@link #openFile}); all others get the mail ({@link #open}),
 * decompressed if need be. Immutable; safe for use by several threads.
 */
final class FileBody implements DirectBody {
    /** How often a file may be renamed between finding its name and using it. */
    private static final int RENAMES_MAX = 20;

    /** A longer mail is never held whole, in bytes. */
    private static final int WHOLE_MAX = Compression.BUFFER;

    private final AccountContext context;
    private final Whereabouts whereabouts;
    private final MailboxName name;
    private final MaildirPaths paths;
    private final String file;
    private final boolean inNew;
    private final @Nullable FileInfo seen;

    FileBody(
            AccountContext context,
            Whereabouts whereabouts,
            MailboxName name,
            MaildirPaths paths,
            String file,
            boolean inNew,
            @Nullable FileInfo seen) {
        this.context = context;
        this.whereabouts = whereabouts;
        this.name = name;
        this.paths = paths;
        this.file = file;
        this.inNew = inNew;
        this.seen = seen;
    }

    private DiskPath path() {
        return (inNew ? paths.fresh() : paths.cur())
                .resolve(file.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    /** Looks at the file. */
    FileInfo info() throws IOException {
        return whereItIs(path -> context.disk().stat(path).orElseThrow(() -> new NoSuchFileException(path.toString())));
    }

    /** Opens the file as it is on disk. */
    DiskFile openFile() throws IOException {
        DiskPath first = path();
        return whereItIs(path -> seen == null || !path.equals(first)
                ? context.disk().openRead(path)
                : context.disk().openRead(path, seen));
    }

    private interface Use<T> {
        T of(DiskPath path) throws IOException;
    }

    private <T> T whereItIs(Use<T> use) throws IOException {
        DiskPath path = path();
        for (int renames = 0; renames <= RENAMES_MAX; renames++) {
            try {
                return use.of(path);
            } catch (NoSuchFileException e) {
                String base = MaildirName.parse(file).orElseThrow().base();
                DiskPath found = whereabouts.of(base, path);
                if (found == null) {
                    throw gone();
                }
                path = found;
            }
        }
        throw gone();
    }

    private BodyGoneException gone() {
        return new BodyGoneException(name + ": mail was expunged meanwhile");
    }

    @Override
    public InputStream open() throws IOException {
        DiskFile opened = openFile();
        try {
            if (seen != null && seen.size() <= WHOLE_MAX) {
                int size = (int) seen.size();
                byte[] bytes = new byte[size + 1];
                if (isWhole(opened, size, bytes, 0)) {
                    opened.close();
                    return Compression.plain(bytes, size);
                }
            }
            return Compression.plain(new DiskStream(opened), Compression.BUFFER);
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public int read(byte[] into, int at, int most) throws IOException {
        if (seen == null) {
            return AS_STREAM;
        }
        if (seen.size() > most) {
            return TOO_LONG;
        }
        int size = (int) seen.size();
        try (DiskFile opened = openFile()) {
            return isWhole(opened, size, into, at) && !Compression.isCompressed(into, at, size) ? size : AS_STREAM;
        }
    }

    /**
     * Reads the file, and asks for a byte behind it: as there is none, it ended there. False if it is not as long as was seen, or
     * does not come in one piece.
     */
    private static boolean isWhole(DiskFile file, int size, byte[] into, int at) throws IOException {
        return file.read(ByteBuffer.wrap(into, at, size + 1), 0) == size;
    }
}
