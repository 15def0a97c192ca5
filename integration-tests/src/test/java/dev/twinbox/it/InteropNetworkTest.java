package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Twinbox and a real Dovecot, 2.3 and 2.4, over TCP and TLS, each once as the server and once as the client. */
class InteropNetworkTest {
    private static final String BACKUP = "backup";
    private static final String SYNC = "sync";

    @TestFactory
    @Tag("F173")
    @Tag("F174")
    Stream<DynamicTest> twinboxAndDovecotReachEachOtherOverNetworks() {
        return each(Sandbox::create);
    }

    @TestFactory
    @Tag("F173")
    @Tag("F174")
    Stream<DynamicTest> twinboxAndDovecot24ReachEachOtherOverNetworks() {
        return each(Sandbox::createNewer);
    }

    private static Stream<DynamicTest> each(Supplier<Sandbox> sandboxes) {
        return Stream.of(
                DynamicTest.dynamicTest("Dovecot serves", () -> within(sandboxes, false)),
                DynamicTest.dynamicTest("Twinbox serves", () -> within(sandboxes, true)));
    }

    private static void within(Supplier<Sandbox> sandboxes, boolean twinboxServes) {
        try (Sandbox sandbox = sandboxes.get()) {
            Twinbox twinbox = new Twinbox(sandbox);
            Account left = Account.maildir(sandbox, "left");
            Account right = Account.maildir(sandbox, "right");
            left.doveadm("mailbox", "create", "-s", "Work");
            left.save("Work", "First");
            var good = NetworkPeer.Certificate.make(sandbox, twinbox, "good");
            var other = NetworkPeer.Certificate.make(sandbox, twinbox, "other");
            try (NetworkPeer peer =
                    twinboxServes ? NetworkPeer.twinbox(twinbox, right, good) : NetworkPeer.dovecot(right, good)) {
                Caller caller = twinboxServes
                        ? (user, settings, words) -> doveadm(left, user, settings, words)
                        : (user, settings, words) -> twinbox(twinbox, left, user, settings, words);
                succeeds(left, right, caller, peer, good);
                if (!twinboxServes) {
                    caller.call("user", List.of("twinbox_fingerprint=" + good.fingerprint()), SYNC, peer.encrypted())
                            .mustEndWith(0);
                    assertEquals(List.of(), NetworkPeer.complaints(right), "the server's log");
                }
                left.mustBeSilent();
                fails(caller, peer, other);
            }
        }
    }

    /** A certificate that is out of date, or for another host, and TLS that begins on a plain port, with a real Dovecot. */
    @TestFactory
    @Tag("F174")
    Stream<DynamicTest> theCertificateOfADovecotIsLookedAt() {
        return Stream.of(
                DynamicTest.dynamicTest("2.3", () -> looksAtCertificates(Sandbox::create)),
                DynamicTest.dynamicTest("2.4", () -> looksAtCertificates(Sandbox::createNewer)));
    }

    private static void looksAtCertificates(Supplier<Sandbox> sandboxes) {
        try (Sandbox sandbox = sandboxes.get()) {
            Twinbox twinbox = new Twinbox(sandbox);
            Account left = Account.maildir(sandbox, "left");
            Account right = Account.maildir(sandbox, "right");
            left.save("INBOX", "First");
            Caller caller = (user, settings, words) -> twinbox(twinbox, left, user, settings, words);
            List<String> startTls = List.of("doveadm_ssl=starttls");
            var other = NetworkPeer.Certificate.make(sandbox, twinbox, "other", "elsewhere.example.org");
            try (NetworkPeer peer = NetworkPeer.dovecot(right, other)) {
                refuses(caller, peer.encrypted(), trusting(other), "elsewhere.example.org, not for localhost");
                refuses(caller, peer.startTls(), with(startTls, trusting(other)), "not for localhost");
                List<String> anyName = with(trusting(other), List.of("twinbox_check_name=no"));
                caller.call("user", anyName, BACKUP, peer.encrypted()).mustEndWith(0);
                left.save("INBOX", "Second");
                List<String> pinned = List.of("twinbox_fingerprint=" + other.fingerprint());
                caller.call("user", with(startTls, pinned), BACKUP, peer.startTls())
                        .mustEndWith(0);
                mustBeEqual(left, right);
                twinbox.run(
                                "-O",
                                "pair",
                                "--fingerprint",
                                other.fingerprint(),
                                peer.encrypted().replace("tcps:", ""))
                        .mustEndWith(0)
                        .mustSay("is known from now on", "it knows no logins by certificate");
                left.save("INBOX", "Third");
                caller.call("user", List.of(), BACKUP, peer.encrypted()).mustEndWith(0);
                mustBeEqual(left, right);
            }
            var expired = NetworkPeer.Certificate.expired(sandbox);
            try (NetworkPeer peer = NetworkPeer.dovecot(right, expired)) {
                refuses(caller, peer.encrypted(), trusting(expired), "expired on 2020-01-31");
                refuses(caller, peer.startTls(), with(startTls, trusting(expired)), "expired on 2020-01-31");
            }
        }
    }

