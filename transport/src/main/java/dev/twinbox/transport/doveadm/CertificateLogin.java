package dev.twinbox.transport.doveadm;

import java.util.Base64;
import java.util.regex.Pattern;

/**
 * What only two Twinboxes say to each other in place of a password, over TLS, about the certificate that the client has shown:
 * see the package. Pure.
 */
public final class CertificateLogin {
    /** Log in with the certificate. */
    static final String EXTERNAL = "EXTERNAL";

    /** Have the certificate trusted, for a code. */
    static final String PAIR = "PAIR";

    /** The word itself, the code, a name. */
    static final int PAIR_WORDS = 3;

    /** Longest name of a client, in characters. */
    public static final int NAME_MAX = 64;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1," + NAME_MAX + "}");

    private CertificateLogin() {}

    /** Whether a client may call itself so. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    static String pair(byte[] code, String name) {
        return PAIR + "\t" + Base64.getEncoder().encodeToString(code) + "\t" + name;
    }
}
