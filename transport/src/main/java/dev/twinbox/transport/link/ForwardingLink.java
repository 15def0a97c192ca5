package dev.twinbox.transport.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Another link, but for what a subclass does otherwise. */
public abstract class ForwardingLink implements Link {
    private final Link link;

    /** All calls go to it. */
    protected ForwardingLink(Link link) {
        this.link = link;
    }

    /** The link beneath. */
    public final Link link() {
        return link;
    }

    @Override
    public InputStream input() {
        return link.input();
    }

    @Override
    public OutputStream output() {
        return link.output();
    }

    @Override
    public final String name() {
        return link.name();
    }

    @Override
    public final void abort() {
        link.abort();
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
