package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.link.StreamLink;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Recorded conversations, and links that play them. One character stands for one byte. */
final class Recorded {
    static final Login LOGIN = new Login("doveadm", "made-up-secret");

    private Recorded() {}

    static String text(String file) {
        try (InputStream in = Objects.requireNonNull(Recorded.class.getResourceAsStream(file), file)) {
            return latin(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Says what it is given, in pieces of a byte, and keeps what it is told. */
    static Link saying(String text, ByteArrayOutputStream told) {
        InputStream slow = new ByteArrayInputStream(bytes(text)) {
            @Override
            public synchronized int read(byte[] to, int offset, int length) {
                return super.read(to, offset, Math.min(length, 1));
            }
        };
        return new StreamLink("server.example", slow, told);
    }
}
