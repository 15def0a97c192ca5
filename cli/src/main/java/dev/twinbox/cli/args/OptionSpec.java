package dev.twinbox.cli.args;

/** An option as getopt_long(3) sees it. */
interface OptionSpec {
    /** The one letter after {@code -}, or {@link #NO_LETTER}. */
    char letter();

    /** The name after {@code --}, or empty. */
    String longName();

    /** Whether a word follows it. */
    boolean takesArgument();

    /** "Has no short form". */
    char NO_LETTER = 0;
}
