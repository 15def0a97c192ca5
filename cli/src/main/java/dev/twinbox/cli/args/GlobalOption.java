package dev.twinbox.cli.args;

/** The options before the command word. {@code -O} and others mean something else after it. */
enum GlobalOption implements OptionSpec {
    CONFIG('c', "", true),
    OVERRIDE('o', "", true),
    NO_CONFIG('O', "", false),
    DEBUG('D', "", false),
    VERBOSE('v', "", false),
    INSTANCE('i', "", true),
    KEEP_ENVIRONMENT('k', "", false),
    HELP(NO_LETTER, "help", false),
    VERSION(NO_LETTER, "version", false);

    private final char letter;
    private final String longName;
    private final boolean takesArgument;

    GlobalOption(char letter, String longName, boolean takesArgument) {
        this.letter = letter;
        this.longName = longName;
        this.takesArgument = takesArgument;
    }

    @Override
    public char letter() {
        return letter;
    }

    @Override
    public String longName() {
        return longName;
    }

    @Override
    public boolean takesArgument() {
        return takesArgument;
    }
}
