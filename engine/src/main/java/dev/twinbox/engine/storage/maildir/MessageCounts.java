package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.account.AccountContext;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many mails indexes have that have a log behind their snapshot, which means reading all of them. Counted once for each
 * state of the files, since a run asks for a mailbox's numbers several times. Safe for use by several threads.
 */
final class MessageCounts {
    /** Of so many mailboxes at most it is remembered. */
    private static final int KNOWN_MAX = 10_000;

    private final Map<DiskPath, Count> known = new ConcurrentHashMap<>();

    private record Count(FileInfo index, FileInfo log, int messages) {}

    /** How many mails the index has; 0 if there is none. */
    int of(AccountContext context, MaildirPaths paths) throws IOException {
        FileInfo index = look(context, paths, "");
        FileInfo log = look(context, paths, ".log");
        Count before = known.get(paths.index());
        if (before != null
                && index != null
                && log != null
                && before.index().isSameState(index)
                && before.log().isSameState(log)) {
            return before.messages();
        }
        int messages = count(context, paths);
        if (index != null && log != null && (before != null || known.size() < KNOWN_MAX)) {
            known.put(paths.index(), new Count(index, log, messages));
        }
        return messages;
    }

    /** As it was before it is read: what comes meanwhile is counted again. */
    private static @Nullable FileInfo look(AccountContext context, MaildirPaths paths, String suffix)
            throws IOException {
        return context.disk()
                .stat(paths.index().resolve(IndexReader.PREFIX + suffix))
                .orElse(null);
    }

    private static int count(AccountContext context, MaildirPaths paths) throws IOException {
        return IndexReader.read(context.disk(), paths.index(), IndexReader.PREFIX)
                .map(IndexState::size)
                .orElse(0);
    }
}
