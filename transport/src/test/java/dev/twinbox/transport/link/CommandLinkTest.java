package dev.twinbox.transport.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.transport.dsync.DsyncPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that end as they should, and commands that do not want to. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CommandLinkTest {
    private static final Map<String, String> PATH = Map.of("PATH", "/usr/bin:/bin", "GIVEN", "yes");

    private static CommandLink shell(String script) throws IOException {
        return CommandLink.start(List.of("sh", "-c", script), PATH, 1, 1);
    }

    private static String text(CommandLink link) throws IOException {
        return new String(link.input().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void speaksThroughStandardInputAndOutputAndTellsTheExitStatus() throws IOException {
        CommandLink link = shell("read line; echo \"heard $line, $GIVEN, $HOME.\"; exit 3");
        link.output().write("hello\n".getBytes(StandardCharsets.UTF_8));
        link.output().flush();
        assertEquals("heard hello, yes, .\n", text(link));
        link.close();
        link.close();
        assertEquals(OptionalInt.of(3), link.exitStatus());
        assertEquals("sh", link.name());
    }

    @Test
    void noShellComesBetween() throws IOException {
        CommandLink link = CommandLink.start(List.of("echo", "$HOME;", "a  b"), PATH);
        assertEquals("$HOME; a  b\n", text(link));
        link.close();
        assertEquals(OptionalInt.of(0), link.exitStatus());
    }

    @Test
    void aCommandThatIsNotThereCannotBeStarted() {
        assertThrows(IOException.class, () -> CommandLink.start(List.of("/nowhere/there"), PATH));
    }

    @Test
    void theEndOfItsInputEndsACommand() throws IOException {
        CommandLink link = shell("cat > /dev/null; exit 5");
        link.close();
        assertEquals(OptionalInt.of(5), link.exitStatus());
    }

    @Test
    void aCommandThatDoesNotEndIsKilled() throws IOException {
        CommandLink link = shell("trap '' TERM; exec sleep 1000");
        link.close();
        assertEquals(OptionalInt.of(128 + 9), link.exitStatus());
    }

    /**
     * The first ends by SIGTERM, the second does not care; the others leave the pipe to what they have started by the time they
     * speak: what is started later, by a command that is being ended, nobody would find.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo begun; exec sleep 1000",
                "trap '' TERM; echo begun; exec sleep 1000",
                "sleep 1000 & echo begun; wait",
                "trap '' TERM; sleep 1000 & echo begun; wait"
            })
    void whoeverReadsIsWokenByAnAbort(String script) throws Exception {
        CommandLink link = shell(script);
        for (int c = link.input().read(); c != '\n'; c = link.input().read()) {
            assertTrue(c >= 0);
        }
        link.abort();
        assertEquals(-1, link.input().read());
        link.abort();
        link.close();
        assertEquals(OptionalInt.empty(), link.exitStatus());
    }

    @Test
    void whoeverWritesIsWokenByAnAbort() throws Exception {
        CommandLink link = shell("trap '' TERM; echo begun; exec sleep 1000");
        for (int c = link.input().read(); c != '\n'; c = link.input().read()) {
            assertTrue(c >= 0);
        }
        Thread writer = new Thread(() -> assertThrows(IOException.class, () -> {
            while (true) {
                link.output().write(new byte[1 << 16]);
            }
        }));
        writer.setDaemon(true);
        writer.start();
        link.abort();
        writer.join();
        link.close();
        assertEquals(OptionalInt.empty(), link.exitStatus());
    }

    @Test
    void aRunWithACommandThatSaysNothingAndIgnoresSignalsEnds() throws Exception {
        CommandLink link = shell("trap '' TERM; exec sleep 1000");
        DsyncPeer peer = new DsyncPeer(Role.INITIATOR, link, 1);
        peer.send(Handshake.twoWay("alpha", Handshake.SyncType.FULL));
        PeerException e = assertThrows(PeerException.class, peer::receive);
        assertTrue(String.valueOf(e.getMessage()).contains("no activity for 1 seconds"), e.getMessage());
        peer.close();
        assertFalse(link.exitStatus().isPresent());
    }
}
