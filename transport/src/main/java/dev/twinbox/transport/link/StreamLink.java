package dev.twinbox.transport.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A link over two streams at hand, such as standard input and output. That {@link #abort} ends a run depends on them: closing one
 * must wake up whoever reads or writes it, and must not wait for him, as it does with a {@link java.io.PrintStream} or a {@link
 * java.io.BufferedOutputStream}, whose lock a blocked writer holds. The streams of NIO channels are such.
 */
public final class StreamLink implements Link {
    private final String name;
    private final InputStream input;
    private final OutputStream output;

    /**
     * @param name of the other end, for messages
     */
    public StreamLink(String name, InputStream input, OutputStream output) {
        this.name = name;
        this.input = input;
        this.output = output;
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void abort() {
        quietly(input);
        quietly(output);
    }

    private static void quietly(java.io.Closeable stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // it was cut: nobody is to hear of it
        }
    }

    @Override
    public void close() throws IOException {
        try (input;
                output) {
            output.flush();
        }
    }
}
