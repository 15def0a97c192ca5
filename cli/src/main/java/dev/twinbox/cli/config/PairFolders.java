package dev.twinbox.cli.config;

import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.pair.PairFolder;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.run.Clock;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the folder of {@code twinbox pair}. */
public final class PairFolders {
    private static final String USUAL = "/.config/twinbox/pair";

    private PairFolders() {}

    /**
     * {@code twinbox_pair_dir}, or {@code ~/.config/twinbox/pair} of whoever runs the program.
     *
     * @param cwd absolute path of the current folder
     * @return null if there is no home either
     */
    public static @Nullable PairFolder find(
            Settings settings, Map<String, String> environment, String cwd, Disk disk, Clock clock) throws Refusal {
        String name = settings.get(SettingNames.PAIR_DIR);
        if (name == null) {
            String home = environment.get("HOME");
            if (home == null || !home.startsWith("/")) {
                return null;
            }
            name = home + USUAL;
            if (isClosed(name, disk)) {
                return null; // root's, perhaps, of whom we are a child
            }
        }
        try {
            return new PairFolder(Paths.absolute(name, cwd, disk), disk, clock);
        } catch (IOException | IllegalArgumentException e) {
            throw Refusal.configuration(SettingNames.PAIR_DIR + ": " + e.getMessage());
        }
    }

    private static boolean isClosed(String folder, Disk disk) {
        try {
            disk.stat(DiskPath.of(folder + "/trusted"));
            return false;
        } catch (AccessDeniedException e) {
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
