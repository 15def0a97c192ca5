package dev.twinbox.cli.config;

import dev.twinbox.cli.args.Interval;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountLocation.Format;
import dev.twinbox.engine.storage.account.AccountLocation.Layout;
import dev.twinbox.engine.storage.mbox.MboxSettings;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes locations of {@code driver:path:KEY=value…} (2.3) and of the settings {@code mail_driver}, {@code mail_path}, …
 * (2.4). In a location {@code ::} is a colon, {@code ~} the user's home, and variables are replaced; a relative path counts
 * from the current folder.
 */
public final class Locations {
    private static final String SUPPORTED =
            "maildir:PATH, sdbox:PATH, mdbox:PATH and mbox:PATH are what this version can read and write";

    /** By the name of the driver. */
    private static final Map<String, Format> FORMATS =
            Map.of("maildir", Format.MAILDIR, "sdbox", Format.SDBOX, "mdbox", Format.MDBOX, "mbox", Format.MBOX);

    private static final String DICT_FILE = "file:";
    private static final long MILLIS_PER_SECOND = 1000;

    /** Keys of other formats, or about files we do not touch: of no consequence to a Maildir. */
    private static final List<String> HARMLESS =
            List.of("ALT", "VOLATILEDIR", "INDEXCACHE", "ITERINDEX", "NO-NOSELECT", "NO-FS-VALIDATION", "BROKENCHAR");

    private final User user;
    private final String cwd;
    private final Disk disk;

    /**
     * @param user whose home and name variables stand for
     * @param cwd absolute path of the current folder
     */
    public Locations(User user, String cwd, Disk disk) {
        this.user = user;
        this.cwd = cwd;
        this.disk = disk;
    }

    /**
     * The account the settings describe.
     *
     * @throws Refusal if they describe none
     */
    public Location ofSettings(Settings settings) throws Refusal {
        Set<String> names = settings.namespaces();
        if (names.isEmpty()) {
            return ofOne(settings);
        }
        NamespaceLocation inbox = null;
        List<NamespaceLocation> parts = new ArrayList<>();
        Set<String> prefixes = new HashSet<>();
        for (String name : names) {
            if (isYes(settings.ofNamespace(name, "disabled"))) {
                continue;
            }
            NamespaceLocation part = namespace(settings, name);
            if (!prefixes.add(part.prefix())) {
                throw Refusal.configuration("two namespaces have the prefix '" + part.prefix() + "'");
            }
            if (part.inbox() && inbox != null) {
                throw Refusal.configuration(
                        "two namespaces have inbox = yes: those " + inbox.describe() + " and " + part.describe());
            }
            inbox = part.inbox() ? part : inbox;
            parts.add(part);
        }
        if (inbox == null) {
            throw Refusal.configuration("no namespace has inbox = yes");
        }
        Location own = inbox.location();
        if (own == null) {
            throw Refusal.configuration("the namespace of INBOX: " + inbox.trouble());
        }
        boolean plain = parts.size() == 1 && inbox.levels() == null;
        return plain ? own : Location.of(parts);
    }

    private NamespaceLocation namespace(Settings settings, String name) throws Refusal {
        String said = settings.ofNamespace(name, "inbox");
        // What only says the separator of the account's only namespace need not say that INBOX is in it.
        boolean inbox = said.isEmpty() ? name.equals("inbox") : isYes(said);
        String type = settings.ofNamespace(name, "type");
        String prefix = settings.ofNamespace(name, "prefix");
        Location location = null;
        String trouble = null;
        try {
            if (prefix.indexOf('%') >= 0) {
                throw Refusal.temporary("variables in a prefix are not in this version");
            }
            location = ofOne(settings.inNamespace(name));
        } catch (Refusal e) {
            if (inbox) {
                throw e;
            }
            trouble = e.text();
        }
        MailboxName levels = levels(prefix, location);
        if (location != null && levels != null) {
            location = location.withPrefix(levels);
        }
        // doveconf prints an empty one for those that are no alias, too; but those lie somewhere else.
        String target = settings.ofNamespace(name, "alias_for");
        boolean elsewhere = !settings.ofNamespace(name, "location").isEmpty()
                || !settings.ofNamespace(name, SettingNames.MAIL_PATH).isEmpty();
        boolean alias = !inbox && settings.has(name, "alias_for") && (!target.isEmpty() || !elsewhere);
        String list = settings.ofNamespace(name, "list");
        boolean shown = !isYes(settings.ofNamespace(name, "hidden")) || (!list.isEmpty() && !isNo(list));
        return new NamespaceLocation(
                prefix,
                levels,
                inbox,
                type.isEmpty() || type.equals("private"),
                shown && !alias,
                alias ? target : null,
                !isNo(settings.ofNamespace(name, "subscriptions")),
                location,
                trouble,
                inbox);
    }

