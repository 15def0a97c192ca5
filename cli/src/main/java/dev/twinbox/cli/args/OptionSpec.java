package dev.twinbox.cli.args;

/** An option as getopt_long(3) sees it. */
interface OptionSpec {
    /** "Has no short form". */
    char NO_LETTER = OptionShape.NO_LETTER;

    /** How it is written. */
    OptionShape shape();

    /** The one letter after {@code -}, or {@link #NO_LETTER}. */
    default char letter() {
        return shape().letter();
    }

    /** The name after {@code --}, or empty. */
    default String longName() {
        return shape().longName();
    }

    /** Whether a word follows it. */
    default boolean takesArgument() {
        return shape().takesArgument();
    }
}
