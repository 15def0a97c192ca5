package dev.twinbox.cli.args;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was said before the command word.
 *
 * @param configFile {@code -c}: the only settings file to read; null for the usual places
 * @param overrides {@code -o}: settings that beat all others, in order, the last of a name counts
 * @param noConfigFile {@code -O}: read no settings file
 * @param debug {@code -D}
 * @param verbose {@code -v}
 * @param instance {@code -i}: read {@code twinbox-NAME.conf} in place of {@code twinbox.conf}; null for none
 * @param keepEnvironment {@code -k}: child processes get the whole environment
 */
public record GlobalOptions(
        @Nullable String configFile,
        List<SettingArgument> overrides,
        boolean noConfigFile,
        boolean debug,
        boolean verbose,
        @Nullable String instance,
        boolean keepEnvironment) {
    /** Nothing was said. */
    public static final GlobalOptions NONE = new GlobalOptions(null, List.of(), false, false, false, null, false);

    public GlobalOptions {
        overrides = List.copyOf(overrides);
    }
}
