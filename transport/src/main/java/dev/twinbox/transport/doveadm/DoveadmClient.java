package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.net.ChannelLink;
import dev.twinbox.transport.net.ConnectException;
import dev.twinbox.transport.net.Network;
import dev.twinbox.transport.tls.ClientTls;
import java.io.IOException;

/** Calls doveadm servers. Safe for use by several threads; each call blocks. */
public final class DoveadmClient {
    private final Network network;
    private final int connectSeconds;
    private final int loginSeconds;

    /**
     * Makes a client.
     *
     * @param network that the connections are made on; closing it ends them
     * @param connectSeconds for connecting to each address, and for the TLS handshake
     * @param loginSeconds from then until the command is accepted
     */
    public DoveadmClient(Network network, int connectSeconds, int loginSeconds) {
        this.network = network;
        this.connectSeconds = connectSeconds;
        this.loginSeconds = loginSeconds;
    }

    /**
     * Connects, logs in and begins a command.
     *
     * @param log where the server's log lines go, for as long as the link is read
     * @return the link on which the command is spoken with
     * @throws ConnectException if there is no connection, or TLS fails
     * @throws RefusedException if the server refuses the login or the command
     * @throws IOException if it does something else, or nothing
     */
    public Link connect(DoveadmTarget target, DoveadmCommand command, RemoteLog log) throws IOException {
        return talk(target, log, dialogue -> {
            dialogue.login();
            return dialogue.begin(command);
        });
    }

    /**
     * Connects, logs in and has the server run a command.
     *
     * @param log where the server's log lines go, until the command has ended
     * @throws ConnectException if there is no connection, or TLS fails
     * @throws RefusedException if the server refuses the login
     * @throws IOException if it does something else, or nothing
     */
    public RunningCommand run(DoveadmTarget target, DoveadmCommand command, RemoteLog log) throws IOException {
        return talk(target, log, dialogue -> {
            dialogue.login();
            return dialogue.run(command);
        });
    }

    /**
     * Has a server trust our certificate from now on.
     *
     * @param target whose TLS shows the certificate, and trusts none but the server that the code is from
     * @param code what the server's administrator has given us
     * @param name what to call us, as {@link CertificateLogin#isName} has it
     * @throws ConnectException if there is no connection, or TLS fails
     * @throws RefusedException if the server does not take the code
     * @throws IOException if it does something else, or nothing
     */
    public void pair(DoveadmTarget target, byte[] code, String name) throws IOException {
        try (Link link = talk(target, RemoteLog.none(), dialogue -> dialogue.pair(code, name))) {
            link.abort(); // all is said
        }
    }

    /**
     * Whether a server lets us in with the certificate that our TLS shows.
     *
     * @throws ConnectException if there is no connection, or TLS fails
     * @throws RefusedException if it does not; {@link Refusal#UNTRUSTED} if it does not know the certificate,
     *     {@link Refusal#UNNAMED} if it does not know such logins, as a Dovecot
     * @throws IOException if it does something else, or nothing
     */
    public void tryCertificate(DoveadmTarget target) throws IOException {
        try (Link link = talk(target, RemoteLog.none(), ClientDialogue::tryCertificate)) {
            link.abort(); // that was all
        }
    }

    /** What is said to a server that has greeted. */
    private interface Talk<T> {
        T with(ClientDialogue dialogue) throws IOException;
    }

    private <T> T talk(DoveadmTarget target, RemoteLog log, Talk<T> talk) throws IOException {
        boolean tlsFirst = target.encryption() == DoveadmTarget.Encryption.TLS;
        ChannelLink connection = network.connect(target.at(), tlsFirst ? target.tls() : null, connectSeconds);
        boolean done = false;
        ChannelLink.Deadline deadline =
                connection.within(loginSeconds, "no answer within " + loginSeconds + " seconds");
        try {
            ClientTls tls = target.encryption() == DoveadmTarget.Encryption.STARTTLS ? target.tls() : null;
            ClientDialogue dialogue = new ClientDialogue(connection, target.login(), target.certificate(), log);
            dialogue.greet();
            if (tls != null) {
                dialogue.askForTls();
                network.startTls(connection, target.at(), tls, connectSeconds);
            }
            T talked = talk.with(dialogue);
            done = true;
            return talked;
        } finally {
            deadline.close();
            if (!done) {
                connection.abort();
            }
        }
    }
}
