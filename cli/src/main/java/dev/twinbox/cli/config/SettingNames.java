package dev.twinbox.cli.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings that mean something to Twinbox, in Dovecot's spelling (dovecot-compatibility, section E4). */
final class SettingNames {
    static final String MAIL_LOCATION = "mail_location";
    static final String MAIL_DRIVER = "mail_driver";
    static final String MAIL_PATH = "mail_path";
    static final String MAIL_HOME = "mail_home";
    static final String LAYOUT = "mailbox_list_layout";
    static final String CONTROL = "mail_control_path";
    static final String INDEX = "mail_index_path";
    static final String INBOX = "mail_inbox_path";
    static final String ALT = "mail_alt_path";
    static final String DIRECTORY_NAME = "mailbox_directory_name";
    static final String UTF8 = "mailbox_list_utf8";
    static final String SEPARATOR = "namespace/inbox/separator";
    static final String ATTRIBUTE_DICT = "mail_attribute_dict";
    static final String FSYNC = "mail_fsync";
    static final String LOCK_METHOD = "lock_method";
    static final String LOCK_TIMEOUT = "mail_max_lock_timeout";
    static final String MBOX_READ_LOCKS = "mbox_read_locks";
    static final String MBOX_WRITE_LOCKS = "mbox_write_locks";
    static final String MBOX_MD5 = "mbox_md5";
    static final String REMOTE_COMMAND = "dsync_remote_cmd";
    static final String DOVEADM_PORT = "doveadm_port";
    static final String DOVEADM_USERNAME = "doveadm_username";
    static final String DOVEADM_PASSWORD = "doveadm_password";
    static final String DOVEADM_SSL = "doveadm_ssl";
    static final String CLIENT_CA_FILE = "ssl_client_ca_file";
    static final String CLIENT_CERT_FILE = "ssl_client_cert_file";
    static final String CLIENT_KEY_FILE = "ssl_client_key_file";
    static final String SERVER_CERT_FILE = "ssl_server_cert_file";
    static final String SERVER_KEY_FILE = "ssl_server_key_file";
    static final String SERVER_CA_FILE = "ssl_server_ca_file";
    static final String KEY_PASSWORD = "ssl_key_password";
    static final String FINGERPRINT = "twinbox_fingerprint";
    static final String CHECK_NAME = "twinbox_check_name";
    static final String PAIR_DIR = "twinbox_pair_dir";
    static final String PASSWORD_USERS = "twinbox_password_users";
    static final String SERVE_DESTINATIONS = "twinbox_serve_destinations";

    /** Between {@code mailbox/NAME} and this lies no more: {@code mailbox/Trash/special_use = \Trash}. */
    static final String SPECIAL_USE_SUFFIX = "/special_use";

    static final String SPECIAL_USE_PREFIX = "mailbox/";

    private static final List<String> ALL = List.of(
            MAIL_LOCATION,
            MAIL_DRIVER,
            MAIL_PATH,
            MAIL_HOME,
            LAYOUT,
            CONTROL,
            INDEX,
            INBOX,
            ALT,
            DIRECTORY_NAME,
            UTF8,
            SEPARATOR,
            ATTRIBUTE_DICT,
            FSYNC,
            LOCK_METHOD,
            LOCK_TIMEOUT,
            MBOX_READ_LOCKS,
            MBOX_WRITE_LOCKS,
            MBOX_MD5,
            REMOTE_COMMAND,
            DOVEADM_PORT,
            DOVEADM_USERNAME,
            DOVEADM_PASSWORD,
            DOVEADM_SSL,
            CLIENT_CA_FILE,
            CLIENT_CERT_FILE,
            CLIENT_KEY_FILE,
            SERVER_CERT_FILE,
            SERVER_KEY_FILE,
            SERVER_CA_FILE,
            KEY_PASSWORD,
            FINGERPRINT,
            CHECK_NAME,
            PAIR_DIR,
            PASSWORD_USERS,
            SERVE_DESTINATIONS);

    /** What begins the settings of a namespace: {@code namespace/NAME/prefix}. */
    static final String NAMESPACE = "namespace/";

    /** What is about a namespace itself. */
    private static final List<String> OF_NAMESPACES = List.of(
            "prefix",
            "separator",
            "inbox",
            "hidden",
            "list",
            "subscriptions",
            "alias_for",
            "disabled",
            "type",
            "order",
            "ignore_on_failure",
            "location");

    /** What a namespace may have otherwise than the rest of the account (2.4). */
    static final List<String> IN_NAMESPACES =
            List.of(MAIL_DRIVER, MAIL_PATH, LAYOUT, CONTROL, INDEX, INBOX, ALT, DIRECTORY_NAME, UTF8, ATTRIBUTE_DICT);

    private SettingNames() {}

    static List<String> all() {
        return ALL;
    }

    /** The one spelling of a setting that has several. */
    static String normal(String name) {
        return switch (name) {
            case "separator", "namespace_separator" -> SEPARATOR;
            case "ssl_cert" -> SERVER_CERT_FILE;
            case "ssl_key" -> SERVER_KEY_FILE;
            case "ssl_ca" -> SERVER_CA_FILE;
            case "ssl_client_cert" -> CLIENT_CERT_FILE;
            case "ssl_client_key" -> CLIENT_KEY_FILE;
            default -> name.startsWith(NAMESPACE) ? normalOfNamespace(name) : name;
        };
    }

    private static String normalOfNamespace(String name) {
        if (name.startsWith("namespace/inbox/" + SPECIAL_USE_PREFIX)) {
            return name.substring("namespace/inbox/".length());
        }
        int slash = name.indexOf('/', NAMESPACE.length());
        String longForm = "namespace_";
        return slash > 0 && name.startsWith(longForm, slash + 1)
                ? name.substring(0, slash + 1) + name.substring(slash + 1 + longForm.length())
                : name;
    }

    /** The namespace that a setting is about; null if it is about none. */
    static @Nullable String namespace(String normal) {
        if (!normal.startsWith(NAMESPACE)) {
            return null;
        }
        int slash = normal.indexOf('/', NAMESPACE.length());
        return slash <= NAMESPACE.length() ? null : normal.substring(NAMESPACE.length(), slash);
    }

    private static boolean isOfNamespace(String normal) {
        String namespace = namespace(normal);
        if (namespace == null) {
            return false;
        }
        String key = normal.substring(NAMESPACE.length() + namespace.length() + 1);
        return OF_NAMESPACES.contains(key) || IN_NAMESPACES.contains(key) || isSpecialUse(key);
    }

    static boolean isKnown(String normal) {
        return ALL.contains(normal) || isSpecialUse(normal) || isOfNamespace(normal);
    }

    static boolean isSpecialUse(String normal) {
        return normal.length() > SPECIAL_USE_PREFIX.length() + SPECIAL_USE_SUFFIX.length()
                && normal.startsWith(SPECIAL_USE_PREFIX)
                && normal.endsWith(SPECIAL_USE_SUFFIX);
    }

    /** The environment variable that sets it: upper case with {@code TWINBOX_} before it, {@code /} as {@code _}. */
    static String environmentVariable(String normal) {
        StringBuilder name = new StringBuilder("TWINBOX_");
        for (int i = 0; i < normal.length(); i++) {
            char c = normal.charAt(i);
            name.append(c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c == '/' ? '_' : c);
        }
        return name.toString();
    }
}
