package dev.twinbox.cli.config;

import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out whose mail a run is about. */
public final class Users {
    private Users() {}

    /**
     * {@code mail_home} says where the home is; without it {@code -u} is looked up in {@code /etc/passwd}, and without
     * {@code -u} it is the caller: {@code $USER} and {@code $HOME}.
     *
     * @param name {@code -u}, or null
     * @param noLookup take {@code $USER} and ask nobody
     */
    public static User resolve(
            @Nullable String name, boolean noLookup, Settings settings, Map<String, String> environment, Disk disk)
            throws Refusal {
        String user = name;
        String home = null;
        if (user == null) {
            user = environment.get("USER");
            if (noLookup && (user == null || user.isEmpty())) {
                throw Refusal.temporary("--no-userdb-lookup needs the user's name in the environment variable USER");
            }
            if (user == null) {
                user = environment.getOrDefault("LOGNAME", "");
            }
            home = environment.get("HOME");
        } else if (user.isEmpty() || user.indexOf('*') >= 0 || user.indexOf('?') >= 0) {
            throw Refusal.usage("-u needs the name of one user, not '" + user + "'; masks are not in this version");
        }
        String setting = settings.get(SettingNames.MAIL_HOME);
        if (setting != null && !setting.isEmpty()) {
            home = Variables.expand(setting, new User(user, null));
        } else if (name != null && !noLookup) {
            home = lookUp(name, disk);
        }
        if (home != null && !home.startsWith("/")) {
            throw Refusal.configuration(
                    "the home folder '" + home + "' of user '" + user + "' is not an absolute path");
        }
        return new User(user, home);
    }

    private static @Nullable String lookUp(String name, Disk disk) throws Refusal {
        try {
            Passwd.Entry entry = Passwd.byName(disk, name);
            return entry == null ? null : entry.home();
        } catch (IOException e) {
            throw Refusal.temporary("cannot look up user '" + name + "': " + e.getMessage());
        }
    }
}
