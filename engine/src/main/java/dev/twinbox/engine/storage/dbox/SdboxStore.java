package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.AccountGuard;
import dev.twinbox.engine.storage.DamageRecord;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.account.AccountAttributes;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountStore;
import dev.twinbox.engine.storage.account.FolderNames;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.engine.storage.account.UniqueNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Opens accounts of sdbox mailboxes. */
public final class SdboxStore {
    /** Symbolic link in the root that says where mails were moved to, if nobody says otherwise. */
    private static final String ALT_LINK = "dbox-alt-root";

    private SdboxStore() {}

    /**
     * Opens an account; nothing is looked at yet.
     *
     * @param description the location in the administrator's words, for messages
     * @param readOnly whether to leave the disk untouched
     * @param lockWaitMillis how long to wait at most for a mailbox's lock, milliseconds; 0 tries once
     * @param guard entered before the first write, and closed with the store; or null
     */
    public static MailStore open(
            Disk disk,
            AccountLocation location,
            String description,
            boolean readOnly,
            Durability durability,
            long lockWaitMillis,
            Clock clock,
            Host host,
            StoreReport report,
            @Nullable AccountGuard guard) {
        DamageRecord damage = new DamageRecord(report);
        AccountContext context = new AccountContext(
                disk,
                location,
                readOnly,
                durability,
                lockWaitMillis,
                clock,
                host,
                damage,
                new UniqueNames(host.pid(), host.name()),
                guard);
        DiskPath dict = location.attributes();
        AccountAttributes attributes = dict == null ? null : new AccountAttributes(context, dict);
        DboxFormat format = new DboxFormat(
                context,
                attributes,
                (name, paths) -> new Sdbox(context, name, paths.mail(), altFolder(context, paths), paths.index()));
        return new AccountStore(context, damage, description, new FolderNames(location), format, attributes);
    }

    /** The folder of a mailbox below the alternative root, or null if there is none. */
    private static @Nullable DiskPath altFolder(AccountContext context, MailboxPaths paths) throws IOException {
        DiskPath root = context.location().root();
        DiskPath alt = altRoot(context);
        if (alt == null || !paths.mail().startsWith(root)) {
            return null;
        }
        byte[] rest = Arrays.copyOfRange(
                paths.mail().toBytes(), root.toBytes().length, paths.mail().toBytes().length);
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.writeBytes(alt.toBytes());
        joined.writeBytes(rest);
        return DiskPath.of(joined.toByteArray());
    }

    /** The alternative root, or null if there is none. */
    static @Nullable DiskPath altRoot(AccountContext context) throws IOException {
        if (context.location().alt() != null) {
            return context.location().alt();
        }
        DiskPath link = context.location().root().resolve(ALT_LINK);
        boolean said = context.disk()
                .stat(link)
                .map(info -> info.kind() == FileInfo.Kind.LINK)
                .orElse(false);
        return said ? context.disk().realPath(link) : null;
    }
}
