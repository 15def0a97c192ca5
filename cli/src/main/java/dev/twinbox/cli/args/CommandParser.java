package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.session.DeleteLimit;
import dev.twinbox.engine.session.MailFilter;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.transport.greeting.Greeting;
import dev.twinbox.transport.twin.Pace;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the options of one command. Used once, by one thread. */
public final class CommandParser {
    private static final long MILLIS = 1000;
    private static final String SERVER = "dsync-server";

    private final String command;
    private final Clock clock;
    private @Nullable String user;
    private boolean noUserLookup;
    private boolean full;
    private boolean reverse;
    private @Nullable String mailbox;
    private @Nullable MailboxGuid mailboxGuid;
    private boolean noMailSync;
    private boolean allNamespaces;
    private final List<String> namespaces = new ArrayList<>();
    private final List<String> excluded = new ArrayList<>();
    private @Nullable String allMailbox;
    private long lockTimeoutSeconds = CommandOptions.NO_LOCK;
    private int timeoutSeconds = CommandOptions.TIMEOUT_DEFAULT_SECONDS;
    private boolean purgeRemote;
    private @Nullable String rawlog;
    private final List<SettingArgument> destinationSettings = new ArrayList<>();
    private long since;
    private long until;
    private long maxSize;
    private @Nullable String flag;
    private @Nullable String from;
    private boolean dryRun;
    private boolean json;
    private ProgressMode progress = ProgressMode.AUTO;
    private DeleteLimit maxDelete = DeleteLimit.DEFAULT;
    private boolean allowDelete;
    private boolean oneWay;
    private @Nullable String state;
    private @Nullable String stateFile;
    private int runsMax = 1;
    private final List<String> remarks = new ArrayList<>();
    private boolean contained;
    private Greeting.Wanted protocol = Greeting.Wanted.EITHER;
    private long bytesPerSecond;
    private long mailsPerSecond;
    private @Nullable String server;
    private boolean help;

    private CommandParser(String command, Clock clock) {
        this.command = command;
        this.clock = clock;
    }

    /** Reads the words after {@code backup}. */
    public static CommandOptions backup(List<String> words, Clock clock) throws Refusal {
        CommandOptions options = new CommandParser("backup", clock).parse(CommandOption.OF_BACKUP, words);
        checkTimes(options.mails());
        if (options.sync().state() != null && options.json()) {
            throw Refusal.usage("backup: -s prints the new state on standard output, and so does --json its result");
        }
        return options;
    }

    /** Reads the words after {@code sync}. */
    public static CommandOptions sync(List<String> words, Clock clock) throws Refusal {
        CommandOptions options = new CommandParser("sync", clock).parse(CommandOption.OF_SYNC, words);
        checkTimes(options.mails());
        SyncChoices choices = options.sync();
        if (choices.state() != null && choices.stateFile() != null) {
            throw Refusal.usage("sync: -s and --state-file both say where the state is kept: give one of them");
        }
        if (choices.state() != null && options.json()) {
            throw Refusal.usage(
                    "sync: -s prints the new state on standard output, and so does --json its result: use --state-file");
        }
        if (choices.oneWay() && options.reverse() && options.from() != null) {
            throw Refusal.usage("sync: --from says what to read and -1 -R what to write: give one of them");
        }
        return options;
    }

    private static void checkTimes(MailFilter mails) throws Refusal {
        if (mails.until() != 0 && mails.since() > mails.until()) {
            throw Refusal.temporary("the time of -t is later than the time of -e");
        }
    }

    /** Reads the words after {@code verify}. */
    public static CommandOptions verify(List<String> words, Clock clock) throws Refusal {
        return new CommandParser("verify", clock).parse(CommandOption.OF_VERIFY, words);
    }

    /** Reads the words after {@code status}. */
    public static CommandOptions status(List<String> words, Clock clock) throws Refusal {
        return new CommandParser("status", clock).parse(CommandOption.OF_STATUS, words);
    }

    /** Reads the words after {@code dsync-server}. */
    public static CommandOptions server(List<String> words, Clock clock) throws Refusal {
        return new CommandParser(SERVER, clock).parse(CommandOption.OF_SERVER, words);
    }

