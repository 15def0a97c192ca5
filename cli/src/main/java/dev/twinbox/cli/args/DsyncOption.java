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

    private final @Nullable GlobalOption global;

    @SuppressWarnings("ImmutableEnumChecker") // a record of values
    private final OptionShape shape;

    DsyncOption(GlobalOption meant) {
        this.global = meant;
        this.shape = meant.shape();
    }

    DsyncOption(CommandOption meant) {
        this.global = null;
        this.shape = meant.shape();
    }

    /** The global option it is, or null if it belongs to the command. */
    @Nullable
    GlobalOption global() {
        return global;
    }

    @Override
    public OptionShape shape() {
        return shape;
    }
}
