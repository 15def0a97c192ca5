package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.link.Link;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A connection on which the command has begun: one of its streams speaks in packets beneath. */
record DoveadmLink(Link connection, InputStream input, OutputStream output) implements Link {
    @Override
    public String name() {
        return connection.name();
    }

    @Override
    public void abort() {
        connection.abort();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
