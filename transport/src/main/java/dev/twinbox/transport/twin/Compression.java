package dev.twinbox.transport.twin;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.twinbox.protocol.wire.twin.TwinFormatException;
import dev.twinbox.protocol.wire.twin.TwinFrame;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Compresses and decompresses payloads, by zstd. What it needs of memory for that is kept for the next one; there is as much of it
 * as threads at work at the same time. The library is loaded when it is needed first. Safe for use by several threads.
 */
final class Compression implements AutoCloseable {
    /** Less is not worth it. */
    static final int FROM = 1024;

    /** What stays more than such a part of itself is sent as it is. */
    static final double WORTH = 0.9;

    private final int level;
    private final Queue<ZstdCompressCtx> compressors = new ConcurrentLinkedQueue<>();
    private final Queue<ZstdDecompressCtx> decompressors = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /**
     * @param level of compression, 1 or more; 0 for none
     */
    Compression(int level) {
        this.level = level;
    }

    /**
     * Compresses, if it is worth it.
     *
     * @return a header's room and then the compressed bytes, or null if it is not worth it
     */
    byte @Nullable [] compressed(byte[] bytes, int offset, int length) {
        if (level == 0 || length < FROM) {
            return null;
        }
        ZstdCompressCtx context = compressors.poll();
        if (context == null) {
            context = new ZstdCompressCtx();
            context.setLevel(level);
        }
        int bound = (int) Zstd.compressBound(length);
        byte[] out = new byte[TwinFrame.HEADER + bound];
        int n = context.compressByteArray(out, TwinFrame.HEADER, bound, bytes, offset, length);
        compressors.add(context);
        if (closed) {
            close();
        }
        return n > length * WORTH ? null : java.util.Arrays.copyOf(out, TwinFrame.HEADER + n);
    }

    /** The payload of a frame as it was before it was compressed. */
    byte[] plain(TwinFrame frame) throws TwinFormatException {
        if (!frame.isCompressed()) {
            return frame.payload();
        }
        ZstdDecompressCtx context = decompressors.poll();
        if (context == null) {
            context = new ZstdDecompressCtx();
        }
        byte[] plain = new byte[frame.plainLength()];
        try {
            int n = context.decompressByteArray(plain, 0, plain.length, frame.payload(), 0, frame.payload().length);
            if (n != plain.length) {
                throw new TwinFormatException("a frame is not as long as it said when it is decompressed");
            }
        } catch (ZstdException e) {
            throw new TwinFormatException("a frame cannot be decompressed");
        } finally {
            decompressors.add(context);
            if (closed) {
                close();
            }
        }
        return plain;
    }

    /** Whoever is at work still ends what it does. */
    @Override
    public void close() {
        closed = true;
        for (ZstdCompressCtx context = compressors.poll(); context != null; context = compressors.poll()) {
            context.close();
        }
        for (ZstdDecompressCtx context = decompressors.poll(); context != null; context = decompressors.poll()) {
            context.close();
        }
    }
}
