package dev.twinbox.cli.command;

import dev.twinbox.cli.exit.Refusal;
import java.util.ArrayList;
import java.util.List;

/** The words after the options (dovecot-compatibility, section E2). Pure. */
final class Destination {
    /** The word doveadm tolerates at the end, and puts there. */
    private static final String SERVER_WORD = "dsync-server";

    private Destination() {}

    /**
     * The one location among the words.
     *
     * @throws Refusal if there is none, or if the words are a remote destination
     */
    static String location(List<String> words, String command) throws Refusal {
        Target target = of(words, command);
        if (target instanceof Target.Local local) {
            return local.text();
        }
        throw Refusal.temporary(
                "'" + target.text() + "': " + command + " needs a location on this machine such as maildir:~/replica");
    }

    /**
     * What the words lead to.
     *
     * @throws Refusal if there are none, or they cannot be understood
     */
    static Target of(List<String> words, String command) throws Refusal {
        if (words.isEmpty()) {
            throw Refusal.usage(command + ": missing destination (see twinbox help " + command + ")");
        }
        String first = words.get(0);
        boolean prefixed = prefixLength(first) > 0;
        boolean tolerated = prefixed && words.size() == 2 && words.get(1).equals(SERVER_WORD);
        if (words.size() > 1 && !tolerated) {
            if (prefixed && words.get(1).startsWith("-")) {
                throw Refusal.usage(
                        command + ": " + words.get(1) + " stands after the destination: options come before it");
            }
            return command(first + " …", words);
        }
        if (prefixed) {
            return withPrefix(first, prefixLength(first));
        }
        if (first.indexOf(' ') >= 0 || first.indexOf('/') >= 0) {
            List<String> split = new ArrayList<>();
            for (String word : first.split(" ")) {
                if (!word.isEmpty()) {
                    split.add(word);
                }
            }
            return command(first, split);
        }
        return host(first, first, false);
    }

    private static Target withPrefix(String word, int length) throws Refusal {
        String rest = word.substring(length + 1);
        return switch (word.substring(0, length)) {
            case "remote" -> host(word, rest, false);
            case "remoteprefix" -> host(word, rest, true);
            case "tcp" -> new Target.Server(word, rest, false);
            case "tcps" -> new Target.Server(word, rest, true);
            default -> new Target.Local(word);
        };
    }

    /** How many letters and digits stand before a colon; 0 if the word is no location. */
    private static int prefixLength(String word) {
        int length = 0;
        while (length < word.length() && isAlphanumeric(word.charAt(length))) {
            length++;
        }
        return length < word.length() && word.charAt(length) == ':' ? length : 0;
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static Target command(String text, List<String> words) throws Refusal {
        if (words.isEmpty()) {
            throw Refusal.usage("the destination '" + text + "' is empty");
        }
        List<String> whole = new ArrayList<>(words);
        if (!whole.get(whole.size() - 1).equals(SERVER_WORD)) {
            whole.add(SERVER_WORD);
        }
        return new Target.Command(text, whole);
    }

    /** A host that begins with a dash would be taken for an option of the command. */
    private static Target host(String text, String address, boolean prefixed) throws Refusal {
        int at = address.lastIndexOf('@');
        String host = address.substring(at + 1);
        String login = at < 0 ? "" : address.substring(0, at);
        if (host.isEmpty() || host.startsWith("-")) {
            throw Refusal.temporary("'" + text + "' names no host");
        }
        return new Target.Host(text, login, host, prefixed);
    }
}
