package dev.twinbox.it;

import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A line between two Twinboxes that breaks again and again. */
class TwinCutTest extends TwinboxTest {
    private static final int CUTS = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_WIRE_CUTS", "50"));

    /** Enough for the lists of mails, which are said again each time, and for two pieces of mailboxes under way. */
    private static final long BYTES_BETWEEN_CUTS = 144 * 1024;

    private static final int MAILBOXES = 4;
    private static final int MEDIAN = 16_000;
    /** With so many mails the line breaks as often as it is to, though none is sent twice: letters compress to two thirds. */
    private static final int MAILS = (int) (CUTS * BYTES_BETWEEN_CUTS / MEDIAN * 3 / 2);

    /** A mail that never gets over such a line in one piece, and how many there are. */
    private static final int LONG = 1_000_000;

    private static final int LONG_MAILS = 6;
    private static final int LONG_MAILBOXES = 3;
    private static final int LONG_CUTS = 25;

    /** What is called, and who sends. */
    private enum Way {
        PUSH("backup"),
        PULL("backup", "-R"),
        MERGE("sync");

        private final List<String> words;

        Way(String... words) {
            this.words = List.of(words);
        }
    }

    private static List<Object> settings(Account account) {
        return List.of(
                "-O",
                "-o",
                "mail_location=" + account.location(),
                "-o",
                "mail_home=" + account.home(),
                "-o",
                "mail_fsync=never",
                "-o",
                "doveadm_password=" + NetworkPeer.PASSWORD);
    }

    private Ran call(Account own, Way way, List<String> target) {
        List<Object> words = new ArrayList<>(settings(own));
        words.addAll(way.words);
        words.addAll(List.of("-u", "user", "--protocol", "twinbox"));
        words.addAll(target);
        return twinbox.run(words.toArray());
    }

    private NetworkPeer serve(Account account) {
        var certificate = NetworkPeer.Certificate.make(
                sandbox, twinbox, account.home().getFileName().toString());
        return NetworkPeer.twinbox(twinbox, account, certificate, List.of("-o", "mail_fsync=never"));
    }

    /**
     * Makes a copy with one command over a line that is cut so often, and has it verified.
     *
     * @return how many bytes passed in all
     */
    private long copy(Account source, Account replica, Way way, int cuts, BodyTally tally) {
        if (way == Way.PULL) {
            // What a server says is wrapped up once more, what a program says is not.
            List<Object> server = new ArrayList<>(settings(source));
            server.add("dsync-server");
            try (Relay relay = Relay.toProgram(() -> twinbox.open(server.toArray()), 0)) {
                return copy(source, replica, way, cuts, tally, relay, relay.command());
            }
        }
        try (NetworkPeer peer = serve(replica);
                Relay relay = Relay.toPort(peer.plainPort(), 0)) {
            return copy(source, replica, way, cuts, tally, relay, List.of("tcp:127.0.0.1:" + relay.port()));
        }
    }

    private long copy(
            Account source, Account replica, Way way, int cuts, BodyTally tally, Relay relay, List<String> target) {
        boolean pulls = way == Way.PULL;
        relay.listen(pulls, tally::connection);
        relay.cut(cuts, BYTES_BETWEEN_CUTS);
        Ran ran = call(pulls ? replica : source, way, target).mustEndWith(0);
        Expect.equal(0, relay.cutsLeft(), () -> "cuts that did not come, of " + cuts + ": " + ran);
        Expect.equal(cuts + 1, relay.connections(), () -> "connections");
        twinbox.verify(source, replica).mustEndWith(0);
        return relay.bytes();
    }

    /** No body passed a second time as a whole and then once more, nor any part of one more than twice. */
    private static void mustNotPassTwiceMoreThanNeeded(BodyTally whole, BodyTally cut) {
        Map<MailGuid, BodyTally.Body> bodies = cut.bodies();
        Expect.equal(whole.bodies().keySet(), bodies.keySet(), () -> "mails that passed");
        int begunAgain = 0;
        int endedAgain = 0;
        for (Map.Entry<MailGuid, BodyTally.Body> each : whole.bodies().entrySet()) {
            BodyTally.Body needed = each.getValue();
            BodyTally.Body passed = Objects.requireNonNull(bodies.get(each.getKey()));
            Expect.equal(1, needed.ended(), () -> "without cuts: " + needed);
            Expect.that(
                    passed.ended() >= 1 && passed.ended() <= 2 && passed.bytes() <= 2 * needed.bytes(),
                    () -> "mail " + each.getKey() + " of " + needed.bytes() + " bytes: " + passed);
            begunAgain += passed.begun() > passed.ended() ? 1 : 0;
            endedAgain += passed.ended() > 1 ? 1 : 0;
        }
        System.out.println("bodies: " + bodies.size() + ", " + begunAgain + " gone on with behind a cut, " + endedAgain
                + " sent again; " + cut.bytes() + " bytes of them passed, " + whole.bytes() + " without cuts");
    }

    @Test
    @Tag("F177")
    void aFirstCopyThatIsCutFiftyTimesEndsInOneCommandAndSendsNoBodyTwiceMoreThanNeeded() {
        Account source = Bench.source(sandbox, new BenchAccount("C", MAILS, MAILBOXES, MEDIAN, 0.3, 0));
        BodyTally whole = new BodyTally();
        BodyTally cut = new BodyTally();
        long all = copy(source, Account.maildir(sandbox, "whole"), Way.PUSH, 0, whole);
        long passed = copy(source, Account.maildir(sandbox, "replica"), Way.PUSH, CUTS, cut);
        System.out.println("cut " + CUTS + " times: " + passed + " bytes, " + all + " without cuts");
        Expect.that(passed <= 2 * all, () -> passed + " bytes were handed on, " + all + " without cuts");
        mustNotPassTwiceMoreThanNeeded(whole, cut);
    }

    /** A mail goes on where the line broke, or it would never arrive. */
    @ParameterizedTest
    @EnumSource(Way.class)
    @Tag("F177")
    void mailsThatAreLongerThanWhatPassesBetweenTwoCutsArrivePieceByPiece(Way way) {
        Account source = Bench.source(sandbox, new BenchAccount("L", LONG_MAILS, LONG_MAILBOXES, LONG, 0.1, 0));
        BodyTally whole = new BodyTally();
        BodyTally cut = new BodyTally();
        copy(source, Account.maildir(sandbox, "whole"), way, 0, whole);
        Account replica = Account.maildir(sandbox, "replica");
        long passed = copy(source, replica, way, LONG_CUTS, cut);
        System.out.println(way + ", cut " + LONG_CUTS + " times: " + passed + " bytes");
        mustNotPassTwiceMoreThanNeeded(whole, cut);
        sandbox.shell("! ls \"$1\" | grep twinbox", replica.maildir()).mustEndWith(0);
    }
}
