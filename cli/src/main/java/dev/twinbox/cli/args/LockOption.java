package dev.twinbox.cli.args;

/** The options of {@code lock}. */
enum LockOption implements OptionSpec {
    USER('u', "user", true),
    NO_USERDB_LOOKUP(NO_LETTER, "no-userdb-lookup", false),
    MAILBOX('m', "mailbox", true),
    LOCK_TIMEOUT('l', "lock-timeout", true),
    DESTINATION_OPTION('p', "destination-option", true),
    HELP(NO_LETTER, "help", false);

    private final char letter;
    private final String longName;
    private final boolean takesArgument;

    LockOption(char letter, String longName, boolean takesArgument) {
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
