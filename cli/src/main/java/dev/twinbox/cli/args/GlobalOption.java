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

    @SuppressWarnings("ImmutableEnumChecker") // a record of values
    private final OptionShape shape;

    GlobalOption(char letter, String longName, boolean takesArgument) {
        this.shape = new OptionShape(letter, longName, takesArgument);
    }

    @Override
    public OptionShape shape() {
        return shape;
    }
}
