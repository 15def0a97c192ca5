package dev.twinbox.transport.greeting;

import dev.twinbox.transport.link.ForwardingLink;
import dev.twinbox.transport.link.Link;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;

/** A link of which something was read already, that comes again. */
final class StartedLink extends ForwardingLink {
    private final InputStream input;

    StartedLink(Link link, byte[] read) {
        super(link);
        this.input =
                read.length == 0 ? link.input() : new SequenceInputStream(new ByteArrayInputStream(read), link.input());
    }

    @Override
    public InputStream input() {
        return input;
    }
}
