package dev.twinbox.transport.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Certificates and keys in text: blocks {@code -----BEGIN label-----}, base64, {@code -----END label-----}, with anything
 * between the blocks. Pure.
 */
public final class Pem {
    /** Longest text that is looked at, in characters; a file of all the world's CAs has some 250,000. */
    public static final int TEXT_MAX = 1 << 23;

    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PKCS8 = "PRIVATE KEY";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----\\R([^-]*+(?:-(?!----)[^-]*+)*+)-----END \\1-----");
    /** What the JDK can make a key of, in the order of use. */
    private static final List<String> KEY_KINDS = List.of("RSA", "EC", "Ed25519", "Ed448");

    private Pem() {}

    /** A block: its label and what stands in it, headers included. */
    record Block(String label, String content) {
        /** Decoded; headers must not be there. */
        byte[] bytes() {
            return Base64.getMimeDecoder().decode(content.getBytes(StandardCharsets.US_ASCII));
        }

        /** The whole block again. */
        String text() {
            return "-----BEGIN " + label + "-----\n" + content + "-----END " + label + "-----\n";
        }
    }

    static List<Block> blocks(CharSequence text) throws TlsConfigException {
        if (text.length() > TEXT_MAX) {
            throw new TlsConfigException("a PEM text is longer than " + TEXT_MAX + " characters");
        }
        List<Block> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            blocks.add(new Block(block.group(1), block.group(2)));
        }
        return blocks;
    }

    /**
     * All certificates of a text, in its order; keys and other things in it are passed over.
     *
     * @throws TlsConfigException if there is none, or one cannot be read
     */
    public static List<X509Certificate> certificates(CharSequence text) throws TlsConfigException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(text)) {
                if (block.label().equals(CERTIFICATE)
                        && factory.generateCertificate(new ByteArrayInputStream(block.bytes()))
                                instanceof X509Certificate certificate) {
                    certificates.add(certificate);
                }
            }
        } catch (CertificateException | IllegalArgumentException e) {
            throw new TlsConfigException("certificate number " + (certificates.size() + 1) + " cannot be read", e);
        }
        if (certificates.isEmpty()) {
            throw new TlsConfigException("there is no certificate in it (no line '-----BEGIN CERTIFICATE-----')");
        }
        return List.copyOf(certificates);
    }

    /**
     * The first private key of a text: PKCS#8, PKCS#1, EC, each plain or encrypted.
     *
     * @param passphrase of an encrypted key, or null
     * @throws TlsConfigException if there is none, or it cannot be read
     */
    public static PrivateKey key(CharSequence text, char @Nullable [] passphrase) throws TlsConfigException {
        for (Block block : blocks(text)) {
            if (block.label().equals(PKCS8)) {
                return plainKey(block);
            }
            if (block.label().endsWith(PKCS8)) {
                return OtherKeys.read(block, passphrase);
            }
        }
        throw new TlsConfigException("there is no private key in it (no line '-----BEGIN ... PRIVATE KEY-----')");
    }

    private static PrivateKey plainKey(Block block) throws TlsConfigException {
        PKCS8EncodedKeySpec spec;
        try {
            spec = new PKCS8EncodedKeySpec(block.bytes());
        } catch (IllegalArgumentException e) {
            throw new TlsConfigException("the private key is damaged", e);
        }
        GeneralSecurityException last = null;
        for (String kind : KEY_KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(spec);
            } catch (InvalidKeySpecException | NoSuchAlgorithmException e) {
                last = e; // of another kind, perhaps
            }
        }
        throw new TlsConfigException("the private key is damaged, or of no kind known here (" + KEY_KINDS + ")", last);
    }

    /** A certificate as text. */
    static String text(X509Certificate certificate) throws CertificateException {
        return text(CERTIFICATE, certificate.getEncoded());
    }

    /** A key as text, not encrypted. */
    static String text(PrivateKey key) {
        return text(PKCS8, key.getEncoded());
    }

    private static String text(String label, byte[] bytes) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }
}
