package dev.twinbox.it;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IMAP session over the pipes of a pre-authenticated {@code imap} process: much faster than one doveadm per change, and
 * the way real clients change a mailbox. Speaks just enough IMAP for changes, and for looking at all that a client can see.
 */
final class ImapSession implements AutoCloseable {
    private static final int COMPLAINT_BYTES_MAX = 100_000;

    /** The end of a line after which this many bytes follow, and then the rest of the answer. */
    private static final Pattern LITERAL = Pattern.compile("\\{(\\d+)\\}$");

    private final Process process;
    private final InputStream in;
    private final OutputStream out;
    private final Consumer<String> log;
    private int tag;

    ImapSession(Process process, Consumer<String> log) {
        this.process = process;
        this.in = new BufferedInputStream(process.getInputStream());
        this.out = new BufferedOutputStream(process.getOutputStream());
        this.log = log;
        line();
    }

    /** Sends a command and returns all its response lines; the last is the tagged one, and must say OK. */
    List<String> must(String command) {
        List<String> lines = send(command);
        String last = lines.get(lines.size() - 1);
        if (!last.startsWith("OK")) {
            throw new AssertionError(command + " -> " + last);
        }
        return lines;
    }

    /** Sends a command and returns all its response lines; the last is the tagged one without its tag. */
    List<String> send(String command) {
        return exchange(command.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a command, which must succeed, and returns the answer byte by byte, but for the tagged line: that tells the time. */
    byte[] dump(String command) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        List<String> lines = exchange(command.getBytes(StandardCharsets.UTF_8), answer);
        String last = lines.get(lines.size() - 1);
        if (!last.startsWith("OK")) {
            throw new AssertionError(command + " -> " + last);
        }
        return answer.toByteArray();
    }

    /** Appends a mail. Flags and date in IMAP's form, such as {@code \Seen $Forwarded} and {@code "06-Jan-2025 …"}. */
    List<String> append(String mailbox, String flags, String date, byte[] mail) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String head = "APPEND \"" + mailbox + "\" (" + flags + ") \"" + date + "\" {" + mail.length + "+}\r\n";
        bytes.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(mail);
        return exchange(bytes.toByteArray());
    }

    /** Selects a mailbox and says how many mails are in it; -1 when it cannot be selected. */
    int select(String mailbox) {
        List<String> lines = send("SELECT \"" + mailbox + "\"");
        if (!lines.get(lines.size() - 1).startsWith("OK")) {
            return -1;
        }
        return lines.stream()
                .filter(line -> line.endsWith(" EXISTS"))
                .mapToInt(line -> Integer.parseInt(line.split(" ")[1]))
                .reduce(0, (first, second) -> second);
    }

    private List<String> exchange(byte[] command) {
        return exchange(command, new ByteArrayOutputStream());
    }

    private List<String> exchange(byte[] command, ByteArrayOutputStream answer) {
        String name = "t" + ++tag;
        try {
            out.write((name + " ").getBytes(StandardCharsets.US_ASCII));
            out.write(command);
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("imap ended: " + complaints(), e);
        }
        List<String> lines = new ArrayList<>();
        while (true) {
            String line = line();
            if (line.startsWith(name + " ")) {
                lines.add(line.substring(name.length() + 1));
                return lines;
            }
            lines.add(line);
            answer.writeBytes((line + "\r\n").getBytes(StandardCharsets.UTF_8));
            Matcher literal = LITERAL.matcher(line);
            if (literal.find()) {
                answer.writeBytes(bytes(Integer.parseInt(literal.group(1))));
            }
        }
    }

    private byte[] bytes(int count) {
        try {
            byte[] bytes = in.readNBytes(count);
            if (bytes.length < count) {
                throw new EOFException("imap ended: " + complaints());
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String line() {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new EOFException("imap ended: " + complaints());
                }
                if (b != '\r') {
                    bytes.write(b);
                }
            }
            return bytes.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String complaints() {
        try {
            return new String(process.getErrorStream().readNBytes(COMPLAINT_BYTES_MAX), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        try {
            send("LOGOUT");
        } catch (UncheckedIOException e) {
            // It has ended before; its log says why.
        }
        try {
            out.close();
            log.accept(complaints());
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
