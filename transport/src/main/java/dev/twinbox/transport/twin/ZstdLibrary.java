package dev.twinbox.transport.twin;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.util.ZstdVersion;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The part of zstd that is made for this machine. Where it does not lie in the library path, each process that compresses
 * unpacks it into the folder for temporary files, which costs more than a small run says. Without state.
 */
public final class ZstdLibrary {
    private ZstdLibrary() {}

    /** How it has to be called in the library path. */
    public static String fileName() {
        return "libzstd-jni-" + ZstdVersion.VERSION + ".so";
    }

    /** Its content; null if there is none for this machine, or it has another form than on Linux. */
    public static @Nullable InputStream open() {
        return Zstd.class.getResourceAsStream("/linux/" + System.getProperty("os.arch") + "/" + fileName());
    }
}
