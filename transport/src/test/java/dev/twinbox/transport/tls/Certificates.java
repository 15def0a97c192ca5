package dev.twinbox.transport.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CA for tests, and what it signs: good for a century unless said otherwise. */
public final class Certificates {
    private static final Instant LONG_AGO = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant FAR_OFF = LONG_AGO.plus(36_500, ChronoUnit.DAYS);

    private final String name;
    private final KeyPair key = key();
    private final X509Certificate certificate;
    private int serial = 1;

    private Certificates(String name) {
        this.name = name;
        this.certificate = signed(name, key, List.of(), true, FAR_OFF);
    }

    public static Certificates ca(String name) {
        return new Certificates(name);
    }

    public Trust trust() {
        return new Trust.Authorities(List.of(certificate));
    }

    /** For a host, by its names. */
    public Identity identity(String... names) {
        KeyPair own = key();
        return new Identity(own.getPrivate(), List.of(signed(names[0], own, List.of(names), false, FAR_OFF)));
    }

    public Identity expired(String host) {
        KeyPair own = key();
        Instant past = LONG_AGO.plus(1, ChronoUnit.DAYS);
        return new Identity(own.getPrivate(), List.of(signed(host, own, List.of(host), false, past)));
    }

    /** Signed by a CA in between, which is part of what is sent. */
    public Identity ofIntermediate(String host) {
        KeyPair own = key();
        Certificates between = new Certificates("between");
        X509Certificate link = signed("between", between.key, List.of(), true, FAR_OFF);
        return new Identity(own.getPrivate(), List.of(between.signed(host, own, List.of(host), false, FAR_OFF), link));
    }

    private static KeyPair key() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate signed(String subject, KeyPair owner, List<String> hosts, boolean ca, Instant end) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=" + name),
                    BigInteger.valueOf(serial++),
                    Date.from(LONG_AGO),
                    Date.from(end),
                    new X500Name("CN=" + subject),
                    owner.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
            if (!hosts.isEmpty()) {
                GeneralName[] names = hosts.stream()
                        .map(host -> new GeneralName(
                                host.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, host))
                        .toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
