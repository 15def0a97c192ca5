package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.AccountFormat;
import dev.twinbox.engine.storage.account.AccountOpening;
import dev.twinbox.engine.storage.account.AccountStore;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.protocol.item.MailboxName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Opens accounts of sdbox mailboxes. */
public final class SdboxStore {
    /** Symbolic link in the root that says where mails were moved to, if nobody says otherwise. */
    private static final String ALT_LINK = "dbox-alt-root";

    private SdboxStore() {}

    /** Opens an account; nothing is looked at yet. */
    public static MailStore open(AccountOpening opening) {
        return AccountStore.open(
                opening, (context, folders, attributes) -> new DboxFormat(context, attributes, new Kind(context)));
    }

    /** What is sdbox's own. */
    private record Kind(AccountContext context) implements DboxFormat.Kind {
        @Override
        public DboxBodies bodies(MailboxName name, MailboxPaths paths) throws IOException {
            return new Sdbox(context, name, paths.mail(), altFolder(context, paths), paths.index());
        }

        /** A mailbox made under the same name must not find mails of the one that was deleted. */
        @Override
        public AccountFormat.Removal removing(MailboxPaths paths) throws IOException {
            DiskPath alt = altFolder(context, paths);
            return alt == null ? () -> {} : () -> removeMails(alt);
        }

        private void removeMails(DiskPath folder) throws IOException {
            try {
                for (byte[] file : context.disk().list(folder)) {
                    if (Sdbox.uidOf(file) > 0) {
                        context.disk().unlink(folder.resolve(file));
                    }
                }
                context.disk().removeFolder(folder);
            } catch (NoSuchFileException | DirectoryNotEmptyException e) {
                // No mail was ever moved there, or something else lies in it.
            }
        }
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
