package dev.twinbox.cli.config;

import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import java.util.ArrayList;
import java.util.List;

/**
 * The destinations that callers of {@code serve} may name, of {@code twinbox_serve_destinations}: words with commas between, in which
 * {@code %u} and the like may stand. A caller must write one of them, letter by letter, as it stands there or with the variables
 * replaced; what is then used is that of the settings. Immutable.
 */
public final class ServedDestinations {
    private final List<String> words;
    private final List<String> expanded;

    private ServedDestinations(List<String> words, List<String> expanded) {
        this.words = words;
        this.expanded = expanded;
    }

    /** Those for a user. */
    public static ServedDestinations of(Settings settings, User user) throws Refusal {
        List<String> words = new ArrayList<>();
        List<String> expanded = new ArrayList<>();
        String setting = settings.get(SettingNames.SERVE_DESTINATIONS);
        for (String word : (setting == null ? "" : setting).split(",")) {
            if (!word.isBlank()) {
                words.add(word.strip());
                expanded.add(Variables.expand(word.strip(), user));
            }
        }
        return new ServedDestinations(words, expanded);
    }

    /**
     * The destination that a caller means.
     *
     * @param asked the words he gave
     * @throws Refusal if it is none of them
     */
    public String require(List<String> asked) throws Refusal {
        if (words.isEmpty()) {
            throw refused("callers choose no destinations here: " + SettingNames.SERVE_DESTINATIONS + " is not set");
        }
        if (asked.isEmpty()) {
            throw Refusal.usage("missing destination");
        }
        if (asked.size() > 1) {
            throw refused("a command as the destination is never run for a caller");
        }
        int at = words.indexOf(asked.get(0));
        if (at < 0) {
            at = expanded.indexOf(asked.get(0));
        }
        if (at < 0) {
            throw refused("'" + asked.get(0) + "' is not one of the " + SettingNames.SERVE_DESTINATIONS + " here");
        }
        return words.get(at);
    }

    private static Refusal refused(String text) {
        return new Refusal(ExitCode.NO_PERMISSION, text);
    }
}
