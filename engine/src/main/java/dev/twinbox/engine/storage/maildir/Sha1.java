package dev.twinbox.engine.storage.maildir;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-1, which Dovecot names mailboxes and mails by; nothing here relies on it for security. */
final class Sha1 {
    private Sha1() {}

    /** The twenty bytes. */
    static byte[] of(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