    /** Where a prefix holds variables nobody knows its levels. */
    private static @Nullable MailboxName levels(String prefix, @Nullable Location location) throws Refusal {
        if (prefix.isEmpty() || prefix.indexOf('%') >= 0) {
            return null;
        }
        char last = prefix.charAt(prefix.length() - 1);
        char separator = location == null ? last : location.account().separator();
        if (last != separator || prefix.length() == 1) {
            throw Refusal.configuration(
                    "the prefix '" + prefix + "' of a namespace must end with its separator, '" + separator + "'");
        }
        try {
            return MailboxName.parse(prefix.substring(0, prefix.length() - 1), separator);
        } catch (IllegalArgumentException e) {
            throw Refusal.configuration("the prefix '" + prefix + "' of a namespace: " + e.getMessage());
        }
    }

    private static boolean isNo(String value) {
        return value.equalsIgnoreCase("no") || value.equalsIgnoreCase("n") || value.equals("0");
    }

    private Location ofOne(Settings settings) throws Refusal {
        Settings.Value location = settings.find(SettingNames.MAIL_LOCATION);
        Settings.Value driver = settings.find(SettingNames.MAIL_DRIVER);
        Settings.Value path = settings.find(SettingNames.MAIL_PATH);
        Settings.Layer old = location == null ? null : location.layer();
        Settings.Layer added = path != null ? path.layer() : driver != null ? driver.layer() : null;
        if (location != null
                && !location.text().isEmpty()
                && (added == null || old == null || old.compareTo(added) > 0)) {
            return parse(location.text(), settings);
        }
        if (added != null && added == old) {
            throw Refusal.configuration("mail_location and mail_path are both set: which one is meant?");
        }
        if (driver == null || path == null) {
            throw Refusal.configuration(
                    "no mail location is set: give --from maildir:PATH, or set mail_location with -o"
                            + " mail_location=maildir:PATH, in the environment or in twinbox.conf");
        }
        return build(driver.text() + ":" + path.text(), driver.text(), path.text(), new HashMap<>(), settings);
    }

    /**
     * The account a location describes.
     *
     * @param extra settings for what the location itself does not say
     * @throws Refusal with doveadm's exit code 75 if it is none, or of a kind we cannot open
     */
    public Location parse(String text, Settings extra) throws Refusal {
        int colon = text.indexOf(':');
        if (colon < 1 || !isWord(text, colon)) {
            throw Refusal.temporary("'" + text + "' is no mail location: " + SUPPORTED);
        }
        String driver = text.substring(0, colon);
        List<String> parts = split(text, colon + 1);
        Map<String, String> keys = new HashMap<>();
        for (int i = 1; i < parts.size(); i++) {
            String part = parts.get(i);
            int equals = part.indexOf('=');
            keys.put(equals < 0 ? part : part.substring(0, equals), equals < 0 ? "" : part.substring(equals + 1));
        }
        return build(text, driver, parts.get(0), keys, extra);
    }

