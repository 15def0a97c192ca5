package dev.twinbox.engine.storage.account;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * Reads mails that Dovecot's {@code zlib}/{@code mail_compress} plugin stored compressed: known by their first bytes, not
 * by their names (storage formats, section 1.8). The zstd library is loaded only when there is such a mail.
 */
public final class Compression {
    public static final int BUFFER = 64 * 1024;

    /** Bytes by which what is compressed is known. */
    private static final int MAGIC = 4;

    private Compression() {}

    /**
     * The mail itself, whatever it was stored as.
     *
     * @param file what is stored; closed with the mail
     * @param size about how much that is, in bytes, at least 0: most mails are far smaller than {@link #BUFFER}, and a fresh
     *     one for each is most of what a run asks of memory
     * @return a {@link BufferedInputStream} if it is stored as it is
     */
    public static InputStream plain(InputStream file, long size) throws IOException {
        BufferedInputStream stored = new BufferedInputStream(file, (int) Math.max(MAGIC, Math.min(BUFFER, size)));
        stored.mark(MAGIC);
        byte[] magic = stored.readNBytes(MAGIC);
        stored.reset();
        if (magic.length >= 3 && (magic[0] & 0xFF) == 0x1F && (magic[1] & 0xFF) == 0x8B && magic[2] == 8) {
            return new GZIPInputStream(stored, BUFFER);
        }
        if (magic.length == MAGIC
                && (magic[0] & 0xFF) == 0x28
                && (magic[1] & 0xFF) == 0xB5
                && magic[2] == 0x2F
                && (magic[3] & 0xFF) == 0xFD) {
            return new ZstdInputStream(stored);
        }
        return stored;
    }
}
