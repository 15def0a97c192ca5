package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.Refusal;
import java.util.List;

/**
 * What was said after {@code cert}.
 *
 * @param certificate {@code --cert}: the file for the certificate
 * @param key {@code --key}: the file for the key
 * @param days how long it is good
 * @param names the host's names, at least one unless help is asked for
 */
public record CertOptions(String certificate, String key, int days, List<String> names, boolean help) {
    /** Longest time a certificate can be good, in days. */
    public static final int DAYS_MAX = 36_500;

    private static final int DAYS_DEFAULT = 3650;

    public CertOptions {
        names = List.copyOf(names);
    }

    /** Reads the words after the command's name. */
    public static CertOptions parse(List<String> words) throws Refusal {
        String certificate = "twinbox-cert.pem";
        String key = "twinbox-key.pem";
        long days = DAYS_DEFAULT;
        boolean help = false;
        List<CommandOption> known =
                List.of(CommandOption.CERT_FILE, CommandOption.KEY_FILE, CommandOption.DAYS, CommandOption.HELP);
        Getopt<CommandOption> getopt = new Getopt<>("cert", known, words, 0);
        while (getopt.next()) {
            switch (getopt.option()) {
                case CERT_FILE -> certificate = getopt.argument();
                case KEY_FILE -> key = getopt.argument();
                case DAYS -> days = Digits.parse(getopt.argument());
                default -> help = true;
            }
        }
        List<String> names = words.subList(getopt.index(), words.size());
        if (!help && names.isEmpty()) {
            throw Refusal.usage("cert: needs the name of this host (see twinbox help cert)");
        }
        if (days < 1 || days > DAYS_MAX) {
            throw Refusal.usage("cert: --days needs a number from 1 to " + DAYS_MAX);
        }
        return new CertOptions(certificate, key, (int) days, names, help);
    }
}
