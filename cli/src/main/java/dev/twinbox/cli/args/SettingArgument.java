package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.Refusal;

/**
 * One {@code name=value} of {@code -o} or {@code -p}.
 *
 * @param name not empty
 * @param value may be empty
 */
public record SettingArgument(String name, String value) {
    static SettingArgument parse(String option, String text) throws Refusal {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw Refusal.usage("option " + option + " needs setting=value, not '" + text + "'");
        }
        return new SettingArgument(text.substring(0, equals), text.substring(equals + 1));
    }
}
