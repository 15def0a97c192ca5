package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.account.AccountContext;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the files are that were renamed after the table of their mailbox was made, as every change of a flag does.
 *
 * <p>Whoever looks for one file lists the folders, and what that says of all other files is kept: a mailbox in heavy use
 * would otherwise be listed for every single mail, longer than it takes the next mails to arrive. What is kept goes when
 * memory runs short. Thread-safe.
 */
final class Whereabouts {
    private final AccountContext context;
    private final MaildirPaths paths;
    private SoftReference<@Nullable Names> last = new SoftReference<>(null);
    /** Made with all the care of {@link FolderListing#read}: what it lacks is gone. */
    private SoftReference<@Nullable Names> whole = new SoftReference<>(null);

    Whereabouts(AccountContext context, MaildirPaths paths) {
        this.context = context;
        this.paths = paths;
    }

    /**
     * Where a mail of the table is.
     *
     * @param base its name without flags
     * @param missed where it was not found just now
     * @return nothing if it is gone
     */
    synchronized @Nullable DiskPath of(String base, DiskPath missed) throws IOException {
        byte[] wanted = base.getBytes(StandardCharsets.ISO_8859_1);
        Names proof = whole.get();
        if (proof != null && proof.find(wanted, paths) == null) {
            return null;
        }
        Names known = last.get();
        DiskPath found = known == null ? null : known.find(wanted, paths);
        if (found != null && !found.equals(missed)) {
            return found;
        }
        // One quick look shows nearly every file that is still there.
        Names now = new Names(FolderListing.glance(context.disk(), paths.fresh(), paths.cur()));
        found = now.find(wanted, paths);
        if (found == null) {
            now = new Names(FolderListing.read(context.disk(), context.clock(), paths.fresh(), paths.cur()));
            whole = new SoftReference<>(now);
            found = now.find(wanted, paths);
        }
        last = new SoftReference<>(now);
        return found;
    }

    /** The names in both folders, each in the order of {@link #compare}. */
    private static final class Names {
        private final byte[][] fresh;
        private final byte[][] cur;

        Names(FolderListing listing) {
            fresh = sorted(listing.fresh());
            cur = sorted(listing.cur());
        }

        private static byte[][] sorted(List<byte[]> names) {
            byte[][] sorted = names.toArray(new byte[0][]);
            Arrays.sort(sorted, Names::compare);
            return sorted;
        }

        @Nullable
        DiskPath find(byte[] base, MaildirPaths paths) {
            int at = Arrays.binarySearch(cur, base, Names::compare);
            if (at >= 0) {
                return paths.cur().resolve(cur[at]);
            }
            at = Arrays.binarySearch(fresh, base, Names::compare);
            return at >= 0 ? paths.fresh().resolve(fresh[at]) : null;
        }

        /** Flags do not matter. */
        private static int compare(byte[] a, byte[] b) {
            return Arrays.compareUnsigned(a, 0, FolderListing.baseLength(a), b, 0, FolderListing.baseLength(b));
        }
    }
}
