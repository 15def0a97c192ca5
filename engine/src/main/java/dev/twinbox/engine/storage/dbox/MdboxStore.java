package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.AccountFormat;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountOpening;
import dev.twinbox.engine.storage.account.AccountStore;
import dev.twinbox.engine.storage.account.FolderNames;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens accounts of mdbox mailboxes. */
public final class MdboxStore {
    /** Folder of the root, and of INDEX=, in which the mailboxes are. */
    private static final String MAILBOXES = "mailboxes";

    private MdboxStore() {}

    /** Opens an account; nothing is looked at yet. */
    public static MailStore open(AccountOpening opening) {
        return AccountStore.open(
                opening,
                (context, folders, attributes) -> new DboxFormat(context, attributes, new Kind(context, folders)));
    }

    /** What mdbox does differently. Used by the store's thread. */
    private static final class Kind implements DboxFormat.Kind {
        private final AccountContext context;
        private final FolderNames folders;
        private @Nullable Mdbox box;

        Kind(AccountContext context, FolderNames folders) {
            this.context = context;
            this.folders = folders;
        }

        private Mdbox box() throws IOException {
            Mdbox known = box;
            if (known == null) {
                AccountLocation location = context.location();
                DiskPath alt = SdboxStore.altRoot(context);
                DiskPath index = location.index() == null ? location.root() : location.index();
                known = new Mdbox(
                        context,
                        location.root().resolve(Mdbox.FOLDER),
                        alt == null ? null : alt.resolve(Mdbox.FOLDER),
                        index.resolve(Mdbox.FOLDER),
                        index.resolve(MAILBOXES));
                box = known;
            }
            return known;
        }

        @Override
        public DboxBodies bodies(MailboxName name, MailboxPaths paths) throws IOException {
            return new MdboxBodies(box(), name, String.join("/", folders.pieces(name)), paths.index());
        }

        @Override
        public long purge() throws IOException {
            return new MdboxPurge(box()).run();
        }

        /** The mailbox's mails lose a reference each when nobody can find them through it any more. */
        @Override
        public AccountFormat.Removal removing(MailboxPaths paths) throws IOException {
            IndexState state;
            try {
                state = IndexReader.read(context.disk(), paths.index(), IndexReader.PREFIX)
                        .orElse(null);
            } catch (IndexFormatException e) {
                state = null; // then nobody knows which mails they were
            }
            DboxIndexHeader header = state == null ? null : DboxIndexHeader.of(state, MdboxBodies.HEADER);
            if (state == null || header == null || state.size() == 0) {
                return () -> {};
            }
            List<Long> uids = new ArrayList<>(state.size());
            for (int row = 0; row < state.size(); row++) {
                uids.add(MdboxBodies.entry(state, row).mapUid());
            }
            long stamp = header.stamp();
            return () -> box().release(stamp, uids);
        }
    }
}
