package dev.twinbox.transport.doveadm;

import static dev.twinbox.transport.doveadm.Recorded.LOGIN;
import static dev.twinbox.transport.doveadm.Recorded.latin;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.transport.link.Link;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client says to a server, and makes of its answers. */
class ClientDialogueTest {
    private static final String GREETING = "VERSION\tdoveadm-client\t1\t2\n-\n";

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final List<String> log = new ArrayList<>();

    private Link begun(String server, @Nullable Login login) throws IOException {
        ClientDialogue dialogue = new ClientDialogue(
                Recorded.saying(server, told), login, false, (severity, text) -> log.add(severity + " " + text));
        dialogue.greet();
        dialogue.login();
        return dialogue.begin(DoveadmCommand.dsyncServer("ann"));
    }

    private String heard(String server) throws IOException {
        return latin(begun(server, LOGIN).input().readAllBytes());
    }

    private String refusedBecause(String server) {
        return String.valueOf(
                assertThrows(IOException.class, () -> begun(server, LOGIN)).getMessage());
    }

    @Test
    void saysToDovecot23WhatDovecotSays() throws IOException {
        String dsync = heard(Recorded.text("/doveadm/13a-tcp-23-to-23.server.raw"));
        String said = latin(told.toByteArray());
        assertTrue(Recorded.text("/doveadm/13a-tcp-23-to-23.client.raw").startsWith(said), said);
        assertTrue(dsync.startsWith("VERSION\tdsync\t3\t5\nH"), dsync);
        assertTrue(dsync.endsWith("\nF\nX\n"), dsync);
        assertEquals(List.of(), log);
    }

    @Test
    void hearsDsyncBehindThePacketsOfDovecot24() throws IOException {
        String dsync = heard(Recorded.text("/doveadm/14a-tcp-24-to-24.server.raw"));
        assertEquals(Recorded.text("/dsync/14a-tcp-24-to-24.slave.raw"), dsync);
    }

    @Test
    void hearsDsyncWithoutPacketsFromOldServers() throws IOException {
        assertEquals("VERSION\tdsync", heard("-\n+\n\n+\nVERSION\tdsync"));
        assertEquals("x", heard("-\nVERSION\tdoveadm-client\t1\t0\n+\n\n+\nx"));
    }

    @Test
    void needsNoLoginWhereItIsTrusted() throws IOException {
        Link link = begun("VERSION\tdoveadm-client\t1\t3\n+\n\0\0\0\0\4\n+\nx", null);
        assertEquals("x", latin(link.input().readAllBytes()));
        assertEquals("VERSION\tdoveadm-server\t1\t2\n\tann\tdsync-server\t-uann\n", latin(told.toByteArray()));
    }

    @Test
    void tellsAWrongPassword() {
        RefusedException refused = assertThrows(
                RefusedException.class,
                () -> begun(Recorded.text("/doveadm/13b-tcp-bad-password.server.raw"), new Login("doveadm", "wrong")));
        assertEquals(Recorded.text("/doveadm/13b-tcp-bad-password.client.raw"), latin(told.toByteArray()));
        assertEquals(Refusal.LOGIN, refused.refusal());
        assertTrue(String.valueOf(refused.getMessage()).contains("doveadm_password"));
        assertTrue(!String.valueOf(refused.getMessage()).contains("wrong"));
    }

    @Test
    void tellsThatAPasswordIsNeeded() {
        RefusedException refused = assertThrows(RefusedException.class, () -> begun(GREETING, null));
        assertEquals(Refusal.LOGIN, refused.refusal());
        assertTrue(String.valueOf(refused.getMessage()).contains("demands a password"));
    }

    @Test
    void tellsAnUnknownUserAndWhatTheServerLoggedAboutIt() {
        RefusedException refused = assertThrows(
                RefusedException.class,
                () -> begun(Recorded.text("/doveadm/14b-tcp-24-no-such-user.server.raw"), LOGIN));
        assertEquals(Refusal.NOUSER, refused.refusal());
        assertEquals(List.of("ERROR doveadm(127.0.0.1,nosuch): cmd dsync-server: User doesn't exist"), log);
    }

