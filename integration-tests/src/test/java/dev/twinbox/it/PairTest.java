package dev.twinbox.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code twinbox pair}, {@code serve} and who calls it, each a process of its own: who comes in, for whom, and what others hear. */
class PairTest extends TwinboxTest {
    private static final String PASSWORD = "open sesame";
    private static final String ANNA = "anna@example.org";

    private final Twinbox serving =
            twinbox.with("HOME", sandbox.directory("serving").toString());
    private final Twinbox calling =
            twinbox.with("HOME", sandbox.directory("calling").toString());

    private Object[] users() {
        return new Object[] {"-o", "mail_location=maildir:" + sandbox.root() + "/users/%u", "-o", "mail_home=/nowhere"};
    }

    private PairedServer serve(Object... words) {
        sandbox.directory("users");
        List<Object> all = new ArrayList<>(Arrays.asList(users()));
        all.addAll(Arrays.asList(words));
        return PairedServer.start(sandbox, serving, all.toArray());
    }

    private String invitation(String users) {
        return serving.run("-O", "pair", "--invite", "--users", users)
                .mustEndWith(0)
                .out()
                .strip();
    }

    private Ran backup(Account source, String user, String destination, Object... words) {
        List<Object> all = new ArrayList<>(List.of("-O", "-o", "mail_location=" + source.location()));
        all.addAll(Arrays.asList(words));
        all.addAll(List.of("backup", "-u", user, "--allow-delete", destination));
        return calling.run(all.toArray());
    }

    private static String fingerprint(Twinbox machine) {
        String list = machine.run("-O", "pair", "--list").mustEndWith(0).out();
        return list.lines().findFirst().orElseThrow().replace("this machine  ", "");
    }

    /** An account with one mail, made without Dovecot, which takes longer. */
    private Account source() {
        Account source = Account.maildir(sandbox, "source");
        sandbox.shell(
                "mkdir -p \"$1/cur\" \"$1/new\" \"$1/tmp\"; printf 'Subject: secret\\n\\nhi\\n' > \"$1/new/1.a.b\"",
                source.maildir());
        return source;
    }

    private long mails(String user) {
        return sandbox.shell("find \"$1\" -type f | grep -E '/(cur|new)/'", sandbox.path("users/" + user))
                .out()
                .lines()
                .count();
    }

    @Test
    @Tag("F306")
    void aMachineThatIsPairedComesInForItsUsersUntilItIsRevoked() {
        Account source = source();
        String code = invitation("*@example.org,bert");
        try (PairedServer server = serve()) {
            calling.run("-O", "pair", server.address(), code).mustEndWith(0).mustSay("paired with " + server.address());
            server.await("is paired from now on");
            calling.run("-O", "pair", server.address(), code).mustEndWith(77).mustSay("that code is not known here");
            backup(source, ANNA, server.encrypted()).mustEndWith(0);
            Expect.equal(1L, mails(ANNA), () -> "mails of anna");
            backup(source, ANNA, server.encrypted()).mustEndWith(0);
            backup(source, "carl", server.encrypted())
                    .mustEndWith(77)
                    .mustSay("user carl is not one of those that this machine may touch", "that is not allowed");
            server.await("Warning: 127.0.0.1 port ");
            server.await("user carl is not one of those");
            Expect.that(!java.nio.file.Files.exists(sandbox.path("users/carl")), () -> "carl has mail");
            String mine = fingerprint(calling);
            serving.run("-O", "pair", "--revoke", mine).mustEndWith(0);
            backup(source, ANNA, server.encrypted()).mustEndWith(77).mustSay(mine + " was revoked here");
            server.await(mine + " was revoked here");
            String again = invitation("*");
            calling.run("-O", "pair", server.address(), again).mustEndWith(77).mustSay("revoked");
            for (String secret : List.of(code, again, code.substring(48), again.substring(48), "Subject: ")) {
                Expect.that(!server.log().contains(secret), () -> "a secret is in the log: " + server.log());
            }
        }
        for (String machine : List.of("serving", "calling")) {
            String open = sandbox.shell(
                            "find \"$1\" -name identity.pem -o -name trusted | xargs stat -c %a", sandbox.path(machine))
                    .out();
            Expect.equal("600\n600\n", open, () -> "the files of " + machine);
        }
    }

