package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CertOptions;
import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.config.Paths;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.transport.tls.SelfSigned;
import dev.twinbox.transport.tls.TlsConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.time.Instant;

/** {@code cert}: makes a key and a certificate for {@code serve} and prints the fingerprint that clients pin. */
final class CertCommand {
    private CertCommand() {}

    /** Runs it; returns the exit code. */
    static int run(Context context, CommandLine line) throws Refusal {
        CertOptions options = CertOptions.parse(line.words());
        if (options.help()) {
            return Help.print(context.output(), "cert");
        }
        try {
            SelfSigned made = SelfSigned.make(
                    options.names(),
                    Instant.ofEpochMilli(context.clock().epochMillis()),
                    Duration.ofDays(options.days()));
            write(context, options.key(), made.keyPem());
            write(context, options.certificate(), made.certificatePem());
            context.output().line(made.fingerprint().text());
            return ExitCode.OK;
        } catch (TlsConfigException e) {
            throw Refusal.usage("cert: " + e.getMessage());
        }
    }

    /** A key that somebody may use is never written over. */
    private static void write(Context context, String name, String pem) throws Refusal {
        Disk disk = context.disk();
        try {
            DiskPath path = Paths.absolute(name, context.cwd(), disk);
            try (DiskFile file = disk.create(path, Disk.FILE_MODE)) {
                file.append(ByteBuffer.wrap(pem.getBytes(StandardCharsets.UTF_8)));
                file.sync();
            }
        } catch (FileAlreadyExistsException e) {
            throw Refusal.temporary("cert: " + name + " is there already: give another name, or move it away");
        } catch (IOException | IllegalArgumentException e) {
            throw Refusal.temporary("cert: cannot write " + name + ": " + e.getMessage());
        }
    }
}
