package dev.twinbox.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code -S}: commands that another process runs, a real Dovecot's doveadm server or {@code twinbox serve}, called over a socket and
 * over TCP, by Twinbox and by a real doveadm.
 */
class ThroughServerTest extends TwinboxTest {
    private static final String PASSWORD = "doveadm_password=" + NetworkPeer.PASSWORD;

    private final Account source = Account.maildir(sandbox, "source");
    private final Path socket = sandbox.path("twinbox.sock");

    private Account filled() {
        source.doveadm("mailbox", "create", "-s", "Work");
        source.save("INBOX", "First");
        source.save("Work", "Second");
        return source;
    }

    private Ran call(Object... words) {
        List<Object> all = new ArrayList<>(List.of("-O", "-o", PASSWORD));
        all.addAll(Arrays.asList(words));
        return twinbox.run(all.toArray());
    }

    private String replica() {
        return "maildir:" + sandbox.path("replica/Maildir");
    }

    /** Twinbox as the server, on a socket and a port of its own. */
    private PairedServer serve(Object... words) {
        List<Object> all = new ArrayList<>(List.of(
                "-o",
                PASSWORD,
                "-o",
                "mail_location=" + source.location(),
                "-o",
                "mail_home=" + source.home(),
                "-o",
                "twinbox_serve_destinations=maildir:" + sandbox.path("replica/Maildir") + ", maildir:"
                        + sandbox.path("of-%u")));
        all.addAll(Arrays.asList(words));
        return PairedServer.start(sandbox, twinbox, List.of("--listen", socket), all.toArray());
    }

    @Test
    @Tag("F155")
    void aRealDoveadmServerRunsTheCommand() {
        filled();
        Account replica = Account.maildir(sandbox, "replica");
        var certificate = NetworkPeer.Certificate.make(sandbox, twinbox, "server");
        try (NetworkPeer dovecot = NetworkPeer.dovecot(source, certificate)) {
            String at = dovecot.plain().substring("tcp:".length());
            Ran state =
                    call("sync", "-S", at, "-u", "user", "-s", "", replica()).mustEndWith(0);
            Expect.that(state.out().matches("[A-Za-z0-9+/=]+\n"), state::toString);
            source.view().mustEqual(replica.view(), "sync run by a Dovecot");
            source.save("INBOX", "Third");
            call("backup", "--socket-path=" + at, "--full-sync", "-u", "user", replica())
                    .mustEndWith(0);
            source.view().mustEqual(replica.view(), "backup run by a Dovecot");
            String tls = dovecot.encrypted();
            call("-o", "twinbox_fingerprint=" + certificate.fingerprint(), "sync", "-S", tls, "-u", "user", replica())
                    .mustEndWith(0);
            call("backup", "-S", at, "-u", "nobody-here", replica())
                    .mustEndWith(67)
                    .mustSay("User doesn't exist");
            call("backup", "-S", at, "-u", "user", "/bin/false").mustEndWith(75).mustSay("/bin/false");
            call("backup", "-S", at, "-u", "user", "--dry-run", replica())
                    .mustEndWith(64)
                    .mustSay("its log says why");
            call("-o", "doveadm_password=wrong", "backup", "-S", at, "-u", "user", replica())
                    .mustEndWith(75)
                    .mustSay("doveadm_password");
        }
    }

    @Test
    @Tag("F155")
    void twinboxServesWithTheSameResultAsALocalRun() {
        filled();
        Account replica = Account.maildir(sandbox, "replica");
        try (PairedServer server = serve()) {
            call("backup", "-S", socket, "-u", "user", replica()).mustEndWith(0);
            source.view().mustEqual(replica.view().mustBeSilent(), "backup through a socket");
            String state = call("sync", "-S", server.address(), "-u", "user", "-s", "", replica())
                    .mustEndWith(0)
                    .out();
            Expect.equal(twinbox.sync(source, replica, "-s", "").mustEndWith(0).out(), state, () -> "the state");
            replica.save("INBOX", "At the replica");
            Ran plan = call("sync", "-S", socket, "-u", "user", "--dry-run", replica())
                    .mustEndWith(0);
            // Both ends speak at once, so the order of their lines is nobody's.
            Expect.equal(sorted(twinbox.sync(source, replica, "--dry-run")), sorted(plan), () -> "the plan");
            call("sync", "-S", socket, "-u", "user", "-v", replica()).mustEndWith(64);
            call("-v", "sync", "-S", socket, "-u", "user", replica())
                    .mustEndWith(0)
                    .mustSay("remote: ", "1 saved");
            Expect.equal(
                    List.of(),
                    ClientView.take(source).differences(ClientView.take(replica)),
                    () -> "sync through a socket");
            Ran json = call("backup", "-S", socket, "-u", "user", "--json", replica())
                    .mustEndWith(0);
            Expect.that(json.out().contains("\"exit_code\":0"), json::toString);
            replica.save("INBOX", "One more");
            call("backup", "-S", socket, "-u", "user", "--max-delete", "0", replica())
                    .mustEndWith(66)
                    .mustSay("delete");
        }
        Expect.that(!Files.exists(socket), () -> "the socket is left");
    }