    @Test
    @Tag("F306")
    void whoIsNotPairedNeedsThePasswordAndMayTouchItsUsersOnly() {
        Account source = source();
        String code = invitation("nobody");
        Object[] settings = {
            "-o", "doveadm_ssl=ssl", "-o", "doveadm_password=" + PASSWORD, "-o", "twinbox_password_users=anna*"
        };
        try (PairedServer server = serve(settings)) {
            Object[] password = {"-o", "doveadm_password=" + PASSWORD};
            calling.run("-O", "pair", server.address())
                    .mustEndWith(64)
                    .mustSay("shows the fingerprint " + fingerprint(serving), "--fingerprint");
            calling.run("-O", "pair", "--fingerprint", fingerprint(serving), server.address())
                    .mustEndWith(0)
                    .mustSay("does not let this machine in yet");
            String mine = fingerprint(calling);
            backup(source, ANNA, server.encrypted()).mustEndWith(77).mustSay(mine + " is not paired here");
            server.await(mine + " is not paired here");
            backup(source, ANNA, server.encrypted(), password).mustEndWith(0);
            backup(source, "carl", server.encrypted(), password)
                    .mustEndWith(77)
                    .mustSay("user carl is not one of those that the password is good for");
            backup(source, ANNA, server.encrypted(), "-o", "doveadm_password=wrong")
                    .mustEndWith(75)
                    .mustSay("doveadm_password must be the same");
            server.await("does not know the password");
            serving.run("-O", "pair", "--trust", mine, "--users", "carl").mustEndWith(0);
            backup(source, "carl", server.encrypted()).mustEndWith(0);
            for (String secret : List.of(PASSWORD, "wrong", code)) {
                Expect.that(!server.log().contains(secret), () -> "a secret is in the log: " + server.log());
            }
        }
    }

    @Test
    @Tag("F174")
    void aServerThatIsAnotherOneIsRefused() {
        Account source = source();
        String code = invitation("*");
        String address;
        try (PairedServer server = serve()) {
            address = server.address();
            calling.run("-O", "pair", address, code).mustEndWith(0);
        }
        sandbox.shell("rm -r \"$1\"", sandbox.path("serving/.config"));
        String other = invitation("*");
        List<Object> words = new ArrayList<>(List.of("-O", "-v"));
        words.addAll(Arrays.asList(users()));
        words.addAll(List.of("serve", "--listen", address));
        Process process = serving.open(words.toArray());
        try {
            Expect.equal(address, process.inputReader().readLine(), () -> "where the other server listens");
            String now = fingerprint(serving);
            backup(source, ANNA, "tcps:" + address)
                    .mustEndWith(75)
                    .mustSay("the certificate is not the pinned one", now);
            calling.run("-O", "pair", address, code).mustEndWith(75).mustSay("is not the pinned one", now);
            calling.run("-O", "pair", "--fingerprint", fingerprint(calling), address)
                    .mustEndWith(75)
                    .mustSay("is not the pinned one", now);
            calling.run("-O", "pair", address, other).mustEndWith(0);
            backup(source, ANNA, "tcps:" + address).mustEndWith(0);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            process.destroy();
        }
    }

    @Test
    @Tag("F174")
    void plainTextAndTlsDoNotMeet() {
        Account source = source();
        Object[] password = {"-o", "doveadm_password=" + PASSWORD};
        invitation("*");
        try (PairedServer server = serve()) {
            backup(source, ANNA, server.plain(), password).mustEndWith(75).mustSay("(tcps:)");
            server.await("the other end does not speak TLS on this port");
        }
        try (PairedServer server = serve(password)) {
            backup(source, ANNA, server.encrypted(), password)
                    .mustEndWith(75)
                    .mustSay("does not speak TLS on this port");
            server.await("begins TLS, and this port is without");
            calling.run("-O", "pair", server.address(), invitation("*"))
                    .mustEndWith(75)
                    .mustSay("does not speak TLS on this port");
        }
        Expect.that(!java.nio.file.Files.exists(sandbox.path("users/" + ANNA)), () -> "anna has mail");
    }

    /** What is not understood could be what takes rights away. */
    @Test
    @Tag("F306")
    void aListThatIsDamagedLetsNobodyIn() {
        Account source = source();
        String code = invitation("*");
        try (PairedServer server = serve()) {
            calling.run("-O", "pair", server.address(), code).mustEndWith(0);
            sandbox.shell(
                    "echo 'revokd fingerprint=AB' >> \"$1\"", sandbox.path("serving/.config/twinbox/pair/trusted"));
            backup(source, ANNA, server.encrypted())
                    .mustEndWith(75)
                    .mustSay("who is paired here cannot be read; its log says why");
            server.await("trusted cannot be understood, so nobody in it is trusted: line 3");
            serving.run("-O", "pair", "--list").mustEndWith(78).mustSay("line 3");
        }
    }

    @Test
    @Tag("F306")
    void aPersonAtATerminalIsAsked() {
        invitation("*");
        try (PairedServer server = serve()) {
            for (String answer : List.of("no", "yes")) {
                String words = "printf '%s\\n' \"$1\" | script -qec \"$2 -O pair $3\" /dev/null";
                String said = sandbox.shell(
                                "export HOME=\"$4\"; (" + words + ") || true",
                                answer,
                                String.join(" ", calling.nestedCommand()),
                                server.address(),
                                sandbox.path("calling"))
                        .out();
                String shown = fingerprint(serving);
                Expect.that(said.contains(shown) && said.contains("(yes/no)?"), () -> said);
                Expect.equal(
                        answer.equals("yes"), said.contains(" is known from now on by its fingerprint"), () -> said);
            }
            Expect.that(calling.run("-O", "pair", "--list").out().contains("login by certificate"), () -> "the list");
        }
    }
}
