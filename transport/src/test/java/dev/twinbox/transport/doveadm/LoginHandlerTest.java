package dev.twinbox.transport.doveadm;

import static dev.twinbox.transport.doveadm.Recorded.LOGIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.tls.Fingerprint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server makes of its clients before their command, without a network. */
class LoginHandlerTest {
    private static final String VERSION = "VERSION\tdoveadm-server\t1\t2\n";
    private static final String PLAIN = "PLAIN\tAGRvdmVhZG0AbWFkZS11cC1zZWNyZXQ=\n";
    private static final String COMMAND = "\tann\tdsync-server\t-uann\n";
    private static final String GREETING = "VERSION\tdoveadm-client\t1\t3\n-\n";

    private final FailureDelays delays = new FailureDelays(() -> 0);
    private final List<String> problems = new ArrayList<>();
    private final StringBuilder after = new StringBuilder();
    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private @Nullable DoveadmCommand command;
    private boolean wantsLog;
    private EmbeddedChannel channel = channel();

    private EmbeddedChannel channel() {
        command = null;
        after.setLength(0);
        EmbeddedChannel made = new EmbeddedChannel(new LoginHandler(new LoginHandler.Owner() {
            @Override
            public DoveadmServerSettings settings() {
                return DoveadmServerSettings.usual(
                        new Endpoint.Tcp("127.0.0.1", 0), DoveadmServerSettings.Encryption.NONE, null, LOGIN, 1);
            }

            @Override
            public long loginDelay() {
                return delays.of("a");
            }

            @Override
            public void loggedIn(boolean right) {
                if (right) {
                    delays.succeeded("a");
                } else {
                    delays.failed("a");
                }
            }

            @Override
            public void admit(ChannelHandlerContext context, Fingerprint shown, LoginHandler.Verdict then) {
                throw new AssertionError("no certificate is shown without TLS");
            }

            @Override
            public void pair(
                    ChannelHandlerContext context,
                    Fingerprint shown,
                    byte[] code,
                    String name,
                    LoginHandler.Verdict then) {
                throw new AssertionError("no certificate is shown without TLS");
            }

            @Override
            public void problem(String text) {
                problems.add(text);
            }

            @Override
            public void command(ChannelHandlerContext context, DoveadmCommand given, int minor, boolean log) {
                command = given;
                wantsLog = log;
                context.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ignored, Object message) {
                        ByteBuf bytes = (ByteBuf) message;
                        after.append(bytes.toString(StandardCharsets.ISO_8859_1));
                        bytes.release();
                    }
                });
            }
        }));
        channels.add(made);
        return made;
    }

    @AfterEach
    void release() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    private void says(String text) {
        channel.writeInbound(Unpooled.wrappedBuffer(Recorded.bytes(text)));
    }

    private void saysByteByByte(String text) {
        text.chars().forEach(c -> says(String.valueOf((char) c)));
    }

    private String hears() {
        StringBuilder heard = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            heard.append(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
        }
        return heard.toString();
    }

    @Test
    void letsDovecot23In() {
        String whole = Recorded.text("/doveadm/13a-tcp-23-to-23.client.raw");
        saysByteByByte(whole);
        assertEquals(GREETING + "+\n", hears());
        assertEquals(DoveadmCommand.dsyncServer("ann"), command);
        assertTrue(wantsLog);
        assertEquals(whole.substring(whole.indexOf("-uann\n") + 6), after.toString());
        assertEquals(List.of(), problems);
    }

    @Test
    void letsDovecot24InThatAsksForTheLog() {
        String whole = Recorded.text("/doveadm/14a-tcp-24-to-24.client.raw");
        says(whole);
        assertEquals(GREETING + "+\n", hears());
        assertEquals(DoveadmCommand.dsyncServer("ann"), command);
        assertTrue(wantsLog);
        assertEquals(whole.substring(whole.indexOf("-uann\n") + 6), after.toString());
    }

    @Test
    void sendsNewClientsNoLogUnasked() {
        says("VERSION\tdoveadm-server\t1\t3\n" + PLAIN + "D\tann\tdsync-server\n");
        assertEquals(new DoveadmCommand("D", "ann", "dsync-server", List.of()), command);
        assertFalse(wantsLog);
    }

    @Test
    void saysNoVersionToTheOldest() {
        says("VERSION\tdoveadm-server\t1\t0\n" + PLAIN + COMMAND);
        assertEquals("-\n+\n", hears());
        assertFalse(wantsLog);
    }

    @Test
    void unescapesTheCommand() {
        says(VERSION + PLAIN + "v\ta\1tb\1nc\tdsync-server\t-f\t-ua\1tb\1nc\n");
        assertEquals(new DoveadmCommand("v", "a\tb\nc", "dsync-server", List.of("-f", "-ua\tb\nc")), command);
    }

    @Test
    void refusesAWrongPasswordWithoutAWordMore() {
        says(Recorded.text("/doveadm/13b-tcp-bad-password.client.raw"));
        assertEquals(GREETING + "-\n", hears());
        assertFalse(channel.isOpen());
        assertEquals(List.of("does not know the password"), problems);
    }

    @Test
    void answersLaterAndLaterAfterWrongPasswords() {
        for (long wait : new long[] {0, 1000, 2000, 4000, 8000, 15_000, 15_000}) {
            channel = channel();
            channel.freezeTime();
            says(VERSION + "PLAIN\tAGRvdmVhZG0Ad3Jvbmc=\n");
            assertEquals(GREETING + (wait == 0 ? "-\n" : ""), hears());
            if (wait > 0) {
                channel.advanceTimeBy(wait - 1, TimeUnit.MILLISECONDS);
                channel.runScheduledPendingTasks();
                assertEquals("", hears(), "after " + wait);
                channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
                channel.runScheduledPendingTasks();
                assertEquals("-\n", hears(), "after " + wait);
            }
        }
        // A right one waits too, and what follows it at once is not lost.
        channel = channel();
        channel.freezeTime();
        says(VERSION + PLAIN + COMMAND + "dsync");
        assertNull(command);
        channel.advanceTimeBy(15, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertEquals(DoveadmCommand.dsyncServer("ann"), command);
        assertEquals("dsync", after.toString());
        assertEquals(0, delays.of("a"));
    }

    @Test
    void cutsOffWhoSaysTooMuchWhileItWaits() {
        delays.failed("a");
        says(VERSION + PLAIN + "x".repeat(100_000));
        assertFalse(channel.isOpen());
        assertEquals(List.of("says too much before the login"), problems);
    }

    @Test
    void cutsOffWhoSaysNothing() {
        channel.freezeTime();
        says(VERSION + PLAIN);
        channel.advanceTimeBy(DoveadmServerSettings.LOGIN_SECONDS, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertFalse(channel.isOpen());
        assertEquals(List.of("no command within 60 seconds"), problems);
    }

    @Test
    void takesLinesUpToTheirLimit() {
        String longUser = "u".repeat(DoveadmLimits.COMMAND_LINE_MAX - "\t\tdsync-server".length());
        says(VERSION + PLAIN);
        saysByteByByte("\t" + longUser + "\tdsync-server\n");
        assertEquals(new DoveadmCommand("", longUser, "dsync-server", List.of()), command);
        channel = channel();
        says(VERSION + PLAIN + "\tx" + longUser + "\tdsync-server\n");
        assertNull(command);
        assertFalse(channel.isOpen());
    }

    @Test
    void looksAtNoCertificateWhereNoneCanBeShown() {
        says(VERSION + "EXTERNAL\n" + PLAIN + COMMAND);
        assertEquals(GREETING + "-UNTRUSTED\tno certificate was shown\n+\n", hears());
        assertEquals(DoveadmCommand.dsyncServer("ann"), command);
        assertEquals(List.of("no certificate was shown"), problems);
        for (String word : List.of("PAIR\tAAAA\tname\n", "EXTERNAL\nEXTERNAL\n")) {
            channel = channel();
            says(VERSION + word);
            assertEquals(GREETING + "-UNTRUSTED\tno certificate was shown\n", hears());
            assertFalse(channel.isOpen(), word);
            assertNull(command);
        }
    }

    @Test
    void cutsOffWhoeverSpeaksSomethingElse() {
        for (String other : List.of(
                "x".repeat(DoveadmLimits.LOGIN_LINE_MAX + 1),
                "GET / HTTP/1.1\n",
                "VERSION\tdoveadm-client\t1\t2\n",
                "VERSION\tdoveadm-server\t2\t0\n",
                "VERSION\tdoveadm-server\t1\tx\n",
                "VERSION\tdoveadm-server\t1\n",
                PLAIN,
                VERSION + COMMAND,
                VERSION + "PLAIN\n",
                VERSION + "PLAIN\t%%%\n",
                VERSION + "PLAIN\t\n",
                VERSION + "EXTERNAL\tx\n",
                VERSION + "PAIR\n",
                VERSION + "PAIR\tAAAA\n",
                "\26\3\1",
                VERSION + "STARTTLS\n" + PLAIN + COMMAND,
                VERSION + PLAIN + "\n",
                VERSION + PLAIN + "\tann\n",
                VERSION + PLAIN + "x\tann\tdsync-server\n",
                VERSION + PLAIN + "1\tann\tdsync-server\n",
                VERSION + PLAIN + "\tann\tdsync-server\t-u\1\n",
                VERSION + PLAIN + "\t\tOPTION\ta\n".repeat(DoveadmLimits.OPTION_LINES_MAX + 1),
                VERSION + PLAIN + "\tann\tdsync-server" + "\ta".repeat(DoveadmLimits.FIELDS_MAX) + "\n")) {
            channel = channel();
            problems.clear();
            delays.succeeded("a");
            says(other);
            assertNull(command, other);
            assertFalse(channel.isOpen(), other);
            assertEquals(1, problems.size(), other);
        }
    }

    @Test
    void beginsNothingForClientsThatGoEarly() {
        String whole = VERSION + PLAIN + COMMAND;
        for (int i = 0; i < whole.length(); i++) {
            channel = channel();
            says(whole.substring(0, i));
            channel.close().syncUninterruptibly();
            assertNull(command);
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void standsGarbageInPiecesOfAnySize() {
        String whole = VERSION + PLAIN + "\t\tOPTION\tlog-passthrough\n" + COMMAND;
        for (long seed = 0; seed < 3000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder text = new StringBuilder(whole);
            for (int i = random.nextInt(4); i >= 0; i--) {
                text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
            }
            channel = channel();
            delays.succeeded("a");
            for (int at = 0; at < text.length() && channel.isOpen(); ) {
                int end = Math.min(text.length(), at + 1 + random.nextInt(20));
                says(text.substring(at, end));
                at = end;
            }
            channel.checkException();
            if (command != null) {
                assertEquals(GREETING + "+\n", hears().replaceFirst("^-", GREETING.strip()), "seed " + seed);
            }
            channel.finishAndReleaseAll();
        }
    }
}
