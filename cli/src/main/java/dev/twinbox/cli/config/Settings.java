package dev.twinbox.cli.config;

import dev.twinbox.cli.args.GlobalOptions;
import dev.twinbox.cli.args.SettingArgument;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a run: {@code -o} beats the environment, which beats the file. Names are Dovecot's, of 2.3 or 2.4.
 * Immutable.
 */
public final class Settings {
    private static final String DEFAULT_NAME = "twinbox";

    /** Where a value comes from; a later layer beats an earlier one. */
    enum Layer {
        FILE,
        ENVIRONMENT,
        OPTION
    }

    /** A value and where it comes from. */
    record Value(String text, Layer layer) {}

    private final Map<String, Value> values;
    private final List<String> unknownOptions;
    private final List<String> unknownInFile;
    private final List<String> passedOver;
    private final @Nullable String file;

    private Settings(
            Map<String, Value> values,
            List<String> unknownOptions,
            List<String> unknownInFile,
            List<String> passedOver,
            @Nullable String file) {
        this.values = values;
        this.unknownOptions = unknownOptions;
        this.unknownInFile = unknownInFile;
        this.passedOver = passedOver;
        this.file = file;
    }

    /**
     * Reads all layers.
     *
     * @param environment the process's
     * @throws Refusal if a file that was asked for cannot be read, or any has a line that is no setting
     */
    public static Settings load(GlobalOptions options, Map<String, String> environment, String cwd, Disk disk)
            throws Refusal {
        Map<String, Value> values = new HashMap<>();
        List<String> unknownOptions = new ArrayList<>();
        List<String> unknownInFile = new ArrayList<>();
        List<String> passedOver = new ArrayList<>();
        String file = null;
        if (!options.noConfigFile()) {
            Source source = find(options, environment, cwd, disk, passedOver);
            if (source != null) {
                file = source.name;
                for (ConfigFile.Line line : ConfigFile.parse(source.text, source.name)) {
                    String name = SettingNames.normal(line.name());
                    if (SettingNames.isKnown(name)) {
                        values.put(name, new Value(line.value(), Layer.FILE));
                    } else {
                        unknownInFile.add(file + ":" + line.number() + ": " + line.name());
                    }
                }
            }
        }
        for (String name : SettingNames.all()) {
            String value = environment.get(SettingNames.environmentVariable(name));
            if (value != null) {
                values.put(name, new Value(value, Layer.ENVIRONMENT));
            }
        }
        putOptions(options.overrides(), values, unknownOptions);
        return new Settings(values, unknownOptions, unknownInFile, passedOver, file);
    }

    /** What holds for a location that is given in full: nothing about its layout, only how to treat files. */
    public Settings forOtherLocation(List<SettingArgument> arguments) {
        Map<String, Value> kept = new HashMap<>();
        for (String name : List.of(SettingNames.FSYNC, SettingNames.LOCK_METHOD, SettingNames.LOCK_TIMEOUT)) {
            Value value = values.get(name);
            if (value != null) {
                kept.put(name, value);
            }
        }
        List<String> unknown = new ArrayList<>();
        putOptions(arguments, kept, unknown);
        return new Settings(kept, unknown, List.of(), List.of(), null);
    }

    private static void putOptions(List<SettingArgument> arguments, Map<String, Value> values, List<String> unknown) {
        for (SettingArgument argument : arguments) {
            String name = SettingNames.normal(argument.name());
            if (SettingNames.isKnown(name)) {
                values.put(name, new Value(argument.value(), Layer.OPTION));
            } else {
                unknown.add(argument.name());
            }
        }
    }

    /** A file and its content. */
    private record Source(String name, String text) {}

    /** The file that counts; usual places we may not look at are passed over, and told of. */
    private static @Nullable Source find(
            GlobalOptions options, Map<String, String> environment, String cwd, Disk disk, List<String> passedOver)
            throws Refusal {
        String instance = options.instance();
        if (instance != null && (instance.isEmpty() || instance.indexOf('/') >= 0)) {
            throw Refusal.usage("-i needs the name of an instance, not '" + instance + "'");
        }
        String asked = options.configFile() != null ? options.configFile() : environment.get("TWINBOX_CONFIG");
        if (asked != null && instance == null) {
            try {
                Source source = read(asked, cwd, disk);
                if (source == null) {
                    throw Refusal.configuration("settings file " + asked + " is not there");
                }
                return source;
            } catch (AccessDeniedException e) {
                throw unreadable(asked, e);
            }
        }
        String name = (instance == null ? DEFAULT_NAME : DEFAULT_NAME + "-" + instance) + ".conf";
        List<String> places = new ArrayList<>();
        if (asked != null) {
            int slash = asked.lastIndexOf('/');
            places.add((slash < 0 ? "." : asked.substring(0, slash)) + "/" + name);
        } else {
            String home = environment.get("HOME");
            if (home != null && home.startsWith("/")) {
                places.add(home + "/.config/twinbox/" + name);
            }
            places.add("/etc/twinbox/" + name);
        }
        for (String place : places) {
            try {
                Source source = read(place, cwd, disk);
                if (source != null) {
                    return source;
                }
            } catch (AccessDeniedException e) {
                passedOver.add(place);
            }
        }
        if (instance != null) {
            throw Refusal.configuration(
                    "no settings file of instance " + instance + ": looked for " + String.join(", ", places));
        }
        return null;
    }