    /**
     * The words after {@code backup} or {@code sync} as another process is told them: each option by its letter if it has one, its
     * argument as a word of its own, without {@code -S}, and {@code --} before the rest.
     *
     * @throws Refusal if the options cannot be understood, or one is about this machine alone
     */
    public static List<String> forServer(String command, List<String> words) throws Refusal {
        List<CommandOption> known = command.equals("sync") ? CommandOption.OF_SYNC : CommandOption.OF_BACKUP;
        List<String> told = new ArrayList<>();
        Getopt<CommandOption> getopt = new Getopt<>(command, known, words, 0);
        while (getopt.next()) {
            CommandOption option = getopt.option();
            switch (option) {
                case SOCKET_PATH, PROGRESS -> {}
                case FROM, STATE_FILE, NO_USERDB_LOOKUP ->
                    throw Refusal.usage(command + ": " + getopt.spelling() + " is about this machine, and with -S "
                            + "another process runs the command, with settings of its own");
                default -> {
                    told.add(
                            option.letter() == OptionSpec.NO_LETTER ? "--" + option.longName() : "-" + option.letter());
                    if (option.takesArgument()) {
                        told.add(getopt.argument());
                    }
                }
            }
        }
        told.add("--");
        told.addAll(words.subList(getopt.index(), words.size()));
        return told;
    }

    private CommandOptions parse(List<CommandOption> options, List<String> words) throws Refusal {
        Getopt<CommandOption> getopt = new Getopt<>(command, options, words, 0);
        while (getopt.next()) {
            take(getopt.option(), getopt.argument(), getopt.spelling());
        }
        return new CommandOptions(
                user,
                noUserLookup,
                full,
                reverse,
                mailbox,
                mailboxGuid,
                noMailSync,
                allNamespaces,
                namespaces,
                excluded,
                allMailbox,
                lockTimeoutSeconds,
                timeoutSeconds,
                purgeRemote,
                rawlog,
                destinationSettings,
                new MailFilter(since, until, maxSize, flag),
                from,
                dryRun,
                json,
                progress,
                allowDelete ? DeleteLimit.OFF : maxDelete,
                new SyncChoices(oneWay, state, stateFile, runsMax),
                new WireChoices(protocol, bytesPerSecond, mailsPerSecond),
                contained,
                remarks,
                server,
                help,
                words.subList(getopt.index(), words.size()));
    }

    private void take(CommandOption option, String argument, String spelling) throws Refusal {
        switch (option) {
            case USER -> user = argument;
            case NO_USERDB_LOOKUP -> noUserLookup = true;
            case FULL_SYNC -> full = true;
            case REVERSE_SYNC -> reverse = true;
            case MAILBOX -> takeMailbox(argument);
            case MAILBOX_GUID -> takeGuid(argument);
            case NAMESPACE -> namespaces.add(argument);
            case ALL_NAMESPACES -> allNamespaces = true;
            case EXCLUDE_MAILBOX -> excluded.add(argument);
            case LOCK_TIMEOUT -> lockTimeoutSeconds = seconds(spelling, argument);
            case TIMEOUT -> timeoutSeconds = (int) Math.max(1, seconds(spelling, argument));
            case DESTINATION_OPTION -> destinationSettings.add(SettingArgument.parse("-p", argument));
            case SINCE -> since = DateArgument.parse(spelling, argument, now(), ZoneId.systemDefault());
            case UNTIL -> until = DateArgument.parse(spelling, argument, now(), ZoneId.systemDefault());
            case FLAGS -> flag = FlagArgument.parse(argument);
            case MAX_SIZE -> maxSize = SizeArgument.parse(spelling, argument);
            case FROM -> from = argument;
            case DRY_RUN -> dryRun = true;
            case JSON -> json = true;
            case PROGRESS -> progress = ProgressMode.parse(argument);
            case MAX_DELETE -> maxDelete = maxDelete(argument);
            case ALLOW_DELETE -> allowDelete = true;
            case PURGE_REMOTE -> purgeRemote = true;
            case ALL_MAILBOX -> takeAllMailbox(spelling, argument);
            case HELP -> help = true;
            case ONEWAY_SYNC -> oneWay = true;
            case STATE -> state = argument;
            case CONTAINED -> contained = true;
            case PROTOCOL -> protocol = protocol(argument);
            case LIMIT_RATE -> bytesPerSecond = rate(argument);
            case LIMIT_MAILS -> mailsPerSecond = mails(argument);
            case STATE_FILE -> takeStateFile(argument);
            case UNTIL_CLEAN -> runsMax = runs(argument);
            case LISTEN, WORKERS, CERT_FILE, KEY_FILE, DAYS -> throw notInThisVersion(option, spelling);
            case INVITE, USERS, MINUTES, TRUST, NAME, LIST, REVOKE, FINGERPRINT ->
                throw notInThisVersion(option, spelling);
            case RAWLOG -> rawlog = argument;
            case REPLICATOR_NOTIFY -> {
                if (!command.equals(SERVER)) {
                    throw notInThisVersion(option, spelling);
                }
                // a dsync-server of 2.3 is started with it; there is no replicator to tell
            }
            case SOCKET_PATH -> takeServer(option, argument, spelling);
            case ALL_USERS, USER_FILE, DEFAULT_DESTINATION, LEGACY_DSYNC -> throw notInThisVersion(option, spelling);
        }
    }

