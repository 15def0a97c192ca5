package dev.twinbox.engine.storage.mbox;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The MD5 that stands for a mail's GUID in an mbox (Dovecot's {@code mbox_md5}), over values of header fields in the order in
 * which they stand there. A value is what follows the colon and one blank, without the line end; a continuation line counts
 * as it is. Which fields count:
 *
 * <ul>
 *   <li>{@link Mode#APOP3D}: {@code Delivered-To} and {@code X-Delivery-ID}; the first {@code Received}; and, as long as no
 *       {@code Received} has come, {@code Date} and {@code Message-ID}. All occurrences;
 *   <li>{@link Mode#ALL}: every field that is not hidden.
 * </ul>
 *
 * <p>Equal mails have equal GUIDs, and mails with none of these fields as well: {@link #isOfNothing}. One object per mail.
 */
final class HeaderMd5 {
    /** The hash of nothing. */
    static final String OF_NOTHING = "d41d8cd98f00b204e9800998ecf8427e";

    /** Values of {@code mbox_md5}. */
    enum Mode {
        APOP3D,
        ALL
    }

    private final Mode mode;
    private final MessageDigest digest = md5();
    private boolean received;
    private boolean counts;

    HeaderMd5(Mode mode) {
        this.mode = mode;
    }

    static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    /** Takes a line that is not hidden, without its line end; one that begins with a blank continues the one before. */
    void line(byte[] line, int length) {
        if (length > 0 && (line[0] == ' ' || line[0] == '\t')) {
            if (counts) {
                digest.update(line, 0, length);
            }
            return;
        }
        int colon = 0;
        while (colon < length && line[colon] != ':') {
            colon++;
        }
        counts = colon < length && counts(name(line, colon));
        if (counts) {
            int value = colon + 1;
            if (value < length && (line[value] == ' ' || line[value] == '\t')) {
                value++;
            }
            digest.update(line, value, length - value);
        }
    }

    private static String name(byte[] line, int colon) {
        return new String(line, 0, colon, StandardCharsets.ISO_8859_1)
                .stripTrailing()
                .toLowerCase(Locale.ROOT);
    }

    private boolean counts(String name) {
        if (mode == Mode.ALL) {
            return true;
        }
        return switch (name) {
            case "delivered-to", "x-delivery-id" -> true;
            case "received" -> {
                boolean first = !received;
                received = true;
                yield first;
            }
            case "date", "message-id" -> !received;
            default -> false;
        };
    }

    /** A hidden line: what continues it does not count. */
    void hidden() {
        counts = false;
    }

    /** The hash, 32 lower-case hex digits. */
    String finish() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Whether a hash says nothing about the mail. */
    static boolean isOfNothing(String md5) {
        return md5.equals(OF_NOTHING);
    }
}
