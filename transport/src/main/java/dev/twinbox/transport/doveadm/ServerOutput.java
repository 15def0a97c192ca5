package dev.twinbox.transport.doveadm;

import dev.twinbox.protocol.dialogue.PieceStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a server says after the login, without packets: the output of the command and then dsync. Log lines between go to
 * the log. Whether there are packets is told by the first byte: the output of a command begins with a line end or text,
 * packets with channel 0 or the log's.
 *
 * <p>For one reading thread.
 */
final class ServerOutput extends PieceStream {
    static final int CHANNEL_OUTPUT = 0;
    static final int CHANNEL_LOG = 'L';
    private static final int LENGTH_BYTES = 4;
    private static final int SKIP_PIECE = 1024;

    private final InputStream raw;
    private final LogLines log;
    private boolean begun;
    private boolean packets;
    private int pushedBack = -1;
    private int channel;
    private long left;

    ServerOutput(InputStream raw, RemoteLog log) {
        this.raw = raw;
        this.log = new LogLines(log);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!begun && !begin()) {
            return -1;
        }
        if (!packets) {
            return readRaw(bytes, offset, length);
        }
        while (left == 0 || channel != CHANNEL_OUTPUT) {
            if (left > 0) {
                aside();
            } else if (!nextPacket()) {
                return -1;
            }
        }
        int n = readRaw(bytes, offset, (int) Math.min(left, length));
        if (n < 0) {
            throw new EOFException("the connection ended in the middle of a packet");
        }
        left -= n;
        return n;
    }

    private boolean begin() throws IOException {
        int first = raw.read();
        if (first < 0) {
            return false;
        }
        begun = true;
        packets = first == CHANNEL_OUTPUT || first == CHANNEL_LOG;
        pushedBack = first;
        return true;
    }

    private int readRaw(byte[] bytes, int offset, int length) throws IOException {
        if (pushedBack >= 0) {
            bytes[offset] = (byte) pushedBack;
            pushedBack = -1;
            return 1;
        }
        return raw.read(bytes, offset, length);
    }

    private boolean nextPacket() throws IOException {
        byte[] one = new byte[1];
        if (readRaw(one, 0, 1) < 0) {
            return false;
        }
        channel = one[0] & 0xFF;
        byte[] length = raw.readNBytes(LENGTH_BYTES);
        if (length.length < LENGTH_BYTES) {
            throw new EOFException("the connection ended in the middle of a packet");
        }
        left = 0;
        for (byte b : length) {
            left = left << 8 | b & 0xFF;
        }
        return true;
    }

    /** Takes a piece of what is not output. */
    private void aside() throws IOException {
        byte[] piece = new byte[(int) Math.min(left, SKIP_PIECE)];
        int n = raw.read(piece);
        if (n < 0) {
            throw new EOFException("the connection ended in the middle of a packet");
        }
        left -= n;
        if (channel == CHANNEL_LOG) {
            log.take(piece, n);
        }
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
