package dev.twinbox.transport.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelfSignedTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static SelfSigned make(String... names) throws TlsConfigException {
        return SelfSigned.make(List.of(names), NOW, Duration.ofDays(30));
    }

    @Test
    void isReadBackFromItsText() throws Exception {
        SelfSigned made = make("mail.example.org", "10.0.0.1", "::1", "*.example.org");
        Identity read = Identity.ofPem(made.certificatePem(), made.keyPem(), null);
        assertEquals(made.fingerprint(), read.fingerprint());
        X509Certificate certificate = read.chain().get(0);
        certificate.verify(certificate.getPublicKey());
        certificate.checkValidity(Date.from(NOW));
        assertEquals(Date.from(NOW.plus(Duration.ofDays(30))), certificate.getNotAfter());
        String names = String.valueOf(certificate.getSubjectAlternativeNames());
        for (String name : List.of("mail.example.org", "10.0.0.1", "0:0:0:0:0:0:0:1", "*.example.org")) {
            assertTrue(names.contains(name), names);
        }
    }

    @Test
    void isAnotherOneEachTime() throws TlsConfigException {
        assertFalse(make("a.example").fingerprint().equals(make("a.example").fingerprint()));
    }

    @Test
    void doesNotShowItsKey() throws TlsConfigException {
        SelfSigned made = make("a.example");
        assertFalse(made.toString().contains("PRIVATE"));
        assertFalse(made.identity().toString().contains("rivate"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a,CN=b", "300.1.1.1", "::g", "a\nb", "-"})
    void refusesWhatIsNoName(String name) {
        assertThrows(TlsConfigException.class, () -> make(name));
    }

    @Test
    void readsFingerprintsInEveryFormPeopleHaveThem() throws TlsConfigException {
        Fingerprint own = make("a.example").fingerprint();
        String hex = own.text().replace(":", "");
        for (String text : List.of(
                own.text(),
                hex,
                hex.toLowerCase(java.util.Locale.ROOT),
                "sha256 Fingerprint=" + own,
                "SHA256:" + hex,
                " " + own + "\n")) {
            assertEquals(own, Fingerprint.parse(text), text);
        }
        for (String text : List.of("", "00", hex + "00", hex.replace(hex.charAt(0), 'g'))) {
            assertThrows(IllegalArgumentException.class, () -> Fingerprint.parse(text), text);
        }
    }
}
