package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.UniqueNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;

/** Names of files that hold no mails of anybody yet, and what becomes of those whose maker died. */
final class DboxTemporary {
    /** Begins the name of every temporary file; what Dovecot's do, too, so that it removes old ones. */
    private static final String TEMP_PREFIX = ".temp.";

    /** Begins the names of ours, so that what a killed run left can be told. */
    private static final String OWN_PREFIX = TEMP_PREFIX + "twinbox-";

    private static final int PID_DIGITS_MAX = 10;

    private final AccountContext context;
    private final DiskPath folder;
    private boolean cleaned;

    DboxTemporary(AccountContext context, DiskPath folder) {
        this.context = context;
        this.folder = folder;
    }

    /** A name nobody has. */
    DiskPath next() {
        String name = ownPrefix()
                + context.host().pid()
                + "-"
                + context.names().next(context.clock().epochMillis());
        return folder.resolve(name.getBytes(StandardCharsets.ISO_8859_1));
    }

    private String ownPrefix() {
        return OWN_PREFIX + UniqueNames.escapeHost(context.host().name()) + "-";
    }

    /** Removes what earlier runs of this program on this host left when they were killed; looks only once. */
    void clean() throws IOException {
        if (cleaned) {
            return;
        }
        cleaned = true;
        String ours = ownPrefix();
        for (byte[] file : context.disk().list(folder)) {
            String text = new String(file, StandardCharsets.ISO_8859_1);
            if (text.startsWith(ours) && isOrphan(text.substring(ours.length()))) {
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
    void remove(DiskPath file) throws IOException {
        try {
            context.disk().unlink(file);
        } catch (NoSuchFileException e) {
            // What is wanted.
        }
    }
}
