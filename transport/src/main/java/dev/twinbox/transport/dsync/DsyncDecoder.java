package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.SyncItem;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a peer says in dsync ({@linkplain dev.twinbox.transport.dsync format}), in pieces of any size. One for each
 * conversation:
 *
 * <pre>
 * for (DsyncEvent event = decoder.next(in); event != null; event = decoder.next(in)) { ... }
 * </pre>
 *
 * <p>Holds one line, or {@value DsyncLimits#BODY_PIECE_MAX} bytes of a body, and takes no more bytes than it needs for the
 * next event. What the items mean, and whether they may come now, is not its business. Not safe for use by several threads.
 */
public final class DsyncDecoder {
    private enum Place {
        GREETING,
        ITEMS,
        BODY,
        /** After X. */
        DONE,
        FAILED
    }

    private final GreetingReader greeting = new GreetingReader();
    private final LineReader lines = new LineReader();
    private final ByteBuffer piece = ByteBuffer.allocate(DsyncLimits.BODY_PIECE_MAX);
    private BodyReader body = new BodyReader();
    private Place place = Place.GREETING;
    private @Nullable Speaker speaker;
    private boolean bodyComplete;
    private long line = 1;

    /**
     * Reads on up to the next event.
     *
     * @param in bytes that the peer sent, in order; those behind the event are left in it. After {@link Done} all bytes are
     *     dropped
     * @return null if {@code in} is used up before the next event
     * @throws DsyncFormatException if the peer does not speak dsync, or beyond a limit; nothing more can be read then
     */
    public @Nullable DsyncEvent next(ByteBuffer in) throws DsyncFormatException {
        if (place == Place.BODY) {
            return nextOfBody(in);
        }
        while (in.hasRemaining()) {
            if (place == Place.FAILED) {
                throw new IllegalStateException("reading has failed before");
            }
            if (place == Place.DONE) {
                in.position(in.limit());
                return null;
            }
            DsyncEvent event = nextOfLine(in);
            if (event != null) {
                return event;
            }
        }
        return null;
    }

    /**
     * Says that the peer has closed.
     *
     * @throws DsyncFormatException if it did so in the middle of its greeting, a line or a body
     */
    public void end() throws DsyncFormatException {
        if (place == Place.BODY) {
            throw failure("body", "the peer closed in the middle of it");
        }
        if (place == Place.GREETING) {
            throw failure("greeting", "the peer closed in the middle of it");
        }
        if (lines.length() > 0) {
            throw failure(name(), "the peer closed in the middle of it");
        }
    }

    private @Nullable DsyncEvent nextOfBody(ByteBuffer in) {
        if (!bodyComplete) {
            piece.clear();
            bodyComplete = body.read(in, piece);
            piece.flip();
            if (piece.hasRemaining()) {
                return new DsyncEvent.Body(piece.asReadOnlyBuffer());
            }
            if (!bodyComplete) {
                return null;
            }
        }
        place = Place.ITEMS;
        return new DsyncEvent.BodyEnd();
    }

    private @Nullable DsyncEvent nextOfLine(ByteBuffer in) throws DsyncFormatException {
        lines.readFirst(in);
        String item = name();
        try {
            String text = lines.read(in, most());
            if (text == null) {
                return null;
            }
            DsyncEvent event = place == Place.GREETING ? greet(text) : new DsyncEvent.Item(item(text));
            line++;
            return event;
        } catch (IllegalArgumentException e) {
            throw failure(item, e.getMessage());
        }
    }

    private @Nullable DsyncEvent greet(String text) {
        if (line > 1 && text.equals(Formats.DONE)) {
            place = Place.DONE;
            return new DsyncEvent.Item(new Done());
        }
        Speaker said = greeting.read(text);
        if (said == null) {
            return null;
        }
        speaker = said;
        place = Place.ITEMS;
        return new DsyncEvent.Greeting(said.version());
    }

    private SyncItem item(String text) {
        if (text.equals(Formats.DOT)) {
            return new EndOfList();
        }
        if (text.equals(Formats.DONE)) {
            place = Place.DONE;
            return new Done();
        }
        ItemFormat.Columns<?> columns = columns(text);
        SyncItem item = (SyncItem) columns.read(said(), text.substring(1));
        if (Formats.hasBody(item)) {
            place = Place.BODY;
            body = new BodyReader();
            bodyComplete = false;
        }
        return item;
    }

    private ItemFormat.Columns<?> columns(String text) {
        ItemFormat.Columns<?> columns = text.isEmpty() ? null : said().items().get(text.charAt(0));
        if (columns == null) {
            throw new IllegalArgumentException("no such item was announced");
        }
        return columns;
    }

    private Speaker said() {
        Speaker said = speaker;
        if (said == null) {
            throw new IllegalStateException("no greeting yet");
        }
        return said;
    }

    /** Longest line that may come here, its first byte being known. */
    private int most() {
        if (place == Place.GREETING) {
            return line == 1 ? DsyncLimits.VERSION_LINE_MAX : DsyncLimits.HEADER_LINE_MAX;
        }
        if (lines.length() == 0) {
            return 1;
        }
        ItemFormat<?> format = Formats.of(lines.first());
        if (format == null && lines.first() != Formats.DOT.charAt(0) && lines.first() != Formats.DONE.charAt(0)) {
            throw new IllegalArgumentException("there is no such item");
        }
        return format == null ? 1 : format.lineMax();
    }

    /** What the line is about, as far as its first byte tells. */
    private String name() {
        if (place == Place.GREETING) {
            return "greeting";
        }
        ItemFormat<?> format = lines.length() == 0 ? null : Formats.of(lines.first());
        return format == null ? "item" : format.name();
    }

    private DsyncFormatException failure(String item, @Nullable String reason) {
        place = Place.FAILED;
        return new DsyncFormatException(item, line, reason == null ? "cannot be read" : reason);
    }
}
