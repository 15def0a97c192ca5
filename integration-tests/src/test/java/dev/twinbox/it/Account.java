package dev.twinbox.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A mail account in a home of its own, as a real Dovecot sees and uses it. Not thread-safe, but several may be used at once. */
final class Account {
    private static final String ATTRIBUTES = "dovecot-attributes";
    private static final AtomicInteger COPIES = new AtomicInteger();

    private final Sandbox sandbox;
    private final Dovecot dovecot;
    private final Path home;
    private final String location;
    private final Path configuration;
    /** What its copies have, too. */
    private final String kept;

    private final List<String> log = new ArrayList<>();

    private Account(Sandbox sandbox, Dovecot dovecot, Path home, String location) {
        this(sandbox, dovecot, home, location, "", "");
    }

    private Account(Sandbox sandbox, Dovecot dovecot, Path home, String location, String settings, String kept) {
        this.kept = kept;
        this.sandbox = sandbox;
        this.dovecot = dovecot;
        this.home = home;
        this.location = location;
        this.configuration = sandbox.file(
                home.getFileName() + ".conf",
                (dovecot.configuration(home, location) + settings + kept).getBytes(StandardCharsets.UTF_8));
    }

    /** An account whose mail is in {@code ~/Maildir}. The home may exist. */
    static Account maildir(Sandbox sandbox, String name) {
        return at(sandbox, name, "maildir:~/Maildir");
    }

    /** An account with any mail_location below {@code ~}. */
    static Account at(Sandbox sandbox, String name, String location) {
        return new Account(sandbox, sandbox.dovecot(), sandbox.directory(name), location);
    }

    /** The same account with more lines in its server's configuration; they are its copies', too. */
    Account with(String settings) {
        return new Account(sandbox, dovecot, home, location, "", settings);
    }

    /** The server's settings file. */
    Path configuration() {
        return configuration;
    }

    /** An account whose mail is in {@code ~/Maildir}, and whose annotations are in {@link #attributes}. */
    static Account withAttributes(Sandbox sandbox, String name) {
        Dovecot dovecot = sandbox.dovecot();
        Path home = sandbox.directory(name);
        return new Account(
                sandbox, dovecot, home, "maildir:~/Maildir", dovecot.attributesIn(home.resolve(ATTRIBUTES)), "");
    }

    Path attributes() {
        return home.resolve(ATTRIBUTES);
    }

    Path home() {
        return home;
    }

    Path maildir() {
        return home.resolve("Maildir");
    }

    /** The location as another program must spell it. */
    String location() {
        return location.replace("~", home.toString());
    }

    /** The location with {@code ~}, as in a configuration. */
    String relativeLocation() {
        return location;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    /** Runs doveadm on this account; it must end with 0. */
    Ran doveadm(String... arguments) {
        return tryDoveadm(arguments).mustEndWith(0);
    }

    Ran tryDoveadm(String... arguments) {
        return doveadm(new byte[0], arguments);
    }

    /** The same with another name of the user. */
    Ran tryDoveadmAs(String user, String... arguments) {
        Map<String, String> environment = environment();
        environment.put("USER", user);
        Ran ran = Shell.run(sandbox.root(), environment, new byte[0], doveadmCommand(arguments));
        remember(ran.err());
        return ran;
    }

    /** The whole command that runs doveadm on this account as the mail user. */
    List<String> doveadmCommand(String... arguments) {
        return sandbox.asUserCommand(dovecot.doveadmCommand(configuration, Arrays.asList(arguments)));
    }

    /**
     * The words that run doveadm on this account from within a command of the mail user. Its environment is new: a Dovecot that
     * starts another hands it its own settings, and 2.4 prefers those to {@code -c}.
     */
    List<String> nestedDoveadmCommand(String... arguments) {
        List<String> command = new ArrayList<>(List.of("env", "-i"));
        environment().forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(dovecot.doveadmCommand(configuration, Arrays.asList(arguments)));
        return command;
    }

    /** The same with something on its standard input, however it ends. */
    Ran doveadm(byte[] in, String... arguments) {
        List<String> command = doveadmCommand(arguments);
        Ran ran = Shell.run(sandbox.root(), environment(), in, command);
        remember(ran.err());
        return ran;
    }

    /** Delivers a mail. */
    void save(String mailbox, byte[] mail) {
        doveadm(mail, "save", "-m", mailbox).mustEndWith(0);
    }

    void save(String mailbox, String subject) {
        save(mailbox, Mails.simple(subject));
    }

    /** Opens an IMAP session that is already logged in. */
    ImapSession imap() {
        try {
            Process process = Shell.start(
                    sandbox.root(), environment(), sandbox.asUserCommand(dovecot.imapCommand(configuration)));
            return new ImapSession(process, this::remember);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens a POP3 session that is already logged in. */
    Pop3Session pop3() {
        try {
            Process process = Shell.start(
                    sandbox.root(), environment(), sandbox.asUserCommand(dovecot.pop3Command(configuration)));
            return new Pop3Session(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> environment() {
        Map<String, String> environment = sandbox.environment();
        environment.put("HOME", home.toString());
        environment.put("USER", "user");
        return environment;
    }

    private synchronized void remember(String lines) {
        for (String line : lines.split("\n")) {
            // "Info: Disconnected: …" is how every IMAP session says goodbye.
            if (!line.isBlank() && !line.contains("Info: Disconnected")) {
                log.add(line);
            }
        }
    }

    /** What Dovecot has logged about this account. */
    synchronized List<String> log() {
        return List.copyOf(log);
    }

    /** Asserts that Dovecot had nothing to complain about or to repair. */
    Account mustBeSilent() {
        Expect.equal(List.of(), log(), () -> "Dovecot's log of " + home);
        return this;
    }

    /** A copy with all times and modes, so that looking at it disturbs nothing here. */
    Account copy() {
        return copy(home.getFileName() + "-copy" + COPIES.incrementAndGet());
    }

    /** A copy with all times and modes under this name. */
    Account copy(String name) {
        Path target = sandbox.path(name);
        sandbox.asMyself("cp", "-a", home.toString(), target.toString()).mustEndWith(0);
        return new Account(sandbox, dovecot, target, location, "", kept);
    }

    /** What Dovecot sees here, looked at in a copy. */
    AccountView view() {
        Account copy = copy();
        AccountView view = AccountView.take(copy);
        sandbox.asMyself("rm", "-rf", copy.home.toString(), copy.configuration.toString());
        return view;
    }
}