    private Location build(String text, String driver, String path, Map<String, String> keys, Settings extra)
            throws Refusal {
        Format format = FORMATS.get(driver);
        if (format == null) {
            throw Refusal.temporary("'" + text + "': unknown driver '" + driver + "': " + SUPPORTED);
        }
        List<String> remarks = new ArrayList<>();
        DiskPath root = Objects.requireNonNull(folder(text, path));
        Layout layout = layout(text, format, take(keys, "LAYOUT", extra, SettingNames.LAYOUT));
        DiskPath control = folder(text, take(keys, "CONTROL", extra, SettingNames.CONTROL));
        DiskPath index = folder(text, take(keys, "INDEX", extra, SettingNames.INDEX));
        DiskPath inbox = folder(text, take(keys, "INBOX", extra, SettingNames.INBOX));
        if (layout == Layout.INDEX && inbox != null) {
            inbox = null;
            remarks.add("'" + text
                    + "': INBOX= has no effect with LAYOUT=index, as in Dovecot: INBOX lies among the others");
        }
        String directoryName = take(keys, "DIRNAME", extra, SettingNames.DIRECTORY_NAME);
        DiskPath alt = format == Format.SDBOX || format == Format.MDBOX
                ? folder(text, notEmpty(take(keys, "ALT", extra, SettingNames.ALT)))
                : null;
        String ownDict = keys.remove("ATTRIBUTES");
        DiskPath dict = folder(text, ownDict != null ? ownDict : dictFile(extra.get(SettingNames.ATTRIBUTE_DICT)));
        boolean utf8 = keys.remove("UTF-8") != null || isYes(extra.get(SettingNames.UTF8));
        for (Map.Entry<String, String> key : keys.entrySet()) {
            checkOther(text, key.getKey(), key.getValue(), remarks);
        }
        AccountLocation account = new AccountLocation(
                format,
                root,
                layout,
                control,
                index,
                inbox,
                layout == Layout.INDEX
                        ? null
                        : directoryName == null || directoryName.isEmpty() ? format.directoryName() : directoryName,
                utf8,
                separator(extra.get(SettingNames.SEPARATOR), layout),
                dict,
                alt,
                null);
        if (format == Format.MBOX && (layout != Layout.FS || account.directoryName() != null)) {
            throw Refusal.temporary("'" + text + "': mbox accounts have LAYOUT=fs and no DIRNAME=; with others Dovecot"
                    + " does not work, either");
        }
        return new Location(text, account, durability(extra), lockWaitMillis(extra), mbox(extra), remarks, List.of());
    }

