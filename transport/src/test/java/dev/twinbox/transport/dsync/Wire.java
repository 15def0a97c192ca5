package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.SyncItem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** What the tests share: whole conversations to bytes and back. */
final class Wire {
    /** An item and, as one text with a character for each byte, its body. */
    record Said(SyncItem item, @Nullable String body) {
        static Said of(SyncItem item) {
            return new Said(item, null);
        }
    }

    /** What came of some bytes. */
    record Heard(DsyncVersion version, List<Said> said) {}

    private Wire() {}

    static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static byte[] capture(String name) {
        String file = "/dsync/" + name;
        try (InputStream in = Objects.requireNonNull(Wire.class.getResourceAsStream(file), file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> captures() {
        return latin(capture("captures.txt")).lines().toList();
    }

    /** All in one piece. */
    static Heard heard(byte[] bytes) throws DsyncFormatException {
        return heard(bytes, () -> bytes.length);
    }

    /**
     * Reads a conversation to its end.
     *
     * @param sizes of the pieces, from 1
     */
    static Heard heard(byte[] bytes, IntSupplier sizes) throws DsyncFormatException {
        Listener listener = listen(bytes, sizes);
        return new Heard(Objects.requireNonNull(listener.version, "no greeting"), listener.said);
    }

    /** What is said after the greeting, or after giving up in the middle of it. */
    static List<Said> said(byte[] bytes, IntSupplier sizes) throws DsyncFormatException {
        return listen(bytes, sizes).said;
    }

    private static Listener listen(byte[] bytes, IntSupplier sizes) throws DsyncFormatException {
        DsyncDecoder decoder = new DsyncDecoder();
        Listener listener = new Listener();
        for (int at = 0; at < bytes.length; ) {
            int size = Math.min(bytes.length - at, sizes.getAsInt());
            ByteBuffer in = ByteBuffer.wrap(bytes, at, size);
            for (DsyncEvent event = decoder.next(in); event != null; event = decoder.next(in)) {
                listener.hear(event);
            }
            at += size;
        }
        decoder.end();
        return listener;
    }

    /** The greeting and all that. */
    static byte[] written(List<Said> said, IntSupplier sizes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(DsyncEncoder.greeting());
        DsyncEncoder encoder = new DsyncEncoder();
        for (Said one : said) {
            out.writeBytes(encoder.item(one.item()));
            if (one.body() != null) {
                byte[] body = bytes(one.body());
                for (int at = 0; at < body.length; ) {
                    int size = Math.min(body.length - at, sizes.getAsInt());
                    out.writeBytes(encoder.body(body, at, size));
                    at += size;
                }
                out.writeBytes(encoder.bodyEnd());
            }
        }
        return out.toByteArray();
    }

    static byte[] written(List<Said> said) {
        return written(said, () -> Integer.MAX_VALUE);
    }

    private static final class Listener {
        private final List<Said> said = new ArrayList<>();
        private @Nullable DsyncVersion version;
        private @Nullable SyncItem open;
        private StringBuilder body = new StringBuilder();

        private void hear(DsyncEvent event) {
            if (event instanceof DsyncEvent.Greeting greeting) {
                version = greeting.version();
            } else if (event instanceof DsyncEvent.Item item) {
                if (Formats.hasBody(item.item())) {
                    open = item.item();
                    body = new StringBuilder();
                } else {
                    said.add(Said.of(item.item()));
                }
            } else if (event instanceof DsyncEvent.Body piece) {
                byte[] bytes = new byte[piece.bytes().remaining()];
                piece.bytes().get(bytes);
                body.append(latin(bytes));
            } else {
                said.add(new Said(Objects.requireNonNull(open, "no body open"), body.toString()));
                open = null;
            }
        }
    }
}
