package dev.twinbox.engine.storage.account;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
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
        return plain(stored, magic, magic.length);
    }

    /**
     * The mail itself, whatever it was stored as.
     *
     * @param stored begins with all of what is stored; not copied
     * @param length of that, in bytes
     * @return a {@link ByteArrayInputStream} if it is stored as it is
     */
    public static InputStream plain(byte[] stored, int length) throws IOException {
        return plain(new ByteArrayInputStream(stored, 0, length), stored, length);
    }

    private static InputStream plain(InputStream stored, byte[] start, int length) throws IOException {
        if (isGzip(start, 0, length)) {
            return new GZIPInputStream(stored, BUFFER);
        }
        return isZstd(start, 0, length) ? new ZstdInputStream(stored) : stored;
    }

    /**
     * Whether what is stored is not the mail itself.
     *
     * @param at where it begins
     * @param length of what is stored, in bytes
     */
    public static boolean isCompressed(byte[] stored, int at, int length) {
        return isGzip(stored, at, length) || isZstd(stored, at, length);
    }

    private static boolean isGzip(byte[] bytes, int at, int length) {
        return length >= 3 && (bytes[at] & 0xFF) == 0x1F && (bytes[at + 1] & 0xFF) == 0x8B && bytes[at + 2] == 8;
    }

    private static boolean isZstd(byte[] bytes, int at, int length) {
        return length >= MAGIC
                && (bytes[at] & 0xFF) == 0x28
                && (bytes[at + 1] & 0xFF) == 0xB5
                && bytes[at + 2] == 0x2F
                && (bytes[at + 3] & 0xFF) == 0xFD;
    }
}
