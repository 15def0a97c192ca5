package dev.twinbox.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A POP3 session over the pipes of a pre-authenticated {@code pop3} process of a real Dovecot, which does not greet. */
final class Pop3Session implements AutoCloseable {
    private final Process process;
    private final InputStream in;
    private final OutputStream out;

    Pop3Session(Process process) {
        this.process = process;
        this.in = new BufferedInputStream(process.getInputStream());
        this.out = process.getOutputStream();
    }

    /** Sends a command that is answered with one line, and returns it with its end. */
    byte[] line(String command) {
        return answer(command).toByteArray();
    }

    /** Sends a command that is answered with lines up to one with a dot, and returns them all as they are. */
    byte[] lines(String command) {
        ByteArrayOutputStream answer = answer(command);
        byte[] line;
        do {
            line = line();
            answer.writeBytes(line);
        } while (!new String(line, StandardCharsets.US_ASCII).equals(".\r\n"));
        return answer.toByteArray();
    }

    private ByteArrayOutputStream answer(String command) {
        try {
            out.write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(must(command, line()));
        return answer;
    }

    private static byte[] must(String command, byte[] line) {
        String text = new String(line, StandardCharsets.UTF_8);
        if (!text.startsWith("+OK")) {
            throw new AssertionError(command + " -> " + text);
        }
        return line;
    }

    private byte[] line() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            int b;
            do {
                b = in.read();
                if (b < 0) {
                    throw new EOFException("pop3 ended: "
                            + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
                }
                line.write(b);
            } while (b != '\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toByteArray();
    }

    @Override
    public void close() {
        try {
            line("QUIT");
            out.close();
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