    @ParameterizedTest
    @CsvSource({
        "NOUSER, NOUSER, 67",
        "NOPERM, NOPERM, 77",
        "TEMPFAIL, TEMPFAIL, 75",
        "USAGE, USAGE, 64",
        "DATAERR, DATAERR, 65",
        "NOTFOUND, NOTFOUND, 68",
        "PROTOCOL, PROTOCOL, 76",
        "'', UNNAMED, 75",
        "NEWREASON, UNNAMED, 75"
    })
    void endsWithTheStatusOfTheRefusal(String word, Refusal meant, int status) {
        RefusedException refused =
                assertThrows(RefusedException.class, () -> begun(GREETING + "+\n\n-" + word + "\n", LOGIN));
        assertEquals(meant, refused.refusal());
        assertEquals(status, refused.refusal().exitStatus());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* OK [CAPABILITY IMAP4rev1] ready.     | speaks IMAP",
                "+OK ready.                             | speaks POP3",
                "HTTP/1.1 400 Bad Request               | speaks HTTP",
                "220 mx.example ESMTP                   | says '220 mx.example ESMTP'",
                "VERSION\tdoveadm-client\t2\t0          | version 2",
                "VERSION\tauth\t1\t0                    | no version of doveadm-client",
                "VERSION\tdoveadm-client\t1\t99999      | no version number",
            })
    void tellsWhatListensThereInstead(String line, String part) {
        String message = refusedBecause(line.replace("\\t", "\t") + "\n");
        assertTrue(message.contains(part), message);
    }

    @Test
    void tellsThatTheServerSpeaksTls() {
        assertTrue(refusedBecause("\25\3\1\0\2\2\106").contains("use tcps:"));
        assertTrue(refusedBecause("").contains("tcps:"));
    }

    @Test
    void doesNotShowControlCharactersOfTheServer() {
        assertTrue(refusedBecause("\33[2Jhello\n").contains("?[2Jhello"));
    }

    @Test
    void takesNoEndlessLines() {
        assertTrue(refusedBecause("x".repeat(DoveadmLimits.ANSWER_LINE_MAX + 1)).contains("longer than"));
    }

    @Test
    void saysWhatFailedWhereverTheServerEnds() throws IOException {
        String whole = Recorded.text("/doveadm/13a-tcp-23-to-23.server.raw");
        int begins = whole.indexOf("\n+\nVERSION") + 3;
        for (int i = 0; i < begins; i++) {
            String message = refusedBecause(whole.substring(0, i));
            assertTrue(message.contains("server.example"), i + ": " + message);
        }
        assertEquals("server.example", begun(whole.substring(0, begins), LOGIN).name());
    }

    @Test
    void makesAnErrorOfGarbage() {
        for (long seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder server = new StringBuilder(random.nextBoolean() ? GREETING + "+\n" : "");
            for (int i = random.nextInt(60); i > 0; i--) {
                server.append(
                        (char) (random.nextBoolean() ? random.nextInt(256) : "\n+-\0\tL".charAt(random.nextInt(6))));
            }
            try {
                latin(begun(server.toString(), LOGIN).input().readAllBytes());
            } catch (IOException e) {
                assertTrue(e.getMessage() != null, "seed " + seed);
            }
        }
    }

    @Test
    void takesLogLinesOutOfTheStreamWhereverPacketsEnd() throws IOException {
        String server = GREETING + "+\n" + "\0\0\0\0\4\n+\na" + "L\0\0\0\5\3war" + "n" + "L\0\0\0\6ing\n\4e"
                + "\0\0\0\0\0" + "\0\0\0\0\2bc" + "L\0\0\0\3rr\n" + "Q\0\0\0\3???" + "\0\0\0\0\1d";
        assertEquals("abcd", heard(server));
        assertEquals(List.of("WARNING warning", "ERROR err"), log);
    }

    @Test
    void keepsNoMoreThanALineOfTheLog() throws IOException {
        int length = 100_000;
        String server =
                GREETING + "+\n" + "\0\0\0\0\3\n+\n" + "L\0" + (char) (length >> 16) + (char) (length >> 8 & 255)
                        + (char) (length & 255) + "\2" + "x".repeat(length - 2) + "\n" + "\0\0\0\0\1d";
        assertEquals("d", heard(server));
        assertEquals(1, log.size());
        assertEquals(
                "INFO ".length() + DoveadmLimits.LOG_LINE_MAX - 1, log.get(0).length());
    }
}
