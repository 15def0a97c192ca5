package dev.twinbox.cli.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.transport.tls.Fingerprint;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of those who are trusted: its file, and what changes it. */
class TrustListTest {
    private static final Fingerprint ONE = Fingerprint.parse("01".repeat(32));
    private static final Fingerprint OTHER = Fingerprint.parse("ab".repeat(32));
    private static final String SINCE = "2026-11-22T01:00:00Z";
    private static final UserPatterns USERS = UserPatterns.parse("anna,*@example.org");
    private static final long NOW = 1_800_000_000;

    private final SplittableRandom random = new SplittableRandom(5);

    private static TrustList full() {
        return TrustList.EMPTY
                .withCaller(new TrustedCaller(ONE, USERS, "backup.example", SINCE))
                .withServer(new TrustedServer("mx.example.org:24245", OTHER, true, SINCE))
                .withServer(new TrustedServer("[::1]:1", ONE, false, SINCE))
                .revoking(Fingerprint.parse("ff".repeat(32)), SINCE)
                .inviting(Invitation.of(PairCode.make(ONE, new SplittableRandom(9)), NOW + 60, UserPatterns.ALL), NOW);
    }

    @Test
    void theListIsReadAsItWasWritten() {
        TrustList read = TrustList.parse(full().text());
        assertEquals(full().text(), read.text());
        assertEquals(full().callers(), read.callers());
        assertEquals(full().servers(), read.servers());
        assertEquals(full().revoked(), read.revoked());
        assertEquals(full().invitations(), read.invitations());
        assertEquals(
                5, full().text().lines().filter(line -> !line.startsWith("#")).count(), full().text());
        assertEquals(TrustList.EMPTY.text(), TrustList.parse("\n# nobody\n\n").text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "calller fingerprint=$ users=a name=n since=2026",
                "caller",
                "caller fingerprint=$ users=a name=n",
                "caller fingerprint=$ users= name=n since=2026",
                "caller fingerprint=$ name=n since=2026",
                "caller fingerprint=01 users=a name=n since=2026",
                "caller fingerprint=$ users=a name=n since=2026 mode=read",
                "caller fingerprint=$ users=a users=* name=n since=2026",
                "caller fingerprint=$  users=a name=n since=2026",
                " caller fingerprint=$ users=a name=n since=2026",
                "caller fingerprint=$ users=a name=n since=2026 ",
                "caller fingerprint=$ users=a name=n\u001b[2J since=2026",
                "caller fingerprint=$ users=a name=n since=2026\r",
                "caller fingerprint=$ users=a/b name=n since=2026",
                "caller fingerprint=$ users=a,,b name=n since=2026",
                "server at=mx fingerprint=$ certificate=yes since=2026",
                "server at=mx:1 fingerprint=$ certificate=maybe since=2026",
                "server at=mx:1 fingerprint=$ since=2026",
                "revoked fingerprint=$",
                "revoked fingerprint= since=2026",
                "revoked at=mx:1 since=2026",
                "invitation id=0 hash=0 until=1 tries=1 users=*",
                "invitation id=00000000 hash=£ until=-1 tries=1 users=*",
                "invitation id=00000000 hash=£ until=99999999999999999999 tries=1 users=*",
                "invitation id=00000000 hash=£ until=1 tries=0 users=*",
                "invitation id=00000000 hash=£ until=1 tries=4 users=*",
                "invitation id=00000000 hash=£ until=1 tries=1",
                "\uFEFFrevoked fingerprint=$ since=2026",
                "{}",
                "\u0000"
            })
    void whatIsNotUnderstoodMakesAllOfItUnusable(String line) {
        String whole = full().text() + line.replace("$", ONE.text()).replace("£", "00".repeat(32)) + "\n";
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> TrustList.parse(whole));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith("line 7: "), message);
        assertTrue(message.chars().noneMatch(c -> c < ' '), message);
    }

    @Test
    void tooMuchIsRefused() {
        String one = "revoked fingerprint=" + ONE + " since=2026\n";
        String most = String.join("", Collections.nCopies(TrustList.ENTRIES_MAX, one));
        assertEquals(TrustList.ENTRIES_MAX, TrustList.parse(most).revoked().size());
        assertThrows(IllegalArgumentException.class, () -> TrustList.parse(most + one));
        assertThrows(IllegalArgumentException.class, () -> TrustList.parse("#".repeat(TrustList.TEXT_MAX + 1)));
    }

    @Test
    void aDamagedListIsReadOrRefusedAndNothingElse() {
        String text = full().text();
        for (int i = 0; i < 20_000; i++) {
            StringBuilder damaged = new StringBuilder(text);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                int at = random.nextInt(damaged.length());
                switch (random.nextInt(3)) {
                    case 0 -> damaged.deleteCharAt(at);
                    case 1 -> damaged.setCharAt(at, (char) random.nextInt(256));
                    default -> damaged.insert(at, text.charAt(random.nextInt(text.length())));
                }
            }
            try {
                TrustList list = TrustList.parse(damaged.toString());
                assertEquals(list.text(), TrustList.parse(list.text()).text(), "number " + i + ": " + damaged);
            } catch (IllegalArgumentException e) {
                assertTrue(String.valueOf(e.getMessage()).startsWith("line "), "number " + i + ": " + e.getMessage());
            }
        }
    }

    @Test
    void whatWasRevokedIsNobodysUntilItIsTrustedAgain() {
        TrustList revoked = full().revoking(ONE, SINCE);
        assertNull(revoked.caller(ONE));
        assertEquals(List.of(), revoked.serversAt("[::1]:1"));
        assertTrue(revoked.isRevoked(ONE));
        assertEquals(revoked.text(), revoked.revoking(ONE, "2027").text());
        // Also if somebody has written both by hand.
        TrustList both = TrustList.parse(full().text() + "revoked fingerprint=" + ONE + " since=2026\n");
        assertNull(both.caller(ONE));
        assertEquals(List.of(), both.serversAt("[::1]:1"));
        TrustList again = revoked.withCaller(new TrustedCaller(ONE, USERS, "n", SINCE));
        assertNotNull(again.caller(ONE));
    }

    @Test
    void aServerHasOneCertificate() {
        TrustList list = full().withServer(new TrustedServer("mx.example.org:24245", ONE, true, SINCE));
        assertEquals(
                List.of(ONE),
                list.serversAt("mx.example.org:24245").stream()
                        .map(TrustedServer::fingerprint)
                        .toList());
        assertEquals(List.of(), list.serversAt("mx.example.org:24246"));
    }

    private TrustList.Tried redeem(TrustList list, byte[] key, long now) {
        return list.redeem(key, OTHER, "backup", now, SINCE);
    }

    @Test
    void aCodeIsGoodOnceAndUntilItsEnd() {
        PairCode code = PairCode.make(ONE, random);
        TrustList list = TrustList.EMPTY.inviting(Invitation.of(code, NOW + 60, USERS), NOW);
        assertEquals(TrustList.Answer.WRONG, redeem(list, code.key(), NOW + 60).answer());
        TrustList.Tried tried = redeem(list, code.key(), NOW + 59);
        assertEquals(TrustList.Answer.RIGHT, tried.answer());
        TrustedCaller caller = Objects.requireNonNull(tried.list().caller(OTHER));
        assertEquals(USERS, caller.users());
        assertEquals(List.of(), tried.list().invitations());
        TrustList.Tried twice = redeem(tried.list(), code.key(), NOW);
        assertEquals(TrustList.Answer.WRONG, twice.answer());
        assertSame(tried.list(), twice.list());
    }

    @Test
    void aCodeDoesNotSurviveManyWrongSecrets() {
        PairCode code = PairCode.make(ONE, random);
        PairCode another = PairCode.make(ONE, random);
        TrustList list = TrustList.EMPTY
                .inviting(Invitation.of(code, NOW + 60, USERS), NOW)
                .inviting(Invitation.of(another, NOW + 60, USERS), NOW);
        byte[] wrong = code.key();
        wrong[wrong.length - 1] ^= 1;
        for (int i = 0; i < Invitation.TRIES_MAX; i++) {
            assertEquals(TrustList.Answer.RIGHT, redeem(list, code.key(), NOW).answer(), "after " + i);
            TrustList.Tried tried = redeem(list, wrong, NOW);
            assertEquals(TrustList.Answer.WRONG, tried.answer());
            list = tried.list();
        }
        assertEquals(TrustList.Answer.WRONG, redeem(list, code.key(), NOW).answer());
        assertEquals(TrustList.Answer.RIGHT, redeem(list, another.key(), NOW).answer());
    }

    @Test
    void whatIsNoCodeChangesNothing() {
        TrustList list = full();
        for (byte[] key : new byte[][] {{}, new byte[19], new byte[20], new byte[21], new byte[100_000]}) {
            TrustList.Tried tried = redeem(list, key, NOW);
            assertEquals(TrustList.Answer.WRONG, tried.answer());
            assertSame(list, tried.list());
        }
    }

    @Test
    void aRevokedCertificateIsNotPairedByACode() {
        PairCode code = PairCode.make(ONE, random);
        TrustList list = TrustList.EMPTY
                .inviting(Invitation.of(code, NOW + 60, USERS), NOW)
                .revoking(OTHER, SINCE);
        TrustList.Tried tried = redeem(list, code.key(), NOW);
        assertEquals(TrustList.Answer.REVOKED, tried.answer());
        assertSame(list, tried.list());
    }

    @Test
    void invitationsThatAreOverMakeRoom() {
        TrustList list = TrustList.EMPTY;
        for (int i = 0; i < TrustList.INVITATIONS_MAX; i++) {
            list = list.inviting(Invitation.of(PairCode.make(ONE, random), NOW + 60, USERS), NOW);
        }
        TrustList all = list;
        Invitation more = Invitation.of(PairCode.make(ONE, random), NOW + 200, USERS);
        assertThrows(IllegalArgumentException.class, () -> all.inviting(more, NOW));
        TrustList later = all.inviting(more, NOW + 60);
        assertEquals(List.of(more), later.invitations());
        assertEquals(List.of(), later.withoutInvitation(more.id()).invitations());
        assertSame(later, later.withoutInvitation("00000000"));
    }
}
