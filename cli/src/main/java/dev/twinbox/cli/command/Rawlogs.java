package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.config.Paths;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.link.RawlogLink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** {@code -r}: writes all that is said with the other end down, at the end of a file that only its owner can read. */
final class Rawlogs {
    private Rawlogs() {}

    /** The link, logged if that is asked for. */
    static Link on(Context context, CommandOptions options, Link link) throws Refusal {
        String name = options.rawlog();
        if (name == null) {
            return link;
        }
        try {
            DiskPath path = Paths.absolute(name, context.cwd(), context.disk());
            DiskFile file = context.disk().openWrite(path, true);
            return new RawlogLink(
                    link, new Appending(file), () -> context.clock().epochMillis());
        } catch (IOException | IllegalArgumentException e) {
            link.abort();
            throw Refusal.temporary("-r " + name + ": " + e.getMessage());
        }
    }

    /** The end of a file as a stream. */
    private static final class Appending extends OutputStream {
        private final DiskFile file;

        Appending(DiskFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            file.append(ByteBuffer.wrap(bytes, offset, length));
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
