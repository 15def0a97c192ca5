package dev.twinbox.engine.verify;

import dev.twinbox.protocol.dialogue.MailBody;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Reads bodies through to the end, for their size and SHA-256. Holds one buffer. Used by one thread. */
final class BodyCompare {
    private static final int BUFFER = 64 * 1024;

    private final byte[] buffer = new byte[BUFFER];
    private final MessageDigest digest;

    BodyCompare() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * What a body is.
     *
     * @param size bytes
     * @param sha256 lower-case hex
     */
    record Content(long size, String sha256) {}

    Content read(MailBody body) throws IOException {
        long size = 0;
        digest.reset();
        try (InputStream in = body.open()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
                size += count;
            }
        }
        return new Content(size, HexFormat.of().formatHex(digest.digest()));
    }
}