    private static void refuses(Caller caller, String peer, List<String> settings, String reason) {
        caller.call("user", settings, SYNC, peer).mustEndWith(75).mustSay(reason);
    }

    private static List<String> with(List<String> some, List<String> more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    /** Whoever begins. */
    interface Caller {
        /**
         * Calls the other end.
         *
         * @param settings beside the right password, which they may replace
         */
        Ran call(String user, List<String> settings, String... words);
    }

    static Ran twinbox(Twinbox twinbox, Account left, String user, List<String> settings, String... words) {
        List<Object> all = new ArrayList<>(List.of("-O", "-o", "mail_location=" + left.location()));
        all.addAll(List.of("-o", "mail_home=" + left.home(), "-o", "doveadm_password=" + NetworkPeer.PASSWORD));
        settings.forEach(setting -> all.addAll(List.of("-o", setting)));
        all.addAll(List.of(words[0], "-u", user));
        if (words[0].equals(BACKUP)) {
            all.add("--allow-delete");
        }
        all.addAll(Arrays.asList(words).subList(1, words.length));
        return twinbox.run(all.toArray());
    }

    static Ran doveadm(Account left, String user, List<String> settings, String... words) {
        List<String> all = new ArrayList<>(List.of("-o", "doveadm_password=" + NetworkPeer.PASSWORD));
        settings.forEach(setting -> all.addAll(List.of("-o", setting)));
        all.addAll(Arrays.asList(words));
        return left.tryDoveadmAs(user, all.toArray(String[]::new));
    }

    private static void succeeds(
            Account left, Account right, Caller caller, NetworkPeer peer, NetworkPeer.Certificate good) {
        caller.call("user", List.of(), BACKUP, peer.plain()).mustEndWith(0);
        mustBeEqual(left, right);
        // Equal numbers of different mails would be taken for equal mailboxes, as between two Dovecots.
        left.save("Work", "Of the left");
        left.save("Work", "Of the left, too");
        right.save("Work", "Of the right");
        caller.call("user", List.of(), SYNC, peer.plain()).mustEndWith(0);
        mustBeEqual(left, right);
        left.save("INBOX", "Of the left, over TLS");
        right.save("INBOX", "Of the right, over TLS");
        right.save("INBOX", "Of the right, over TLS, too");
        caller.call("user", trusting(good), SYNC, peer.encrypted()).mustEndWith(0);
        mustBeEqual(left, right);
        left.save("INBOX", "Once more");
        caller.call("user", trusting(good), BACKUP, peer.encrypted()).mustEndWith(0);
        mustBeEqual(left, right);
    }

    private static void mustBeEqual(Account left, Account right) {
        assertEquals(List.of(), ClientView.take(left).differences(ClientView.take(right)));
    }

    private static void fails(Caller caller, NetworkPeer peer, NetworkPeer.Certificate other) {
        caller.call("user", trusting(other), SYNC, peer.encrypted())
                .mustEndWith(75)
                .mustSay("certificate");
        caller.call("user", List.of(), SYNC, peer.plainOnTls()).mustEndWith(75);
        caller.call("user", List.of("doveadm_password=wrong"), SYNC, peer.plain())
                .mustEndWith(75);
        caller.call(".nobody", List.of(), SYNC, peer.plain()).mustEndWith(67).mustSay("user");
    }

    static List<String> trusting(NetworkPeer.Certificate certificate) {
        return List.of("ssl_client_ca_file=" + certificate.file());
    }
}
