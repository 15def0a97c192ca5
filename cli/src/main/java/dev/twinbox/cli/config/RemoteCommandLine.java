package dev.twinbox.cli.config;

import dev.twinbox.cli.exit.Refusal;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of {@code dsync_remote_cmd}: split at blanks, then the variables replaced, {@code %{login}}, {@code %{host}} and
 * {@code %u} or {@code %{user}}. A word whose variables are all empty goes, unless it is nothing but variables.
 */
public final class RemoteCommandLine {
    /** As Dovecot 2.4's; 2.3's has another option at its end, which 2.3 can do without. */
    private static final String DEFAULT = "ssh -l%{login} %{host} doveadm dsync-server -u%{user}";

    private RemoteCommandLine() {}

    /**
     * The program and its arguments.
     *
     * @param user whose mail; may be empty
     * @param login may be empty
     */
    public static List<String> of(Settings settings, String user, String login, String host) throws Refusal {
        String setting = settings.get(SettingNames.REMOTE_COMMAND);
        List<String> words = new ArrayList<>();
        for (String word : (setting == null ? DEFAULT : setting).split(" ")) {
            if (word.isEmpty()) {
                continue;
            }
            String filled = expand(word, user, login, host);
            boolean variables = !filled.equals(word);
            boolean empty = variables && filled.equals(expand(word, "", "", ""));
            if (!empty) {
                words.add(filled);
            }
        }
        if (words.isEmpty()) {
            throw Refusal.configuration("dsync_remote_cmd is empty");
        }
        return words;
    }

    private static String expand(String word, String user, String login, String host) {
        return word.replace("%{login}", login)
                .replace("%{host}", host)
                .replace("%{user}", user)
                .replace("%u", user);
    }
}
