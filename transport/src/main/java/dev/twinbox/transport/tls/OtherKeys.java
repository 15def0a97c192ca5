package dev.twinbox.transport.tls;

import java.io.IOException;
import java.io.StringReader;
import java.security.PrivateKey;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/** Private keys in the forms the JDK does not read: encrypted ones, and those of before PKCS#8. Loads Bouncy Castle. */
final class OtherKeys {
    private OtherKeys() {}

    static PrivateKey read(Pem.Block block, char @Nullable [] passphrase) throws TlsConfigException {
        try (PEMParser parser = new PEMParser(new StringReader(block.text()))) {
            // The JDK's own keys, which each engine knows: no provider is given.
            return new JcaPEMKeyConverter().getPrivateKey(plain(parser.readObject(), passphrase));
        } catch (IOException | OperatorCreationException | PKCSException | IllegalArgumentException e) {
            throw new TlsConfigException(
                    passphrase == null
                            ? "the private key is damaged"
                            : "the passphrase is wrong, or the private key is damaged",
                    e);
        }
    }

    private static PrivateKeyInfo plain(@Nullable Object key, char @Nullable [] passphrase)
            throws IOException, OperatorCreationException, PKCSException, TlsConfigException {
        if (key instanceof PEMKeyPair pair) {
            return pair.getPrivateKeyInfo();
        }
        if (key instanceof PEMEncryptedKeyPair encrypted) {
            return encrypted
                    .decryptKeyPair(new JcePEMDecryptorProviderBuilder()
                            .setProvider(new BouncyCastleProvider())
                            .build(needed(passphrase)))
                    .getPrivateKeyInfo();
        }
        if (key instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
            return encrypted.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(needed(passphrase)));
        }
        throw new PEMException("not a key");
    }

    private static char[] needed(char @Nullable [] passphrase) throws TlsConfigException {
        if (passphrase == null) {
            throw new TlsConfigException("the private key is encrypted and no passphrase is given");
        }
        return passphrase;
    }
}
