package dev.twinbox.it;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A line between two Twinboxes that breaks again and again. */
class TwinCutTest extends TwinboxTest {
    private static final int CUTS = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_WIRE_CUTS", "50"));

    /** Enough for the lists of mails, which are said again each time, and for two pieces of mailboxes under way. */
    private static final long BYTES_BETWEEN_CUTS = 144 * 1024;

    private static final int MAILBOXES = 4;
    private static final int MEDIAN = 16_000;
    /** With so many mails the line breaks as often as it is to, though none is sent twice: letters compress to two thirds. */
    private static final int MAILS = (int) (CUTS * BYTES_BETWEEN_CUTS / MEDIAN * 3 / 2);

    private Ran push(Account source, int port) {
        return twinbox.run(
                "-O",
                "-o",
                "mail_location=" + source.location(),
                "-o",
                "mail_home=" + source.home(),
                "-o",
                "doveadm_password=" + NetworkPeer.PASSWORD,
                "backup",
                "-u",
                "user",
                "--protocol",
                "twinbox",
                "tcp:127.0.0.1:" + port);
    }

    private NetworkPeer serve(Account account) {
        var certificate = NetworkPeer.Certificate.make(
                sandbox, twinbox, account.home().getFileName().toString());
        return NetworkPeer.twinbox(twinbox, account, certificate, List.of("-o", "mail_fsync=never"));
    }

    @Test
    @Tag("F177")
    void aFirstCopyThatIsCutFiftyTimesEndsInOneCommandAndSendsNoBodyTwiceMoreThanNeeded() {
        Account source = Bench.source(sandbox, new BenchAccount("C", MAILS, MAILBOXES, MEDIAN, 0.3, 0));
        Account whole = Account.maildir(sandbox, "whole");
        long all;
        try (NetworkPeer peer = serve(whole);
                Relay relay = Relay.toPort(peer.plainPort(), 0)) {
            push(source, relay.port()).mustEndWith(0);
            all = relay.bytes();
        }
        Account replica = Account.maildir(sandbox, "replica");
        try (NetworkPeer peer = serve(replica);
                Relay relay = Relay.toPort(peer.plainPort(), 0)) {
            relay.cut(CUTS, BYTES_BETWEEN_CUTS);
            Ran ran = push(source, relay.port()).mustEndWith(0);
            Expect.equal(0, relay.cutsLeft(), () -> "cuts that did not come, of " + CUTS + ": " + ran);
            Expect.equal(CUTS + 1, relay.connections(), () -> "connections");
            System.out.println("cut " + CUTS + " times: " + relay.bytes() + " bytes, " + all + " without cuts");
            Expect.that(
                    relay.bytes() <= 2 * all, () -> relay.bytes() + " bytes were handed on, " + all + " without cuts");
        }
        twinbox.verify(source, replica).mustEndWith(0);
    }
}
