package dev.twinbox.cli.pair;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A code that was given out and not used yet. Of the secret only a hash is kept.
 *
 * @param id which one, in hex
 * @param hash SHA-256 of the secret, in hex
 * @param until when it is over, in seconds since 1970
 * @param tries how many wrong secrets it survives yet, 1 or more
 * @param users whom the caller may touch
 */
public record Invitation(String id, String hash, long until, int tries, UserPatterns users) {
    /** How many wrong secrets end an invitation. */
    public static final int TRIES_MAX = 3;

    /**
     * Checks the forms.
     *
     * @throws IllegalArgumentException if one is wrong
     */
    public Invitation {
        if (!isId(id) || !hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("an invitation has an id and a hash in hex");
        }
        if (until < 0 || tries < 1 || tries > TRIES_MAX) {
            throw new IllegalArgumentException("an invitation has an end, and 1 to " + TRIES_MAX + " tries");
        }
    }

    /** Of a new code. */
    public static Invitation of(PairCode code, long until, UserPatterns users) {
        byte[] key = code.key();
        return new Invitation(idOf(key), hashOf(key), until, TRIES_MAX, users);
    }

    /** Whether a text is of the form of an id. */
    public static boolean isId(String text) {
        return text.matches("[0-9a-f]{" + 2 * PairCode.ID_BYTES + "}");
    }

    static String idOf(byte[] key) {
        return HexFormat.of().formatHex(key, 0, PairCode.ID_BYTES);
    }

    private static String hashOf(byte[] key) {
        return HexFormat.of().formatHex(digest(key));
    }

    private static byte[] digest(byte[] key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(Arrays.copyOfRange(key, PairCode.ID_BYTES, key.length));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a key has its secret. Takes as long for any wrong one. */
    boolean isFor(byte[] key) {
        return MessageDigest.isEqual(digest(key), HexFormat.of().parseHex(hash));
    }

    Invitation withTries(int left) {
        return new Invitation(id, hash, until, left, users);
    }
}
