package dev.twinbox.cli.args;

/** The options of {@code convert}. */
enum ConvertOption implements OptionSpec {
    USER('u', "user", true),
    NO_USERDB_LOOKUP(NO_LETTER, "no-userdb-lookup", false),
    DESTINATION_OPTION('p', "destination-option", true),
    EXCLUDE_MAILBOX('x', "exclude-mailbox", true),
    SWITCH_COMMAND(NO_LETTER, "switch-cmd", true),
    SWITCHED(NO_LETTER, "switched", false),
    KICK_COMMAND(NO_LETTER, "kick-cmd", true),
    SETTLE(NO_LETTER, "settle", true),
    SMALL(NO_LETTER, "small", true),
    ROUNDS(NO_LETTER, "rounds", true),
    RECORD(NO_LETTER, "record", true),
    STATUS(NO_LETTER, "status", false),
    JSON(NO_LETTER, "json", false),
    PROGRESS(NO_LETTER, "progress", true),
    MAX_DELETE(NO_LETTER, "max-delete", true),
    ALLOW_DELETE(NO_LETTER, "allow-delete", false),
    HELP(NO_LETTER, "help", false);

    @SuppressWarnings("ImmutableEnumChecker") // a record of values
    private final OptionShape shape;

    ConvertOption(char letter, String longName, boolean takesArgument) {
        this.shape = new OptionShape(letter, longName, takesArgument);
    }

    @Override
    public OptionShape shape() {
        return shape;
    }
}