    private static @Nullable Source read(String name, String cwd, Disk disk) throws Refusal, AccessDeniedException {
        try {
            DiskPath path = Paths.absolute(name, cwd, disk);
            if (disk.statFollowing(path).isEmpty()) {
                return null; // as nearly always
            }
            byte[] text = disk.readAll(disk.realPath(path), ConfigFile.SIZE_MAX);
            return new Source(name, new String(text, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(name, e);
        }
    }

    private static Refusal unreadable(String name, Exception e) {
        String why = e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
        return Refusal.configuration("settings file " + name + " cannot be read: " + why);
    }

    /** A setting, or null if no layer has it. */
    public @Nullable String get(String name) {
        Value value = values.get(name);
        return value == null ? null : value.text();
    }

    @Nullable
    Value find(String name) {
        return values.get(name);
    }

    /** Names given by option that mean nothing here: perhaps misspelt. */
    public List<String> unknownOptions() {
        return unknownOptions;
    }

    /** Names in the file that mean nothing here, each with its place. */
    public List<String> unknownInFile() {
        return unknownInFile;
    }

    /** Files at the usual places that may not be read: taken as absent, since nobody asked for them. */
    public List<String> passedOver() {
        return passedOver;
    }

    /** The file that was read, or null. */
    public @Nullable String file() {
        return file;
    }

    /** What the file alone decides, as {@code name=value}: for a child that cannot read it. */
    public List<String> fromFile() {
        List<String> found = new ArrayList<>();
        for (Map.Entry<String, Value> entry : values.entrySet()) {
            if (entry.getValue().layer() == Layer.FILE) {
                found.add(entry.getKey() + "=" + entry.getValue().text());
            }
        }
        return found;
    }

    /** The names of the namespaces that settings are about, in the order of the alphabet. */
    Set<String> namespaces() {
        Set<String> names = new TreeSet<>();
        for (String key : values.keySet()) {
            String namespace = SettingNames.namespace(key);
            if (namespace != null) {
                names.add(namespace);
            }
        }
        return names;
    }

    /** What holds in a namespace: its own settings instead of the account's. */
    Settings inNamespace(String namespace) {
        Map<String, Value> own = new HashMap<>(values);
        own.remove(SettingNames.SEPARATOR);
        take(own, namespace, "separator", SettingNames.SEPARATOR);
        take(own, namespace, "location", SettingNames.MAIL_LOCATION);
        for (String name : SettingNames.IN_NAMESPACES) {
            take(own, namespace, name, name);
        }
        boolean path = values.containsKey(SettingNames.NAMESPACE + namespace + "/" + SettingNames.MAIL_PATH);
        if (path) {
            own.remove(SettingNames.MAIL_LOCATION);
        }
        return new Settings(own, List.of(), List.of(), List.of(), null);
    }

    private void take(Map<String, Value> own, String namespace, String key, String name) {
        Value value = values.get(SettingNames.NAMESPACE + namespace + "/" + key);
        if (value != null && !(key.equals("location") && value.text().isEmpty())) {
            own.put(name, value);
        }
    }

    /** Whether a namespace has a setting, be it empty. */
    boolean has(String namespace, String key) {
        return values.containsKey(SettingNames.NAMESPACE + namespace + "/" + key);
    }

    /** A setting of a namespace; empty if it has it not. */
    String ofNamespace(String namespace, String key) {
        String value = get(SettingNames.NAMESPACE + namespace + "/" + key);
        return value == null ? "" : value;
    }

    /** The mailboxes that carry a special use such as {@code \Trash}; those of Dovecot's example unless settings say. */
    public List<String> specialUse(String use) {
        List<String> names = new ArrayList<>();
        boolean any = false;
        for (Map.Entry<String, Value> entry : values.entrySet()) {
            String namespace = SettingNames.namespace(entry.getKey());
            String key = namespace == null
                    ? entry.getKey()
                    : entry.getKey().substring(SettingNames.NAMESPACE.length() + namespace.length() + 1);
            if (SettingNames.isSpecialUse(key)) {
                any = true;
                if (entry.getValue().text().equalsIgnoreCase(use)) {
                    names.add(prefix(namespace == null ? "inbox" : namespace)
                            + key.substring(
                                    SettingNames.SPECIAL_USE_PREFIX.length(),
                                    key.length() - SettingNames.SPECIAL_USE_SUFFIX.length()));
                }
            }
        }
        if (any) {
            return names;
        }
        return switch (use.toLowerCase(java.util.Locale.ROOT)) {
            case "\\drafts" -> List.of("Drafts");
            case "\\junk" -> List.of("Junk");
            case "\\trash" -> List.of("Trash");
            case "\\sent" -> List.of("Sent", "Sent Messages");
            default -> List.of();
        };
    }

    /** Of the namespace's names, with slashes between the levels. */
    private String prefix(String namespace) {
        String prefix = ofNamespace(namespace, "prefix");
        return prefix.isEmpty() ? "" : prefix.replace(prefix.charAt(prefix.length() - 1), '/');
    }
}
