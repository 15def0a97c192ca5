package dev.twinbox.it;

import java.util.ArrayList;
import java.util.List;

/**
 * Two accounts and the ways to put them in step over a pipe: Twinbox works on the left one and calls the Dovecot of the right
 * one, or Dovecot on the left one and calls Twinbox for the right one.
 *
 * @param settings Twinbox's for the left and the right account, more than where its mail is
 */
record BothEnds(Twinbox twinbox, Account left, Account right, Settings settings) {
    /** Words such as {@code -o name=value}. */
    record Settings(List<String> left, List<String> right) {
        static final Settings NONE = new Settings(List.of(), List.of());
    }

    /** Who begins. */
    enum Role {
        TWINBOX_BEGINS,
        DOVECOT_BEGINS
    }

    /** @param words the command and its options, such as {@code sync -1} */
    Ran run(Role role, List<String> words) {
        return role == Role.TWINBOX_BEGINS ? twinboxBegins(words) : dovecotBegins(words);
    }

    private Ran twinboxBegins(List<String> words) {
        List<Object> all = new ArrayList<>(List.of("-O", "-o", "mail_location=" + left.location()));
        all.addAll(settings.left);
        all.addAll(words);
        if (words.contains("backup")) {
            all.add("--allow-delete");
        }
        all.addAll(right.nestedDoveadmCommand("dsync-server"));
        return twinbox.run(all.toArray());
    }

    private Ran dovecotBegins(List<String> words) {
        List<Object> other = new ArrayList<>(List.of("-O", "-o", "mail_location=" + right.location()));
        other.addAll(settings.right);
        other.add("dsync-server");
        List<String> all = new ArrayList<>(words);
        all.addAll(twinbox.nestedCommand(other.toArray()));
        return left.tryDoveadm(all.toArray(String[]::new));
    }

    /** What two Dovecots do. */
    Ran twoDovecots(List<String> words) {
        List<String> all = new ArrayList<>(words);
        all.addAll(right.nestedDoveadmCommand("dsync-server"));
        return left.tryDoveadm(all.toArray(String[]::new));
    }
}
