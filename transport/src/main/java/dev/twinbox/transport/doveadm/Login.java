package dev.twinbox.transport.doveadm;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * What a doveadm server is logged in to with.
 *
 * @param user {@code doveadm_username}
 * @param password {@code doveadm_password}, not empty
 */
public record Login(String user, String password) {
    /** The user's name where no other is configured. */
    public static final String DEFAULT_USER = "doveadm";

    private static final char NUL = '\0';

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if one is empty or has a NUL in it
     */
    public Login {
        if (user.isEmpty() || password.isEmpty()) {
            throw new IllegalArgumentException("a login has a user and a password (doveadm_password)");
        }
        if (user.indexOf(NUL) >= 0 || password.indexOf(NUL) >= 0) {
            throw new IllegalArgumentException("a password has no NUL in it");
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "Login[" + user + "]";
    }

    /** As the client sends it. */
    String plain() {
        return Base64.getEncoder().encodeToString(bytes());
    }

    private byte[] bytes() {
        return (NUL + user + NUL + password).getBytes(StandardCharsets.UTF_8);
    }

    /** Whether somebody sent just this. Takes as long for any wrong one. */
    boolean isSent(String base64) {
        byte[] sent;
        try {
            sent = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            sent = new byte[0];
        }
        return MessageDigest.isEqual(digest(sent), digest(bytes()));
    }

    /** Of equal length, so that a comparison does not tell the length. */
    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
