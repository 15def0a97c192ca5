package dev.twinbox.cli.command;

import static dev.twinbox.transport.doveadm.Refusal.NOPERM;
import static dev.twinbox.transport.doveadm.Refusal.TEMPFAIL;
import static dev.twinbox.transport.doveadm.Refusal.UNTRUSTED;
import static dev.twinbox.transport.doveadm.Refusal.USAGE;

import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.cli.pair.PairFolder;
import dev.twinbox.cli.pair.TrustList;
import dev.twinbox.cli.pair.TrustedCaller;
import dev.twinbox.cli.pair.UserPatterns;
import dev.twinbox.transport.doveadm.Caller;
import dev.twinbox.transport.doveadm.CertificateLogin;
import dev.twinbox.transport.doveadm.RefusedException;
import dev.twinbox.transport.tls.Fingerprint;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Who comes in to {@code serve}, and whom they may touch. The list of those that are trusted is read anew each time, so that what
 * {@code twinbox pair} changes holds from the next login on. Safe for use by several threads.
 */
final class ServeGate {
    private final @Nullable PairFolder pairs;
    private final UserPatterns passwordUsers;
    private final Messages messages;

    /**
     * @param pairs null if nobody logs in with a certificate
     * @param passwordUsers whom those may touch who know the password
     */
    ServeGate(@Nullable PairFolder pairs, UserPatterns passwordUsers, Messages messages) {
        this.pairs = pairs;
        this.passwordUsers = passwordUsers;
        this.messages = messages;
    }

    /**
     * Lets a caller in by its certificate.
     *
     * @throws RefusedException if it may not come in
     */
    void admit(String client, Fingerprint certificate) throws RefusedException {
        TrustedCaller known = known(certificate);
        messages.info(client + " has the certificate of " + known.name());
    }

    private TrustedCaller known(Fingerprint certificate) throws RefusedException {
        PairFolder folder = pairs;
        if (folder == null) {
            throw refuse(UNTRUSTED, "nobody logs in with a certificate alone here");
        }
        TrustList list;
        try {
            list = folder.read();
        } catch (Refusal e) {
            throw unreadable(e);
        }
        if (list.isRevoked(certificate)) {
            throw revoked(certificate);
        }
        TrustedCaller known = list.caller(certificate);
        if (known == null) {
            throw refuse(UNTRUSTED, "the certificate with the fingerprint " + certificate + " is not paired here");
        }
        return known;
    }

    /** What is wrong with our files is for our log, not for the caller. */
    private RefusedException unreadable(Refusal e) {
        messages.error(e.text());
        return refuse(TEMPFAIL, "who is paired here cannot be read; its log says why");
    }

    private static RefusedException revoked(Fingerprint certificate) {
        return refuse(NOPERM, "the certificate with the fingerprint " + certificate + " was revoked here");
    }

    private static RefusedException refuse(dev.twinbox.transport.doveadm.Refusal why, String text) {
        return new RefusedException(why, text);
    }

    /**
     * Trusts a caller that has a code.
     *
     * @throws RefusedException if the code is not right
     */
    void pair(String client, Fingerprint certificate, byte[] code, String name) throws RefusedException {
        PairFolder folder = pairs;
        if (folder == null) {
            throw refuse(NOPERM, "nobody is paired with here: the settings say who is trusted");
        }
        if (!CertificateLogin.isName(name)) {
            throw refuse(USAGE, "a caller's name is of letters, digits, . - and _");
        }
        AtomicReference<TrustList.@Nullable Tried> tried = new AtomicReference<>();
        TrustList after;
        try {
            after = folder.change(list -> {
                TrustList.Tried now = list.redeem(code, certificate, name, folder.now(), folder.time());
                tried.set(now);
                return now.list();
            });
        } catch (Refusal e) {
            throw unreadable(e);
        }
        switch (Objects.requireNonNull(tried.get()).answer()) {
            case RIGHT -> {
                TrustedCaller known = Objects.requireNonNull(after.caller(certificate));
                messages.plain(client + " is paired from now on: " + name + ", fingerprint " + certificate + ", users "
                        + known.users().text());
            }
            case REVOKED -> throw revoked(certificate);
            case WRONG -> throw refuse(NOPERM, "that code is not known here: it is wrong, was used, or is too old");
        }
    }

    /**
     * Whether a caller may touch a user's mail.
     *
     * @throws RefusedException if not
     */
    void requireUser(Caller caller, String user) throws RefusedException {
        Fingerprint certificate = caller.certificate();
        UserPatterns users =
                certificate == null ? passwordUsers : known(certificate).users();
        if (!users.has(user)) {
            throw refuse(
                    NOPERM,
                    "user " + user + " is not one of those that "
                            + (certificate == null ? "the password is good for" : "this machine may touch"));
        }
    }
}
