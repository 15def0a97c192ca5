package dev.twinbox.cli.config;

import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Whose mail it is.
 *
 * @param name as given or found; may be empty when nobody said
 * @param home absolute, or null if nobody knows
 */
public record User(String name, @Nullable String home) {
    /** The part before {@code @}. */
    String localPart() {
        int at = name.indexOf('@');
        return at < 0 ? name : name.substring(0, at);
    }

    /** The part after {@code @}; empty without one. */
    String domain() {
        int at = name.indexOf('@');
        return at < 0 ? "" : name.substring(at + 1);
    }

    /** The home folder where one is needed. */
    public String requireHome() throws Refusal {
        if (home == null) {
            throw new Refusal(
                    ExitCode.NO_USER,
                    "user '" + name
                            + "' is not in /etc/passwd, and no mail_home setting says where the home folder is");
        }
        return home;
    }
}
