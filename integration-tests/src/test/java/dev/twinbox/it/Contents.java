package dev.twinbox.it;

import java.util.SortedMap;
import java.util.TreeMap;

/** The mails of a Maildir as bare files: digest of the content to the number of files with it. No Dovecot is asked. */
final class Contents {
    private Contents() {}

    static SortedMap<String, Integer> of(Account account) {
        return below(account.sandbox(), account.home().toString());
    }

    static SortedMap<String, Integer> below(Sandbox sandbox, String directory) {
        Ran sums = sandbox.asMyself(
                "find",
                directory,
                "-type",
                "f",
                "(",
                "-path",
                "*/cur/*",
                "-o",
                "-path",
                "*/new/*",
                ")",
                "-not",
                "-name",
                ".*",
                "-exec",
                "sha256sum",
                "--binary",
                "--zero",
                "{}",
                "+");
        SortedMap<String, Integer> counts = new TreeMap<>();
        for (String line : sums.mustEndWith(0).out().split("\0")) {
            if (!line.isEmpty()) {
                counts.merge(line.substring(0, line.indexOf(' ')), 1, Integer::sum);
            }
        }
        return counts;
    }
}