    private static MboxSettings mbox(Settings settings) throws Refusal {
        try {
            String read = settings.get(SettingNames.MBOX_READ_LOCKS);
            String write = settings.get(SettingNames.MBOX_WRITE_LOCKS);
            String md5 = settings.get(SettingNames.MBOX_MD5);
            return new MboxSettings(
                    read == null ? MboxSettings.DEFAULT.readLocks() : MboxSettings.locks(read),
                    write == null ? MboxSettings.DEFAULT.writeLocks() : MboxSettings.locks(write),
                    "all".equals(md5));
        } catch (NotPossibleException e) {
            throw Refusal.configuration(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable String take(Map<String, String> keys, String key, Settings extra, String setting) {
        String value = keys.remove(key);
        return value != null ? value : notEmpty(extra.get(setting));
    }

    /** The path in {@code file:PATH}; null for no dictionary. */
    private static @Nullable String dictFile(@Nullable String dict) throws Refusal {
        if (dict == null || dict.isEmpty()) {
            return null;
        }
        if (!dict.startsWith(DICT_FILE) || dict.length() == DICT_FILE.length()) {
            throw Refusal.configuration("mail_attribute_dict = " + dict + ": only file:PATH is in this version; set it"
                    + " to nothing to leave the mailboxes' attributes (METADATA) alone");
        }
        return dict.substring(DICT_FILE.length());
    }

    private static void checkOther(String text, String key, String value, List<String> remarks) throws Refusal {
        if (HARMLESS.contains(key)) {
            remarks.add("'" + text + "': " + key + "= has no effect here");
        } else if (key.equals("SUBSCRIPTIONS") && value.equals("subscriptions")) {
            return;
        } else if (!key.isEmpty()) {
            throw Refusal.temporary("'" + text + "': the key '" + key + "' is not in this version; known are LAYOUT,"
                    + " INDEX, CONTROL, INBOX, DIRNAME, ALT, UTF-8 and ATTRIBUTES");
        }
    }

    private @Nullable DiskPath folder(String text, @Nullable String written) throws Refusal {
        if (written == null) {
            return null;
        }
        if (written.equals("MEMORY")) {
            throw Refusal.temporary(
                    "'" + text + "': an account without index files (INDEX=MEMORY) is not in this version");
        }
        String path = Variables.expand(written, user);
        if (path.equals("~") || path.startsWith("~/")) {
            path = user.requireHome() + path.substring(1);
        } else if (path.startsWith("~")) {
            throw Refusal.temporary("'" + text + "': only ~/ is known, not another user's home");
        }
        try {
            DiskPath folder = Paths.absolute(path, cwd, disk);
            if (folder.equals(folder.parent())) {
                throw Refusal.temporary("'" + text + "': the root folder of the machine is no mail location");
            }
            return folder;
        } catch (IOException | IllegalArgumentException e) {
            throw Refusal.temporary("'" + text + "': " + e.getMessage());
        }
    }

    private static @Nullable String notEmpty(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    private static Layout layout(String text, Format format, @Nullable String layout) throws Refusal {
        if (layout == null || layout.isEmpty()) {
            return format.layout();
        }
        if (layout.equalsIgnoreCase("maildir++") && format.directoryName() == null) {
            return Layout.MAILDIR_PLUS_PLUS;
        }
        if (layout.equalsIgnoreCase("fs")) {
            return Layout.FS;
        }
        if (layout.equalsIgnoreCase("index")) {
            return Layout.INDEX;
        }
        throw Refusal.temporary("'" + text + "': layout '" + layout
                + "' is not in this version: maildir++ (not of sdbox and mdbox), fs and index are");
    }

    private static char separator(@Nullable String separator, Layout layout) throws Refusal {
        if (separator == null || separator.isEmpty()) {
            return layout == Layout.MAILDIR_PLUS_PLUS ? '.' : '/';
        }
        if (separator.length() != 1 || separator.charAt(0) <= ' ' || separator.charAt(0) > '~') {
            throw Refusal.configuration("the hierarchy separator must be one character, not '" + separator + "'");
        }
        return separator.charAt(0);
    }

    private static Durability durability(Settings settings) throws Refusal {
        String lock = settings.get(SettingNames.LOCK_METHOD);
        if (lock != null && !lock.equals("fcntl")) {
            throw Refusal.configuration("lock_method = " + lock + " is not in this version: Java can only take fcntl"
                    + " locks, and two programs that lock differently destroy each other's index files");
        }
        String fsync = settings.get(SettingNames.FSYNC);
        return switch (fsync == null ? "" : fsync) {
            case "", "optimized", "always" -> Durability.DURABLE;
            case "never" -> Durability.NEVER;
            default -> throw Refusal.configuration("mail_fsync is never, optimized or always, not '" + fsync + "'");
        };
    }

    /** Like Dovecot's: a bare number is seconds, 0 sets no bound of its own, and no bound makes the usual wait longer. */
    private static long lockWaitMillis(Settings settings) throws Refusal {
        String timeout = settings.get(SettingNames.LOCK_TIMEOUT);
        if (timeout == null || timeout.equals("0")) {
            return Dotlock.DEFAULT_WAIT_MILLIS;
        }
        String unit = timeout.isEmpty() || !isDigit(timeout.charAt(timeout.length() - 1)) ? "" : "s";
        long seconds = Interval.seconds(timeout.concat(unit));
        if (seconds < 0) {
            throw Refusal.configuration(
                    "mail_max_lock_timeout is a time such as '30 secs' or '2 mins', not '" + timeout + "'");
        }
        long usual = Dotlock.DEFAULT_WAIT_MILLIS;
        return seconds == 0 || seconds > usual / MILLIS_PER_SECOND ? usual : seconds * MILLIS_PER_SECOND;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isYes(@Nullable String value) {
        return value != null && (value.equalsIgnoreCase("yes") || value.equalsIgnoreCase("y") || value.equals("1"));
    }

    private static boolean isWord(String text, int end) {
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) {
                return false;
            }
        }
        return true;
    }

    /** The parts between single colons; a doubled colon is one of a part. */
    private static List<String> split(String text, int start) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = start; i < text.length(); i++) {
            if (text.charAt(i) != ':') {
                part.append(text.charAt(i));
            } else if (i + 1 < text.length() && text.charAt(i + 1) == ':') {
                part.append(':');
                i++;
            } else {
                parts.add(part.toString());
                part.setLength(0);
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
