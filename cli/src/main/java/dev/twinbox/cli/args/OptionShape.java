package dev.twinbox.cli.args;

/**
 * How an option is written.
 *
 * @param letter the one letter after {@code -}, or {@link #NO_LETTER}
 * @param longName the name after {@code --}, or empty
 * @param takesArgument whether a word follows it
 */
record OptionShape(char letter, String longName, boolean takesArgument) {
    /** "Has no short form". */
    static final char NO_LETTER = 0;
}
