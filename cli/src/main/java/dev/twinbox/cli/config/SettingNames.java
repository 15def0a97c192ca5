package dev.twinbox.cli.config;

import java.util.List;

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
    static final String DIRECTORY_NAME = "mailbox_directory_name";
    static final String UTF8 = "mailbox_list_utf8";
    static final String SEPARATOR = "namespace/inbox/separator";
    static final String ATTRIBUTE_DICT = "mail_attribute_dict";
    static final String FSYNC = "mail_fsync";
    static final String LOCK_METHOD = "lock_method";
    static final String LOCK_TIMEOUT = "mail_max_lock_timeout";
    static final String REMOTE_COMMAND = "dsync_remote_cmd";

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
            DIRECTORY_NAME,
            UTF8,
            SEPARATOR,
            ATTRIBUTE_DICT,
            FSYNC,
            LOCK_METHOD,
            LOCK_TIMEOUT,
            REMOTE_COMMAND);

    private SettingNames() {}

    static List<String> all() {
        return ALL;
    }

    /** The one spelling of a setting that has several. */
    static String normal(String name) {
        return switch (name) {
            case "separator", "namespace_separator" -> SEPARATOR;
            default ->
                name.startsWith("namespace/inbox/" + SPECIAL_USE_PREFIX)
                        ? name.substring("namespace/inbox/".length())
                        : name;
        };
    }

    static boolean isKnown(String normal) {
        return ALL.contains(normal) || isSpecialUse(normal);
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
