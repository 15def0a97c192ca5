package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.dsync.Tabs;
import dev.twinbox.transport.link.Link;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A command that a server runs for us. For one thread, but any may abort. */
public final class RunningCommand implements AutoCloseable {
    private static final int BUFFER = 8192;
    private static final int DELETE = 0x7F;

    private final Link link;
    private final InputStream server;
    private final byte[] piece = new byte[BUFFER];
    private int at;
    private int end;

    RunningCommand(Link link, InputStream server) {
        this.link = link;
        this.server = server;
    }

    /**
     * Waits for the end.
     *
     * @param output gets what the command prints, each value as a line; control characters but line ends and TAB are
     *     replaced, since it may be a terminal. Is not flushed
     * @return the exit code
     * @throws IOException if the connection breaks, or the server says something else
     */
    public int finish(OutputStream output) throws IOException {
        boolean inValue = false;
        for (int b = next(); b != '\n'; b = next()) {
            inValue = b != '\t';
            output.write(shown(inValue ? meant(b) : '\n'));
        }
        if (inValue) {
            output.write('\n');
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = next(); b != '\n'; b = next()) {
            if (line.size() == DoveadmLimits.ANSWER_LINE_MAX) {
                throw broken("a line is longer than " + DoveadmLimits.ANSWER_LINE_MAX + " bytes");
            }
            line.write(b);
        }
        String status = line.toString(StandardCharsets.UTF_8);
        try {
            return CommandStatus.exitStatus(status);
        } catch (IllegalArgumentException e) {
            throw broken("it ends with '" + LogLines.clean(status) + "': " + e.getMessage());
        }
    }

    private int meant(int b) throws IOException {
        return b == Tabs.ESCAPE ? Tabs.meaning((char) next()) : b;
    }

    private static int shown(int b) {
        boolean control = b >= 0 && b < ' ' || b == DELETE;
        return control && b != '\n' && b != '\t' ? '?' : b;
    }

    private int next() throws IOException {
        if (at == end) {
            try {
                end = server.read(piece);
            } catch (IOException e) {
                throw new IOException("speaking with " + link.name() + " failed: " + e.getMessage(), e);
            }
            at = 0;
            if (end < 0) {
                end = 0;
                throw broken("it closed the connection before the command's end");
            }
        }
        return piece[at++] & 0xFF;
    }

    private IOException broken(String why) {
        return new IOException("speaking with " + link.name() + " failed: " + why);
    }

    /** Cuts the connection, which ends the command at the server. Any thread; never blocks. */
    public void abort() {
        link.abort();
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
