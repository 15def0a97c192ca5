package dev.twinbox.cli.pair;

import dev.twinbox.transport.tls.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * What an administrator carries from a server to a caller, once. It tells the caller which server is the right one, and the server
 * that this is the caller it has invited. Immutable.
 *
 * <p>As text: {@code twb1_}, then base64 (RFC 4648, the alphabet for URLs) of
 *
 * <pre>
 * 32 bytes   SHA-256 fingerprint of the server's certificate
 *  4 bytes   which invitation it is; no secret
 * 16 bytes   the secret
 *  2 bytes   the lower half of the CRC-32 of what is before, against slips in copying
 * </pre>
 *
 * <p>What a caller sends to the server ({@link #key}) is the invitation and the secret.
 */
public final class PairCode {
    /** How many bytes say which invitation it is. */
    static final int ID_BYTES = 4;

    /** How many bytes are secret. */
    static final int SECRET_BYTES = 16;

    /** What is sent to the server, in bytes. */
    static final int KEY_BYTES = ID_BYTES + SECRET_BYTES;

    private static final String PREFIX = "twb1_";
    private static final int FINGERPRINT_BYTES = 32;
    private static final int CHECK_BYTES = 2;
    private static final int BYTES = FINGERPRINT_BYTES + KEY_BYTES + CHECK_BYTES;
    private static final int TEXT_LENGTH = PREFIX.length() + BYTES / 3 * 4;

    private final Fingerprint server;
    private final byte[] key;

    private PairCode(Fingerprint server, byte[] key) {
        this.server = server;
        this.key = key;
    }

    /**
     * A new one.
     *
     * @param random nobody must be able to foresee it
     */
    public static PairCode make(Fingerprint server, RandomGenerator random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return new PairCode(server, key);
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it is none; the message says why, without the code
     */
    public static PairCode parse(String text) {
        String code = text.strip();
        if (!code.startsWith(PREFIX)) {
            throw new IllegalArgumentException("a code begins with " + PREFIX + ": twinbox pair --invite prints one");
        }
        if (code.length() != TEXT_LENGTH) {
            throw new IllegalArgumentException(
                    "a code has " + TEXT_LENGTH + " characters, and this one " + code.length() + ": copy it again");
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(code.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the code has a character in it that none has: copy it again", e);
        }
        byte[] before = Arrays.copyOf(bytes, BYTES - CHECK_BYTES);
        if (!Arrays.equals(check(before), Arrays.copyOfRange(bytes, BYTES - CHECK_BYTES, BYTES))) {
            throw new IllegalArgumentException("the code is not as it was printed: copy it again");
        }
        String fingerprint = HexFormat.of().formatHex(before, 0, FINGERPRINT_BYTES);
        return new PairCode(
                Fingerprint.parse(fingerprint), Arrays.copyOfRange(before, FINGERPRINT_BYTES, before.length));
    }

    private static byte[] check(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return ByteBuffer.allocate(CHECK_BYTES).putShort((short) crc.getValue()).array();
    }

    /** As it is carried. */
    public String text() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.put(HexFormat.of().parseHex(server.text().replace(":", "")));
        bytes.put(key);
        bytes.put(check(Arrays.copyOf(bytes.array(), BYTES - CHECK_BYTES)));
        byte[] text = Base64.getUrlEncoder().encode(bytes.array());
        return PREFIX + new String(text, StandardCharsets.US_ASCII);
    }

    /** Whose code it is. */
    public Fingerprint server() {
        return server;
    }

    /** What the caller sends. */
    public byte[] key() {
        return key.clone();
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "PairCode[" + server + "]";
    }
}
