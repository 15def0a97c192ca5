package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.Refusal;

/** When progress is shown ({@code --progress}). */
public enum ProgressMode {
    /** A bar, if standard error is a terminal. */
    AUTO,
    /** A bar on a terminal, lines otherwise. */
    ALWAYS,
    NEVER;

    static ProgressMode parse(String text) throws Refusal {
        return switch (text) {
            case "auto" -> AUTO;
            case "always" -> ALWAYS;
            case "never" -> NEVER;
            default -> throw Refusal.usage("--progress is auto, always or never, not '" + text + "'");
        };
    }
}
