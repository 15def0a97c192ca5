package dev.twinbox.cli.args;

import java.util.ArrayList;
import java.util.List;

/**
 * The options after the command word: doveadm's (dovecot-compatibility, section E1) by both their names, and our own by
 * long names only.
 */
enum CommandOption implements OptionSpec {
    USER('u', "user", true),
    NO_USERDB_LOOKUP(NO_LETTER, "no-userdb-lookup", false),
    FULL_SYNC('f', "full-sync", false),
    REVERSE_SYNC('R', "reverse-sync", false),
    MAILBOX('m', "mailbox", true),
    MAILBOX_GUID('g', "mailbox-guid", true),
    NAMESPACE('n', "namespace", true),
    ALL_NAMESPACES('N', "all-namespaces", false),
    EXCLUDE_MAILBOX('x', "exclude-mailbox", true),
    LOCK_TIMEOUT('l', "lock-timeout", true),
    TIMEOUT('T', "timeout", true),
    DESTINATION_OPTION('p', "destination-option", true),
    SINCE('t', "sync-since-time", true),
    UNTIL('e', "sync-until-time", true),
    FLAGS('O', "sync-flags", true),
    MAX_SIZE('I', "sync-max-size", true),
    PURGE_REMOTE('P', "purge-remote", false),
    ALL_MAILBOX('a', "all-mailbox", true),
    FROM(NO_LETTER, "from", true),
    DRY_RUN(NO_LETTER, "dry-run", false),
    JSON(NO_LETTER, "json", false),
    PROGRESS(NO_LETTER, "progress", true),
    MAX_DELETE(NO_LETTER, "max-delete", true),
    ALLOW_DELETE(NO_LETTER, "allow-delete", false),
    HELP(NO_LETTER, "help", false),

    STATE('s', "state", true),

    // Of sync.
    ONEWAY_SYNC('1', "oneway-sync", false),
    STATE_FILE(NO_LETTER, "state-file", true),
    UNTIL_CLEAN(NO_LETTER, "until-clean", true),

    // With another end that is elsewhere.
    PROTOCOL(NO_LETTER, "protocol", true),
    LIMIT_RATE(NO_LETTER, "limit-rate", true),
    LIMIT_MAILS(NO_LETTER, "limit-mails", true),

    // Of verify.
    CONTAINED(NO_LETTER, "contained", false),

    // Of serve and cert.
    LISTEN(NO_LETTER, "listen", true),
    WORKERS(NO_LETTER, "workers", true),
    CERT_FILE(NO_LETTER, "cert", true),
    KEY_FILE(NO_LETTER, "key", true),
    DAYS(NO_LETTER, "days", true),

    // Of pair.
    INVITE(NO_LETTER, "invite", false),
    USERS(NO_LETTER, "users", true),
    MINUTES(NO_LETTER, "minutes", true),
    TRUST(NO_LETTER, "trust", true),
    NAME(NO_LETTER, "name", true),
    LIST(NO_LETTER, "list", false),
    REVOKE(NO_LETTER, "revoke", true),
    FINGERPRINT(NO_LETTER, "fingerprint", true),

    // Known, so that we can say what they are; later versions will have them.
    ALL_USERS('A', "all-users", false),
    USER_FILE('F', "user-file", true),
    SOCKET_PATH('S', "socket-path", true),
    RAWLOG('r', "rawlog", true),
    DEFAULT_DESTINATION('d', "default-destination", false),
    REPLICATOR_NOTIFY('U', "replicator-notify", false),
    LEGACY_DSYNC('E', "legacy-dsync", false);

    /** What {@code pair} takes. */
    static final List<CommandOption> OF_PAIR =
            List.of(INVITE, USERS, MINUTES, TRUST, NAME, LIST, REVOKE, FINGERPRINT, HELP);

    /** What {@code sync} takes: nearly everything. */
    static final List<CommandOption> OF_SYNC = notOfServers(CONTAINED);

    /** What {@code backup} takes, or at least knows. */
    static final List<CommandOption> OF_BACKUP = notOfServers(ONEWAY_SYNC, STATE_FILE, UNTIL_CLEAN, CONTAINED);

    /** What {@code verify} takes. */
    static final List<CommandOption> OF_VERIFY = List.of(
            USER,
            NO_USERDB_LOOKUP,
            DESTINATION_OPTION,
            NAMESPACE,
            EXCLUDE_MAILBOX,
            FROM,
            JSON,
            PROGRESS,
            CONTAINED,
            HELP);

    /** What {@code status} takes. */
    static final List<CommandOption> OF_STATUS =
            List.of(USER, NO_USERDB_LOOKUP, DESTINATION_OPTION, NAMESPACE, ALL_NAMESPACES, JSON, HELP);

    /** What {@code dsync-server} takes. */
    static final List<CommandOption> OF_SERVER = List.of(
            USER,
            NO_USERDB_LOOKUP,
            ALL_USERS,
            USER_FILE,
            SOCKET_PATH,
            TIMEOUT,
            RAWLOG,
            REPLICATOR_NOTIFY,
            LEGACY_DSYNC,
            FROM,
            HELP);

    @SuppressWarnings("ImmutableEnumChecker") // a record of values
    private final OptionShape shape;

    CommandOption(char letter, String longName, boolean takesArgument) {
        this.shape = new OptionShape(letter, longName, takesArgument);
    }

    private static List<CommandOption> notOfServers(CommandOption... others) {
        List<CommandOption> rest = new ArrayList<>(List.of(values()));
        rest.removeAll(List.of(others));
        rest.removeAll(List.of(LISTEN, WORKERS, CERT_FILE, KEY_FILE, DAYS));
        rest.removeAll(List.of(INVITE, USERS, MINUTES, TRUST, NAME, LIST, REVOKE, FINGERPRINT));
        return List.copyOf(rest);
    }

    @Override
    public OptionShape shape() {
        return shape;
    }
}
