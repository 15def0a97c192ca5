package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;

/** The one flag of {@code -O}: {@code \Seen}, a keyword, or either with {@code -} before it for "only those without". */
final class FlagArgument {
    private FlagArgument() {}

    /**
     * @return the flag in IMAP's usual spelling
     * @throws Refusal with doveadm's exit code 75 if it is no flag, or several
     */
    static String parse(String text) throws Refusal {
        boolean without = text.startsWith("-");
        String name = without ? text.substring(1) : text;
        String prefix = without ? "-" : "";
        if (!name.startsWith("\\")) {
            if (!Keywords.isValidName(name)) {
                throw Refusal.temporary("invalid -O flag '" + text + "': needs one flag or keyword");
            }
            return text;
        }
        for (int bit = Flags.ANSWERED; bit <= Flags.RECENT; bit <<= 1) {
            String known = new Flags(bit).toString();
            if (known.equalsIgnoreCase(name)) {
                return prefix + known;
            }
        }
        throw Refusal.temporary(
                "invalid -O flag '" + text + "': the system flags are \\Answered \\Flagged \\Deleted \\Seen \\Draft");
    }
}