    private Refusal notInThisVersion(CommandOption option, String spelling) {
        return Refusal.usage(
                command + ": option " + spelling + " (--" + option.longName() + ") is not in this version");
    }

    private void takeServer(CommandOption option, String address, String spelling) throws Refusal {
        if (command.equals(SERVER)) {
            throw notInThisVersion(option, spelling);
        }
        if (address.isEmpty()) {
            throw Refusal.usage(spelling + " needs the path of a socket, or HOST[:PORT]");
        }
        server = address;
    }

    private void takeStateFile(String path) throws Refusal {
        if (path.isEmpty()) {
            throw Refusal.usage("--state-file needs the name of a file");
        }
        stateFile = path;
    }

    private static int runs(String text) throws Refusal {
        long number = Digits.parse(text);
        if (number < 1 || number > SyncChoices.RUNS_MAX) {
            throw Refusal.usage(
                    "--until-clean needs a number of runs from 1 to " + SyncChoices.RUNS_MAX + ", not '" + text + "'");
        }
        return (int) number;
    }

    private static Greeting.Wanted protocol(String name) throws Refusal {
        return switch (name) {
            case "auto" -> Greeting.Wanted.EITHER;
            case "dsync" -> Greeting.Wanted.DSYNC;
            case "twinbox" -> Greeting.Wanted.TWIN;
            default -> throw Refusal.usage("--protocol is auto, dsync or twinbox, not '" + name + "'");
        };
    }

    private static long rate(String text) throws Refusal {
        long bytes = SizeArgument.parse("--limit-rate", text);
        if (bytes < Pace.BYTES_MIN) {
            throw Refusal.usage(
                    "--limit-rate needs at least " + Pace.BYTES_MIN + " bytes a second, not '" + text + "'");
        }
        return bytes;
    }

    private static long mails(String text) throws Refusal {
        long number = Digits.parse(text);
        if (number < 1) {
            throw Refusal.usage("--limit-mails needs a number of mails a second, not '" + text + "'");
        }
        return number;
    }

    private void takeMailbox(String name) {
        noMailSync |= name.isEmpty();
        mailbox = name.isEmpty() ? null : name;
    }

    private void takeAllMailbox(String spelling, String name) {
        if (command.equals("backup") && !name.isEmpty()) {
            remarks.add(spelling + " " + name + ": not searched; a mirror takes every mail from the source");
        }
        allMailbox = name.isEmpty() ? null : name;
    }

    private void takeGuid(String hex) throws Refusal {
        noMailSync |= hex.isEmpty();
        try {
            mailboxGuid = hex.isEmpty() ? null : MailboxGuid.parse(hex);
        } catch (IllegalArgumentException e) {
            throw Refusal.temporary("invalid -g mailbox GUID '" + hex + "': needs 32 hex digits");
        }
    }

    private long now() {
        return clock.epochMillis() / MILLIS;
    }

    static long seconds(String option, String text) throws Refusal {
        long seconds = Digits.parse(text);
        if (seconds < 0 || seconds > Integer.MAX_VALUE) {
            throw Refusal.temporary("invalid " + option + " time '" + text + "': needs a number of seconds");
        }
        return seconds;
    }

    private static DeleteLimit maxDelete(String text) throws Refusal {
        boolean percentage = text.endsWith("%");
        long number = Digits.parse(percentage ? text.substring(0, text.length() - 1) : text);
        if (number < 0 || (percentage && number > 100)) {
            throw Refusal.usage("--max-delete needs a number of mails or a percentage, not '" + text + "'");
        }
        return percentage ? DeleteLimit.ofPercent((int) number) : DeleteLimit.ofMails(number);
    }
}
