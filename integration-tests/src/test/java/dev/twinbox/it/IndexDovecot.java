package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A real Dovecot without a daemon: doveadm and the IMAP process alone, on one account. Every complaint is a failure. */
final class IndexDovecot {
    private static final String USER = "u";
    private static final String NOBODY = "65534";

    private final Path root;
    private final Path config;
    private final Path log;
    private final Path home;
    private final boolean asRoot;

    IndexDovecot(Path root, String location, String extra) throws Exception {
        this.root = root;
        this.config = root.resolve("dovecot.conf");
        this.log = root.resolve("dovecot.log");
        this.home = root.resolve("home");
        Files.createDirectories(home);
        Files.createDirectories(root.resolve("run"));
        String uid = run(List.of("id", "-u"), "").strip();
        // Dovecot refuses to open mail as root.
        asRoot = uid.equals("0");
        String user = asRoot ? NOBODY : uid;
        String group = asRoot ? NOBODY : run(List.of("id", "-g"), "").strip();
        Files.writeString(
                config,
                String.join(
                        "\n",
                        "protocols =",
                        "mail_location = " + location,
                        "mail_home = " + home,
                        "mail_uid = " + user,
                        "mail_gid = " + group,
                        "first_valid_uid = 0",
                        "ssl = no",
                        "log_path = " + log,
                        "base_dir = " + root.resolve("run"),
                        "state_dir = " + root.resolve("run"),
                        "stats_writer_socket_path =",
                        extra,
                        "namespace inbox {\n  inbox = yes\n  separator = /\n}\n"));
        Files.writeString(log, "");
        giveAway();
    }

    static boolean isInstalled() {
        return Files.isExecutable(Path.of("/usr/bin/doveadm")) && Files.isExecutable(Path.of("/usr/lib/dovecot/imap"));
    }

    Path home() {
        return home;
    }

    /** Makes all files the server's own, after we wrote some. */
    void giveAway() throws Exception {
        if (asRoot) {
            run(List.of("chown", "-R", NOBODY + ":" + NOBODY, root.toString()), "");
        }
    }

    /** Runs doveadm, which must be silent but for its answer. */
    String doveadm(String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("/usr/bin/doveadm", "-c", config.toString()));
        command.addAll(List.of(arguments));
        return run(command, input);
    }

    /** Has an account of sdbox or mdbox repaired; what that says of itself is no complaint. */
    void resync(String mailbox) throws Exception {
        run(
                List.of("/usr/bin/doveadm", "-c", config.toString(), "force-resync", mailbox),
                "",
                line -> line.contains("fscking index file") || line.contains("rebuilding indexes"));
        Files.writeString(log, "");
    }

    void save(String mailbox, String subject) throws Exception {
        doveadm("From: a@example.org\nSubject: " + subject + "\n\nbody\n", "save", "-m", mailbox);
    }

    /** Runs IMAP commands in one session; the log must not have more than its ordinary last line. */
    String imap(String commands) throws Exception {
        String answer = run(List.of("/usr/lib/dovecot/imap", "-c", config.toString()), commands);
        Files.writeString(log, "");
        return answer;
    }

    /** Rows of a tab-separated answer by their first column, heading left out. */
    Map<Long, String[]> rows(String mailbox, String fields) throws Exception {
        Map<Long, String[]> rows = new TreeMap<>();
        String answer = doveadm("", "-f", "tab", "fetch", fields, "mailbox", mailbox);
        String[] lines = answer.split("\n", -1);
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            if (!line.isEmpty()) {
                String[] row = line.split("\t", -1);
                rows.put(Long.parseLong(row[0]), row);
            }
        }
        return rows;
    }

    Map<String, Long> status(String mailbox) throws Exception {
        Map<String, Long> values = new TreeMap<>();
        String answer =
                doveadm("", "mailbox", "status", "messages recent uidnext uidvalidity unseen highestmodseq", mailbox);
        for (String part : answer.strip().split(" ", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                values.put(part.substring(0, equals), Long.parseLong(part.substring(equals + 1)));
            }
        }
        return values;
    }

    long number(String mailbox, String field) throws Exception {
        return Objects.requireNonNull(status(mailbox).get(field), field);
    }

    /** An IMAP session that stays open. Complaints of the server are part of its answers. */
    Live open() throws IOException {
        ProcessBuilder builder = new ProcessBuilder("/usr/lib/dovecot/imap", "-c", config.toString());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("USER", USER);
        builder.redirectErrorStream(true);
        return new Live(builder.start());
    }

    /** See {@link #open}. */
    static final class Live implements AutoCloseable {
        private final Process process;
        private final BufferedReader answers;

        Live(Process process) {
            this.process = process;
            this.answers = process.inputReader(StandardCharsets.UTF_8);
        }

        /** All lines up to the end of the command, or of the session. */
        String command(String text) throws IOException {
            try {
                process.getOutputStream().write(("t " + text + "\r\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
            } catch (IOException e) {
                return "";
            }
            StringBuilder all = new StringBuilder();
            String line = answers.readLine();
            while (line != null) {
                all.append(line).append('\n');
                line = line.startsWith("t ") ? null : answers.readLine();
            }
            return all.toString();
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    private String run(List<String> command, String input) throws IOException, InterruptedException {
        return run(command, input, line -> false);
    }

    private String run(List<String> command, String input, Predicate<String> harmless)
            throws IOException, InterruptedException {
        Path errors = Files.createTempFile("twinbox", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("HOME", home.toString());
            builder.environment().put("USER", USER);
            builder.redirectError(errors.toFile());
            Process process = builder.start();
            try (var out = process.getOutputStream()) {
                out.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            String said = Files.readString(errors)
                    .lines()
                    .filter(line -> !line.contains("Info: Disconnected: Logged out") && !harmless.test(line))
                    .reduce("", (a, b) -> a + b + "\n");
            if (Files.exists(log)) {
                said += Files.readString(log)
                        .lines()
                        .filter(line -> !line.contains("Info: Disconnected: Logged out") && !harmless.test(line))
                        .reduce("", (a, b) -> a + b + "\n");
            }
            assertEquals("", said, () -> "complaints of " + command);
            assertEquals(0, code, () -> "exit code of " + command);
            return answer;
        } finally {
            Files.delete(errors);
        }
    }
}
