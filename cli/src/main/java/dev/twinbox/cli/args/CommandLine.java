package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line cut in two, because a letter may mean one thing before the command word and another after it.
 *
 * @param global what stood before the command word
 * @param command the command word; {@code help} and {@code version} also for {@code --help} and {@code --version}
 * @param words what stood after it
 */
public record CommandLine(GlobalOptions global, String command, List<String> words) {
    /** The command that prints what there is. */
    public static final String HELP = "help";

    /** The command that prints the version. */
    public static final String VERSION = "version";

    private static final String SYNC = "sync";
    private static final String MIRROR = "mirror";

    public CommandLine {
        words = List.copyOf(words);
    }

    /**
     * Reads what stood before the command word, and the word.
     *
     * @param args as the shell gave them, without the program's name
     * @param calledAs the program's name without folders; {@code dsync} changes what is understood
     */
    public static CommandLine parse(List<String> args, String calledAs) throws Refusal {
        if (calledAs.equals("dsync")) {
            return parseDsync(args);
        }
        Collector collector = new Collector();
        Getopt<GlobalOption> getopt = new Getopt<>("", List.of(GlobalOption.values()), args, 0);
        while (getopt.next()) {
            collector.take(getopt.option(), getopt.argument());
        }
        if (collector.instead != null) {
            return new CommandLine(collector.finish(), collector.instead, List.of());
        }
        if (getopt.index() >= args.size()) {
            throw Refusal.usage("what shall be done? (see twinbox help)");
        }
        return new CommandLine(
                collector.finish(), args.get(getopt.index()), args.subList(getopt.index() + 1, args.size()));
    }

    /**
     * The old name: {@code dsync [options] backup|mirror [options] DESTINATION}, where some of the command's options may
     * stand before the command word. They are put after it; {@code mirror} is {@code sync}.
     */
    private static CommandLine parseDsync(List<String> args) throws Refusal {
        Collector collector = new Collector();
        List<String> moved = new ArrayList<>();
        Getopt<DsyncOption> getopt = new Getopt<>("", List.of(DsyncOption.values()), args, 0);
        while (getopt.next()) {
            GlobalOption global = getopt.option().global();
            if (global != null) {
                collector.take(global, getopt.argument());
                continue;
            }
            moved.add("-" + getopt.option().letter());
            if (getopt.option().takesArgument()) {
                moved.add(getopt.argument());
            }
        }
        if (collector.instead != null) {
            return new CommandLine(collector.finish(), collector.instead, List.of());
        }
        if (getopt.index() >= args.size()) {
            throw new Refusal(ExitCode.TEMPORARY, "dsync: missing command: mirror or backup");
        }
        moved.addAll(args.subList(getopt.index() + 1, args.size()));
        String command = args.get(getopt.index());
        return new CommandLine(collector.finish(), command.equals(MIRROR) ? SYNC : command, moved);
    }

    /** Gathers global options. */
    private static final class Collector {
        private @Nullable String configFile;
        private @Nullable String instance;
        private final List<SettingArgument> overrides = new ArrayList<>();
        private boolean noConfigFile;
        private boolean debug;
        private boolean verbose;
        private boolean keepEnvironment;
        private @Nullable String instead;

        void take(GlobalOption option, String argument) throws Refusal {
            switch (option) {
                case CONFIG -> configFile = argument;
                case OVERRIDE -> overrides.add(SettingArgument.parse("-o", argument));
                case NO_CONFIG -> noConfigFile = true;
                case DEBUG -> debug = true;
                case VERBOSE -> verbose = true;
                case INSTANCE -> instance = argument;
                case KEEP_ENVIRONMENT -> keepEnvironment = true;
                case HELP -> instead = instead == null ? HELP : instead;
                case VERSION -> instead = instead == null ? VERSION : instead;
            }
        }

        GlobalOptions finish() {
            return new GlobalOptions(configFile, overrides, noConfigFile, debug, verbose, instance, keepEnvironment);
        }
    }
}
