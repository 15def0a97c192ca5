package dev.twinbox.transport.link;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A way to the other end for bytes: a pipe, a command, a connection. One thread may read while another writes. Neither
 * stream buffers for long: what is written is on its way when {@link OutputStream#flush} returns.
 */
public interface Link extends Closeable {
    /** What the other end says. Ends when the other end closes. */
    InputStream input();

    /** What is said to the other end. */
    OutputStream output();

    /** The other end, for messages: a host, a command. No secrets. */
    String name();

    /** Cuts both ways at once; whoever reads or writes fails or comes to the end. Any thread may do it. Never blocks. */
    void abort();

    /** Ends our way in good order and lets go of everything. Harmless after the end. */
    @Override
    void close() throws IOException;
}
