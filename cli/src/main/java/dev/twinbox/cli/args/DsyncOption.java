package dev.twinbox.cli.args;

import org.jspecify.annotations.Nullable;

/**
 * What may stand before the command word when the program is called {@code dsync}, as Dovecot 2.3's does: the global
 * options and a few of the command's, where {@code -f} and {@code -R} have the command's meaning.
 */
enum DsyncOption implements OptionSpec {
    CONFIG(GlobalOption.CONFIG),
    OVERRIDE(GlobalOption.OVERRIDE),
    NO_CONFIG(GlobalOption.NO_CONFIG),
    DEBUG(GlobalOption.DEBUG),
    VERBOSE(GlobalOption.VERBOSE),
    INSTANCE(GlobalOption.INSTANCE),
    KEEP_ENVIRONMENT(GlobalOption.KEEP_ENVIRONMENT),
    HELP(GlobalOption.HELP),
    VERSION(GlobalOption.VERSION),
    USER(CommandOption.USER),
    FULL_SYNC(CommandOption.FULL_SYNC),
    REVERSE_SYNC(CommandOption.REVERSE_SYNC),
    MAILBOX(CommandOption.MAILBOX);

    private final OptionSpec meant;

    DsyncOption(OptionSpec meant) {
        this.meant = meant;
    }

    /** The global option it is, or null if it belongs to the command. */
    @Nullable GlobalOption global() {
        return meant instanceof GlobalOption option ? option : null;
    }

    @Override
    public char letter() {
        return meant.letter();
    }

    @Override
    public String longName() {
        return meant.longName();
    }

    @Override
    public boolean takesArgument() {
        return meant.takesArgument();
    }
}
