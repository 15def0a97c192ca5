package dev.twinbox.transport.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and certificates in the forms in which OpenSSL writes them. */
class PemTest {
    private static final char[] PASSPHRASE = "made-up".toCharArray();

    static String pem(String name) {
        String file = "/tls/" + name + ".pem";
        try (InputStream in = Objects.requireNonNull(PemTest.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rsa, rsa-pkcs1",
        "rsa, rsa-pkcs8",
        "rsa, rsa-pkcs1-encrypted",
        "rsa, rsa-pkcs8-encrypted",
        "ec, ec-sec1",
        "ec, ec-pkcs8",
        "ec, ec-sec1-encrypted",
        "ec, ec-pkcs8-encrypted",
        "ed25519, ed25519-pkcs8"
    })
    void readsEveryFormOfAKeyAndItsCertificate(String kind, String key) throws TlsConfigException {
        char[] passphrase = key.endsWith("encrypted") ? PASSPHRASE : null;
        Identity identity = Identity.ofPem(pem(kind + "-certificate"), pem(key), passphrase);
        assertEquals(
                "CN=mail.example.org",
                identity.chain().get(0).getSubjectX500Principal().getName());
        // All in one text, as some keep it, and with the line ends of Windows.
        String both = (pem(key) + pem(kind + "-certificate")).replace("\n", "\r\n");
        assertEquals(
                identity.fingerprint(), Identity.ofPem(both, both, passphrase).fingerprint());
    }

    @ParameterizedTest
    @CsvSource({"rsa-pkcs1-encrypted", "rsa-pkcs8-encrypted", "ec-sec1-encrypted", "ec-pkcs8-encrypted"})
    void saysThatThePassphraseIsMissingOrWrong(String key) {
        assertSays("encrypted and no passphrase", () -> Pem.key(pem(key), null));
        assertSays("passphrase is wrong", () -> Pem.key(pem(key), "SECRET".toCharArray()));
    }

    @Test
    void saysThatKeyAndCertificateAreOfDifferentPairs() throws TlsConfigException {
        SelfSigned other =
                SelfSigned.make(java.util.List.of("a.example"), java.time.Instant.EPOCH, java.time.Duration.ofDays(1));
        assertSays("does not belong", () -> Identity.ofPem(pem("ec-certificate"), other.keyPem(), null));
        assertSays("does not belong", () -> Identity.ofPem(pem("ec-certificate"), pem("rsa-pkcs8"), null));
    }

    @Test
    void saysWhatIsNotThere() {
        assertSays("no certificate in it", () -> Pem.certificates(pem("rsa-pkcs8")));
        assertSays("no private key in it", () -> Pem.key(pem("rsa-certificate"), null));
        assertSays("no private key in it", () -> Pem.key("", null));
    }

    @Test
    void refusesDamagedTextAndTellsNothingOfIt() {
        for (String name : java.util.List.of("rsa-pkcs1", "rsa-pkcs8", "ec-sec1-encrypted", "ec-pkcs8-encrypted")) {
            SplittableRandom random = new SplittableRandom(17);
            for (int i = 0; i < 200; i++) {
                StringBuilder damaged = new StringBuilder(pem(name));
                int at = random.nextInt(damaged.length());
                switch (random.nextInt(3)) {
                    case 0 -> damaged.setCharAt(at, (char) random.nextInt(128));
                    case 1 -> damaged.setLength(at);
                    default -> damaged.delete(at, Math.min(damaged.length(), at + 1 + random.nextInt(100)));
                }
                try {
                    Pem.key(damaged, PASSPHRASE);
                } catch (TlsConfigException e) {
                    String message = String.valueOf(e.getMessage());
                    assertFalse(message.contains("MII"), message);
                }
            }
        }
    }

    @Test
    void readsLongTextWithoutBlocksInLinearTime() {
        String dashes = "-----BEGIN CERTIFICATE-----\n" + "-".repeat(1 << 20);
        assertSays("no certificate in it", () -> Pem.certificates(dashes));
        assertSays("no certificate in it", () -> Pem.certificates("-----BEGIN A-----\n".repeat(20_000)));
        assertSays("longer than", () -> Pem.certificates("x".repeat(Pem.TEXT_MAX + 1)));
    }

    private interface Attempt {
        void run() throws TlsConfigException;
    }

    private static void assertSays(String part, Attempt attempt) {
        String message = String.valueOf(
                assertThrows(TlsConfigException.class, attempt::run).getMessage());
        assertTrue(message.contains(part), message);
    }
}
