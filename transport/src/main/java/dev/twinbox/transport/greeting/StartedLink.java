package dev.twinbox.transport.greeting;

import dev.twinbox.transport.link.Link;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;

/** A link of which something was read already, that comes again. */
final class StartedLink implements Link {
    private final Link link;
    private final InputStream input;

    StartedLink(Link link, byte[] read) {
        this.link = link;
        this.input =
                read.length == 0 ? link.input() : new SequenceInputStream(new ByteArrayInputStream(read), link.input());
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return link.output();
    }

    @Override
    public String name() {
        return link.name();
    }

    @Override
    public void abort() {
        link.abort();
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
