package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.link.Link;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The client's part of what is said before the command runs, over any link. For one thread. */
final class ClientDialogue {
    /** The first bytes of TLS records: an alert, a handshake. */
    private static final int TLS_ALERT = 0x15;

    private static final int TLS_HANDSHAKE = 0x16;
    private static final String YES = "+";
    private static final String NO = "-";
    private static final int SHOWN = 60;

    private final Link link;
    private final @Nullable Login login;
    private final boolean certificate;
    private final RemoteLog log;
    private int serverMinor;
    private boolean trusted;

    /**
     * @param certificate whether to log in with the certificate that was shown, before the password is tried
     */
    ClientDialogue(Link link, @Nullable Login login, boolean certificate, RemoteLog log) {
        this.link = link;
        this.login = login;
        this.certificate = certificate;
        this.log = log;
    }

    /** Versions, and whether the server wants a login. */
    void greet() throws IOException {
        say(Versions.ofClient());
        String line =
                line("it closed the connection at once: perhaps it wants TLS (tcps:), or does not let this machine in");
        if (line.startsWith("VERSION\t")) {
            serverMinor = minor(line);
            line = line("it closed the connection after its greeting");
        }
        trusted = line.equals(YES);
        if (!trusted && !line.equals(NO)) {
            throw notDoveadm(line);
        }
    }

    private int minor(String line) throws IOException {
        try {
            return Versions.minor(line, "doveadm-client");
        } catch (IllegalArgumentException e) {
            throw new IOException(link.name() + " speaks something else than is needed: " + e.getMessage(), e);
        }
    }

    private IOException notDoveadm(String line) {
        String what;
        if (line.startsWith("HTTP/")) {
            what = "it speaks HTTP; a listener without http is needed";
        } else if (line.startsWith("* ")) {
            what = "it speaks IMAP";
        } else if (line.startsWith("+OK")) {
            what = "it speaks POP3";
        } else {
            String shown = line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line;
            what = "it says '" + LogLines.clean(shown) + "'";
        }
        return new IOException("no doveadm server listens at " + link.name() + ": " + what);
    }

    /** Asks for TLS; it begins at once. */
    void askForTls() throws IOException {
        if (serverMinor < Versions.STARTTLS_FROM) {
            throw new IOException(
                    link.name() + " is too old for STARTTLS: use tcps: with a listener that has ssl = yes");
        }
        say("STARTTLS");
    }

    /** Logs in, if the server wants that. */
    void login() throws IOException {
        if (trusted) {
            return;
        }
        RefusedException refused = certificate ? certificate(CertificateLogin.EXTERNAL) : null;
        if (certificate && refused == null) {
            return;
        }
        if (refused != null && (login == null || refused.refusal() != Refusal.UNTRUSTED)) {
            throw refused;
        }
        try {
            password();
        } catch (RefusedException e) {
            throw e;
        } catch (IOException e) {
            throw refused == null ? e : refused; // a server without passwords closes after its no
        }
    }

    private void password() throws IOException {
        Login ours = login;
        if (ours == null) {
            throw new RefusedException(
                    Refusal.LOGIN, link.name() + " demands a password: set doveadm_password to that of the server");
        }
        say("PLAIN\t" + ours.plain());
        String answer = line("it closed the connection at the login");
        if (answer.startsWith("VERSION\t")) { // some old ones say it only now
            serverMinor = minor(answer);
            answer = line("it closed the connection at the login");
        }
        if (!answer.equals(YES)) {
            throw new RefusedException(
                    Refusal.LOGIN,
                    "the login at " + link.name() + " as " + ours.user()
                            + " failed: doveadm_password must be the same at both ends, and be set there");
        }
    }

    /** Wants our certificate trusted. */
    Link pair(byte[] code, String name) throws IOException {
        return taken(CertificateLogin.pair(code, name));
    }

    /** Logs in with the certificate, and with nothing else. */
    Link tryCertificate() throws IOException {
        return taken(CertificateLogin.EXTERNAL);
    }

    private Link taken(String words) throws IOException {
        RefusedException refused = certificate(words);
        if (refused != null) {
            throw refused;
        }
        return link;
    }

    /** Says a word about the certificate; returns why it is not taken, or null. */
    private @Nullable RefusedException certificate(String words) throws IOException {
        say(words);
        String answer = line("it closed the connection at the login: perhaps it is no Twinbox, or an older one");
        if (answer.equals(YES)) {
            return null;
        }
        if (!answer.startsWith(NO)) {
            throw notDoveadm(answer);
        }
        int tab = answer.indexOf('\t');
        String text = tab < 0 ? "" : LogLines.clean(answer.substring(tab + 1));
        Refusal refusal = Refusal.of(answer.substring(NO.length(), tab < 0 ? answer.length() : tab));
        return new RefusedException(
                refusal, link.name() + " does not let this machine in: " + (text.isEmpty() ? refusal.meaning() : text));
    }

    /** Sends the command, and reads whether it is accepted. */
    Link begin(DoveadmCommand command) throws IOException {
        say(command.line());
        InputStream output = new ServerOutput(link.input(), log);
        String lost = "it closed the connection instead of answering the command";
        line(output, lost); // the command's output: none, for this one
        String status = line(output, lost);
        if (status.equals(YES)) {
            return new DoveadmLink(link, output, link.output());
        }
        if (!status.startsWith(NO)) {
            throw notDoveadm(status);
        }
        Refusal refusal = Refusal.of(status.substring(NO.length()));
        throw new RefusedException(
                refusal,
                link.name() + " refuses " + command.name()
                        + (command.user().isEmpty() ? "" : " for user " + LogLines.clean(command.user())) + ": "
                        + refusal.meaning()
                        + (status.equals(NO) ? "" : " (" + LogLines.clean(status.substring(NO.length())) + ")"));
    }

    /** Sends a command that the server is to run, and whose output and end are still to come. */
    RunningCommand run(DoveadmCommand command) throws IOException {
        say(command.line());
        return new RunningCommand(link, new ServerOutput(link.input(), log));
    }

    private void say(String line) throws IOException {
        try {
            link.output().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            link.output().flush();
        } catch (IOException e) {
            throw failed(String.valueOf(e.getMessage()), e);
        }
    }

    private String line(String lost) throws IOException {
        return line(link.input(), lost);
    }

    private String line(InputStream from, String lost) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = next(from); b != '\n'; b = next(from)) {
            if (b < 0) {
                throw failed(lost + (line.size() == 0 ? "; its log says why" : ", in the middle of a line"), null);
            }
            if (line.size() == 0 && (b == TLS_ALERT || b == TLS_HANDSHAKE)) {
                throw new IOException(link.name() + " speaks TLS on this port: use tcps: instead of tcp:");
            }
            if (line.size() == DoveadmLimits.ANSWER_LINE_MAX) {
                throw failed("a line is longer than " + DoveadmLimits.ANSWER_LINE_MAX + " bytes", null);
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private int next(InputStream from) throws IOException {
        try {
            return from.read();
        } catch (IOException e) {
            throw failed(String.valueOf(e.getMessage()), e);
        }
    }

    private IOException failed(String why, @Nullable Throwable cause) {
        return new IOException("speaking with " + link.name() + " failed: " + why, cause);
    }
}
