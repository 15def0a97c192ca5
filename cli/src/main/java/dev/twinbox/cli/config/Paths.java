package dev.twinbox.cli.config;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import java.io.IOException;

/** Paths as people write them. */
public final class Paths {
    private Paths() {}

    /**
     * The absolute path: a relative one counts from the current folder; {@code .} and {@code ..} are resolved as the
     * kernel would, links included.
     *
     * @throws IllegalArgumentException if it is no path
     */
    public static DiskPath absolute(String path, String cwd, Disk disk) throws IOException {
        if (path.isEmpty()) {
            throw new IllegalArgumentException("path is empty");
        }
        if (path.indexOf('\uFFFD') >= 0) {
            throw new IllegalArgumentException("path is not UTF-8");
        }
        String full = path.charAt(0) == '/' ? path : cwd + "/" + path;
        DiskPath result = DiskPath.of("/");
        int start = 1;
        for (int i = 1; i <= full.length(); i++) {
            if (i < full.length() && full.charAt(i) != '/') {
                continue;
            }
            String level = full.substring(start, i);
            start = i + 1;
            if (level.equals("..")) {
                result = disk.realPath(result).parent();
            } else if (!level.isEmpty() && !level.equals(".")) {
                result = result.resolve(level);
            }
        }
        return result;
    }
}
