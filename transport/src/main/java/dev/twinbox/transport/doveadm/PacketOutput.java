package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.net.ChannelLink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** What a server says after the login, in packets. Safe for use by several threads: log lines come between. */
final class PacketOutput extends OutputStream {
    private static final int HEADER = 5;

    /** A packet is one piece of what the connection sends, so that the event loop may send an empty one at any time. */
    private static final int PIECE = ChannelLink.PIECE - HEADER;

    private final OutputStream raw;

    PacketOutput(OutputStream raw) {
        this.raw = raw;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int at = 0; at < length; at += PIECE) {
            packet(ServerOutput.CHANNEL_OUTPUT, bytes, offset + at, Math.min(PIECE, length - at));
        }
    }

    private synchronized void packet(int channel, byte[] bytes, int offset, int length) throws IOException {
        byte[] packet = new byte[HEADER + length];
        packet[0] = (byte) channel;
        for (int i = 1; i < HEADER; i++) {
            packet[i] = (byte) (length >>> Byte.SIZE * (HEADER - 1 - i));
        }
        System.arraycopy(bytes, offset, packet, HEADER, length);
        raw.write(packet);
    }

    /** A packet that says nothing. */
    static byte[] empty() {
        return new byte[HEADER];
    }

    /** Sends a log line. One that is too long loses its end. */
    void log(RemoteLog.Severity severity, String text) throws IOException {
        byte[] bytes = (" " + LogLines.clean(text) + "\n").getBytes(StandardCharsets.UTF_8);
        bytes[0] = severity.code();
        int length = Math.min(bytes.length, DoveadmLimits.LOG_LINE_MAX);
        bytes[length - 1] = '\n';
        packet(ServerOutput.CHANNEL_LOG, bytes, 0, length);
    }

    @Override
    public void flush() throws IOException {
        raw.flush();
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
