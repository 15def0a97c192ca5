package dev.twinbox.transport.doveadm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.transport.net.ChannelLink;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PacketOutputTest {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    /** Puts an empty packet behind everything that is written at once, as the event loop may do. */
    private final OutputStream prompting = new OutputStream() {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            assertTrue(length <= ChannelLink.PIECE, () -> length + " bytes are no piece");
            sent.write(bytes, offset, length);
            sent.write(PacketOutput.empty());
        }
    };

    @Test
    void emptyPacketsComeBetweenItsOwn() throws IOException {
        byte[] all = new byte[300_000];
        new SplittableRandom(5).nextBytes(all);
        PacketOutput packets = new PacketOutput(prompting);
        packets.write(all, 0, 1);
        packets.write(all, 1, 200_000);
        packets.log(RemoteLog.Severity.WARNING, "x".repeat(10_000));
        packets.write(all, 200_001, all.length - 200_001);
        ServerOutput heard = new ServerOutput(new ByteArrayInputStream(sent.toByteArray()), (severity, text) -> {});
        assertArrayEquals(all, heard.readAllBytes());
    }
}
