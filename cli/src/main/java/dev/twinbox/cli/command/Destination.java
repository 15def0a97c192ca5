package dev.twinbox.cli.command;

import dev.twinbox.cli.exit.Refusal;
import java.util.List;

/** The words after the options (dovecot-compatibility, section E2). Pure. */
final class Destination {
    /** The word doveadm tolerates at the end. */
    private static final String SERVER_WORD = "dsync-server";

    private Destination() {}

    /**
     * The one location among the words.
     *
     * @throws Refusal if there is none, or if the words are a remote destination
     */
    static String of(List<String> words, String command) throws Refusal {
        if (words.isEmpty()) {
            throw Refusal.usage(command + ": missing destination (see twinbox help " + command + ")");
        }
        String first = words.get(0);
        boolean tolerated = words.size() == 2 && words.get(1).equals(SERVER_WORD);
        if (words.size() > 1 && !tolerated) {
            if (words.get(1).startsWith("-")) {
                throw Refusal.usage(
                        command + ": " + words.get(1) + " stands after the destination: options come before it");
            }
            throw Refusal.temporary("a command as destination ('" + first
                    + " …') is not in this version: give a location" + " such as maildir:~/replica");
        }
        int colon = first.indexOf(':');
        String prefix = colon < 0 ? "" : first.substring(0, colon);
        switch (prefix) {
            case "remote", "remoteprefix", "tcp", "tcps" ->
                throw Refusal.temporary(
                        "'" + first + "': remote destinations are not in this version: give a location such"
                                + " as maildir:~/replica");
            default -> {
                return first;
            }
        }
    }
}
