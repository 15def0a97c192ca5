package dev.twinbox.cli.args;

/** The options of {@code lock}. */
enum LockOption implements OptionSpec {
    USER('u', "user", true),
    NO_USERDB_LOOKUP(NO_LETTER, "no-userdb-lookup", false),
    MAILBOX('m', "mailbox", true),
    LOCK_TIMEOUT('l', "lock-timeout", true),
    DESTINATION_OPTION('p', "destination-option", true),
    HELP(NO_LETTER, "help", false);

    @SuppressWarnings("ImmutableEnumChecker") // a record of values
    private final OptionShape shape;

    LockOption(char letter, String longName, boolean takesArgument) {
        this.shape = new OptionShape(letter, longName, takesArgument);
    }

    @Override
    public OptionShape shape() {
        return shape;
    }
}
