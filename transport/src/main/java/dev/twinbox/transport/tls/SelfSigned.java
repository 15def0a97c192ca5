package dev.twinbox.transport.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A new key and a certificate that it signs itself, for servers and clients that nobody else vouches for: the other end
 * gets the certificate as its CA, or pins the fingerprint. The key is EC on P-256, which all that speak TLS 1.2 know.
 *
 * @param identity both, for use
 * @param certificatePem the certificate as text
 * @param keyPem the key as text, not encrypted: to be stored where only its owner reads
 */
public record SelfSigned(Identity identity, String certificatePem, String keyPem) {
    /** Most names in one certificate. */
    public static final int NAMES_MAX = 100;

    /** Longest name, in characters. */
    public static final int NAME_MAX = 253;

    /** Clocks differ: it is valid for this long already. */
    private static final Duration BACKDATED = Duration.ofHours(1);

    private static final int SERIAL_BITS = 120;
    private static final int COMMON_NAME_MAX = 64;

    /** Without the key. */
    @Override
    public String toString() {
        return identity.toString();
    }

    /** What the other end pins. */
    public Fingerprint fingerprint() {
        return identity.fingerprint();
    }

    /**
     * Makes one.
     *
     * @param names the host's names and addresses, the first being the main one; a name may begin with {@code *.}
     * @param now the time
     * @param validity how long it will be good
     * @throws TlsConfigException if a name is none
     */
    public static SelfSigned make(List<String> names, Instant now, Duration validity) throws TlsConfigException {
        if (names.isEmpty() || names.size() > NAMES_MAX) {
            throw new TlsConfigException("a certificate has 1 to " + NAMES_MAX + " names");
        }
        GeneralName[] alternatives = new GeneralName[names.size()];
        for (int i = 0; i < alternatives.length; i++) {
            alternatives[i] = name(names.get(i));
        }
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            String first = names.get(0);
            X500Name subject = new X500NameBuilder()
                    .addRDN(BCStyle.CN, first.length() > COMMON_NAME_MAX ? first.substring(0, COMMON_NAME_MAX) : first)
                    .build();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    subject,
                    new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS),
                    Date.from(now.minus(BACKDATED)),
                    Date.from(now.plus(validity)),
                    subject,
                    pair.getPublic());
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            X509Certificate certificate = new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
            Identity identity = new Identity(pair.getPrivate(), List.of(certificate));
            return new SelfSigned(identity, Pem.text(certificate), Pem.text(pair.getPrivate()));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new TlsConfigException("no certificate could be made: " + e.getMessage(), e);
        }
    }

    private static GeneralName name(String name) throws TlsConfigException {
        if (name.matches("[0-9.]+|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")) {
            try {
                return new GeneralName(GeneralName.iPAddress, name);
            } catch (IllegalArgumentException e) {
                throw new TlsConfigException("'" + name + "' is no address", e);
            }
        }
        if (name.length() > NAME_MAX || !name.matches("(\\*\\.)?[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
            throw new TlsConfigException("a host name consists of letters, digits, hyphens and dots");
        }
        return new GeneralName(GeneralName.dNSName, name);
    }
}
