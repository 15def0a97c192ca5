package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.Refusal;
import java.util.ArrayList;
import java.util.List;

/**
 * What was said after {@code serve}.
 *
 * @param listen {@code --listen}, at least one: host and port, or the path of a socket
 * @param workers {@code --workers}: how many runs there are at once, 1 to {@value #WORKERS_MAX}
 * @param timeoutSeconds {@code -T}
 */
public record ServeOptions(List<String> listen, int workers, int timeoutSeconds, boolean help) {
    /** Most runs at once. */
    public static final int WORKERS_MAX = 1000;

    private static final int WORKERS_DEFAULT = 4;
    private static final String LISTEN_DEFAULT = "127.0.0.1";

    public ServeOptions {
        listen = List.copyOf(listen);
    }

    /** Reads the words after the command's name. */
    public static ServeOptions parse(List<String> words) throws Refusal {
        List<String> listen = new ArrayList<>();
        long workers = WORKERS_DEFAULT;
        long timeout = CommandOptions.TIMEOUT_DEFAULT_SECONDS;
        boolean help = false;
        List<CommandOption> known =
                List.of(CommandOption.LISTEN, CommandOption.WORKERS, CommandOption.TIMEOUT, CommandOption.HELP);
        Getopt<CommandOption> getopt = new Getopt<>("serve", known, words, 0);
        while (getopt.next()) {
            switch (getopt.option()) {
                case LISTEN -> listen.add(getopt.argument());
                case WORKERS -> workers = Digits.parse(getopt.argument());
                case TIMEOUT -> timeout = Math.max(1, CommandParser.seconds(getopt.spelling(), getopt.argument()));
                default -> help = true;
            }
        }
        if (workers < 1 || workers > WORKERS_MAX) {
            throw Refusal.usage("serve: --workers needs a number from 1 to " + WORKERS_MAX);
        }
        if (getopt.index() < words.size()) {
            throw Refusal.usage("serve: '" + words.get(getopt.index()) + "' is too much (see twinbox help serve)");
        }
        if (listen.isEmpty()) {
            listen.add(LISTEN_DEFAULT);
        }
        return new ServeOptions(listen, (int) workers, (int) timeout, help);
    }
}
