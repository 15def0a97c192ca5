package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.DiskPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;

/**
 * Files for the moment, whose names say which process made them: {@code <prefix><host>-<pid>-<unique name><suffix>}. So a later
 * run can tell, and remove, what one that was killed has left. Used by one thread.
 */
public final class OwnFiles {
    private static final int PID_DIGITS_MAX = 10;

    private final AccountContext context;
    private final DiskPath folder;
    private final String prefix;
    private final String suffix;
    private boolean cleaned;

    /**
     * @param folder where they are
     * @param prefix begins their names, and those of no other program's files
     * @param suffix ends them; may be empty
     */
    public OwnFiles(AccountContext context, DiskPath folder, String prefix, String suffix) {
        this.context = context;
        this.folder = folder;
        this.prefix = prefix + UniqueNames.escapeHost(context.host().name()) + "-";
        this.suffix = suffix;
    }

    /** A name that most likely nobody has; another store of this process may have begun in the same microsecond. */
    public DiskPath next() {
        return path(nextUnique());
    }

    /** What makes such a name one of its own. Of a hundred thousand files it takes far less memory than their paths. */
    public String nextUnique() {
        return context.names().next(context.clock().epochMillis());
    }

    /** The file that goes by it. */
    public DiskPath path(String unique) {
        return FolderNames.resolve(folder, prefix + context.host().pid() + "-" + unique + suffix);
    }

    /**
     * Removes what earlier runs of this program on this host left when they were killed; looks only once.
     *
     * @throws NoSuchFileException if there is no such folder
     */
    public void clean() throws IOException {
        if (cleaned) {
            return;
        }
        cleaned = true;
        for (byte[] file : context.disk().list(folder)) {
            String text = new String(file, StandardCharsets.ISO_8859_1);
            if (text.startsWith(prefix) && text.endsWith(suffix) && isOrphan(text.substring(prefix.length()))) {
                remove(folder.resolve(file));
            }
        }
    }

    private boolean isOrphan(String rest) {
        int end = rest.indexOf('-');
        if (end < 1 || end > PID_DIGITS_MAX) {
            return false;
        }
        try {
            long pid = Long.parseLong(rest.substring(0, end));
            return pid != context.host().pid() && !context.host().isAlive(pid);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Removes a file if it is there. */
    public void remove(DiskPath file) throws IOException {
        try {
            context.disk().unlink(file);
        } catch (NoSuchFileException e) {
            // What is wanted.
        }
    }
}
