package dev.twinbox.engine.index;

import dev.twinbox.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How far into an index's log somebody has read it. A log only grows, and another one in its place has another sequence number
 * or belongs to another index: as long as the place is its end, the index says what it said. Immutable.
 *
 * @param indexId of the index
 * @param logSeq of the log
 * @param logOffset in the log, behind a whole transaction
 * @param highestModSeq of the index there
 */
public record IndexPlace(long indexId, long logSeq, long logOffset, long highestModSeq) {
    /** Whether it is the end of a log that begins and ends so. */
    boolean isEnd(IndexLogCodec.Header log, long size) {
        return log.indexId() == indexId && log.indexId() != 0 && log.seq() == logSeq && size == logOffset;
    }

    /** The header of a log if this is its end, else null. Reads no more than that header. */
    IndexLogCodec.@Nullable Header endOf(DiskFile log) throws IOException {
        if (log.size() != logOffset) {
            return null;
        }
        ByteBuffer start = ByteBuffer.allocate(IndexLogCodec.HEADER_SIZE);
        while (start.hasRemaining() && log.read(start, start.position()) >= 0) {
            // Goes on until the header is there.
        }
        try {
            IndexLogCodec.Header header = IndexLogCodec.decodeHeader(Arrays.copyOf(start.array(), start.position()));
            return isEnd(header, logOffset) ? header : null;
        } catch (IndexFormatException e) {
            return null;
        }
    }
}