    private static List<String> sorted(Ran ran) {
        return ran.lines().stream().sorted().toList();
    }

    @Test
    @Tag("F155")
    void aRealDoveadmHandsItsCommandOverToTwinbox() {
        filled();
        Account replica = Account.maildir(sandbox, "replica");
        try (PairedServer server = serve()) {
            String[] words = {"-o", PASSWORD, "sync", "-S", socket.toString(), "-u", "user", "-s", "", replica()};
            Ran state = source.tryDoveadm(words).mustEndWith(0);
            Expect.that(state.out().matches("[A-Za-z0-9+/=]+\n"), state::toString);
            source.view().mustEqual(replica.view().mustBeSilent(), "sync that doveadm had Twinbox run");
            words[words.length - 1] = "maildir:" + sandbox.path("elsewhere");
            source.tryDoveadm(words).mustEndWith(77).mustSay("twinbox_serve_destinations");
            Expect.that(!Files.exists(sandbox.path("elsewhere")), () -> "somewhere else was written");
            server.await("is not one of the twinbox_serve_destinations");
        }
    }

    @Test
    @Tag("F155")
    void aCallerChoosesNothingButWhatTheServerAllows() throws IOException {
        filled();
        Path mark = sandbox.path("mark");
        try (PairedServer server = serve("-o", "twinbox_password_users=user")) {
            call("sync", "-S", socket, "-u", "user", "touch", mark)
                    .mustEndWith(77)
                    .mustSay("a command");
            call("sync", "-S", socket, "-u", "user", "touch " + mark)
                    .mustEndWith(77)
                    .mustSay("is not one of");
            call("sync", "-S", socket, "-u", "user", "-r", mark, replica()).mustEndWith(77);
            call("sync", "-S", socket, "-u", "user", "-p", "mail_path=" + mark, replica())
                    .mustEndWith(77);
            call("sync", "-S", socket, "-u", "user", "tcp:127.0.0.1:9").mustEndWith(77);
            call("sync", "-S", socket, "-u", "user", replica() + ":INDEX=" + mark)
                    .mustEndWith(77);
            call("sync", "-S", socket, "-u", "other", replica()).mustEndWith(77).mustSay("the password is good for");
            call("sync", "-S", socket, "-u", "../user", replica()).mustEndWith(67);
            call("-o", "doveadm_password=wrong", "sync", "-S", socket, "-u", "user", replica())
                    .mustEndWith(75);
            Expect.that(!Files.exists(mark) && !Files.exists(sandbox.path("replica")), () -> "something was written");
            call("sync", "-S", socket, "-u", "user", "maildir:" + sandbox.path("of-user"))
                    .mustEndWith(0);
            server.await("has sync run for user");
        }
    }

    @Test
    @Tag("F155")
    void aRunEndsWithItsCaller() throws Exception {
        filled();
        // Somebody else's lock keeps the run waiting, until it is interrupted.
        sandbox.shell(
                "mkdir -p \"$1\"/cur \"$1\"/new \"$1\"/tmp; echo 1 > \"$1\"/dovecot-uidlist.lock",
                sandbox.path("replica/Maildir"));
        try (PairedServer server = serve()) {
            Process caller = twinbox.open(
                    "-O", "-o", PASSWORD, "backup", "-S", socket, "-u", "user", "--allow-delete", replica());
            server.await("has backup run for user");
            caller.destroy();
            Expect.that(caller.waitFor(1, TimeUnit.MINUTES), () -> "the caller goes on");
            Expect.equal(75, caller.exitValue(), () -> new String(read(caller), StandardCharsets.UTF_8));
            server.await("interrupted before the end");
        }
    }

    private static byte[] read(Process process) {
        try {
            return process.getErrorStream().readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }

    @Test
    @Tag("F155")
    void aSocketThatIsLeftIsReplacedAndOneInUseIsNot() {
        try (PairedServer server = serve()) {
            call("serve", "--listen", socket).mustEndWith(75).mustSay("somebody listens");
            server.kill();
            Awaitility.await().until(() -> !server.isAlive());
        }
        Expect.that(Files.exists(socket), () -> "the socket of a killed process is left");
        try (PairedServer server = serve()) {
            call("sync", "-S", socket, "-u", "user", "maildir:/elsewhere").mustEndWith(77);
            server.await("elsewhere");
        }
        sandbox.file("file", new byte[] {'x'});
        call("serve", "--listen", sandbox.path("file")).mustEndWith(75).mustSay("no socket");
        Expect.that(Files.isRegularFile(sandbox.path("file")), () -> "the file is gone");
    }
}
