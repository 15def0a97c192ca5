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

    private Compression() {}

    /** The mail itself, whatever it was stored as. */
    public static InputStream plain(BufferedInputStream stored) throws IOException {
        stored.mark(4);
        byte[] magic = stored.readNBytes(4);
        stored.reset();
        if (magic.length >= 3 && (magic[0] & 0xFF) == 0x1F && (magic[1] & 0xFF) == 0x8B && magic[2] == 8) {
            return new GZIPInputStream(stored, BUFFER);
        }
        if (magic.length == 4
                && (magic[0] & 0xFF) == 0x28
                && (magic[1] & 0xFF) == 0xB5
                && magic[2] == 0x2F
                && (magic[3] & 0xFF) == 0xFD) {
            return new ZstdInputStream(stored);
        }
        return stored;
    }
}
