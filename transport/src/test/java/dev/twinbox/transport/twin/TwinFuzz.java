package dev.twinbox.transport.twin;

import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.wire.twin.FrameDecoder;
import dev.twinbox.protocol.wire.twin.TwinDecoder;
import dev.twinbox.protocol.wire.twin.TwinEncoder;
import dev.twinbox.protocol.wire.twin.TwinEvent;
import dev.twinbox.protocol.wire.twin.TwinFormatException;
import dev.twinbox.protocol.wire.twin.TwinFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Whatever bytes there are, as a stream of a branch, as the control stream and as frames: they are refused, or understood; and
 * the items that were understood are understood again when they are written.
 */
public final class TwinFuzz {
    private static final int PIECE = 37;

    private TwinFuzz() {}

    /** Called by the fuzzer before it looks at the time: loads and instruments the generated classes. */
    public static void fuzzerInitialize() throws IOException {
        TwinItems items = new TwinItems(1);
        for (SyncItem.Kind kind : SyncItem.Kind.values()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            TwinEncoder.item(items.item(kind), out);
            sentences(TwinDecoder.ofBranch(), out.toByteArray());
        }
        frames(TwinEncoder.credit(1, 1, 1));
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        try {
            List<TwinEvent> heard = sentences(TwinDecoder.ofBranch(), data);
            ByteArrayOutputStream again = new ByteArrayOutputStream();
            List<SyncItem> items = new ArrayList<>();
            for (TwinEvent event : heard) {
                if (event instanceof TwinEvent.Item item && !TwinEncoder.hasBody(item.item())) {
                    items.add(item.item());
                    TwinEncoder.item(item.item(), again);
                }
            }
            List<SyncItem> reheard = new ArrayList<>();
            for (TwinEvent event : all(TwinDecoder.ofBranch(), again.toByteArray())) {
                reheard.add(((TwinEvent.Item) event).item());
            }
            if (!reheard.equals(items)) {
                throw new AssertionError("written otherwise: " + items + " became " + reheard);
            }
            sentences(TwinDecoder.ofControl(), data);
            frames(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<TwinEvent> sentences(TwinDecoder decoder, byte[] data) {
        try {
            return all(decoder, data);
        } catch (TwinFormatException e) {
            return List.of();
        }
    }

    private static List<TwinEvent> all(TwinDecoder decoder, byte[] data) throws TwinFormatException {
        List<TwinEvent> events = new ArrayList<>();
        for (int at = 0; at < data.length; at += PIECE) {
            decoder.feed(data, at, Math.min(PIECE, data.length - at));
            for (TwinEvent event = decoder.next(); event != null; event = decoder.next()) {
                events.add(event);
            }
        }
        return events;
    }

    /** Most of what the fuzzer makes up has no right checksum, so this is little more than headers. */
    private static void frames(byte[] data) {
        try (Compression compression = new Compression(1)) {
            FrameDecoder frames = new FrameDecoder();
            frames.next(ByteBuffer.wrap(FrameDecoder.magic()));
            ByteBuffer in = ByteBuffer.wrap(data);
            for (TwinFrame frame = frames.next(in); frame != null; frame = frames.next(in)) {
                compression.plain(frame);
            }
        } catch (TwinFormatException e) {
            // as it should
        }
    }
}
