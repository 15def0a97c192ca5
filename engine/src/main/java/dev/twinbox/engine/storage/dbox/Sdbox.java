package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mails of an sdbox mailbox: each is a file {@code u.<UID>} in the mailbox's folder, or, where it was moved to slower
 * disks, of the same name in the alternative folder (storage-formats.md, section 3.2). A file is written once and never
 * changed. A file whose UID the index does not know is no mail.
 */
final class Sdbox implements DboxBodies {
    /** Begins the name of a mail's file. */
    static final String FILE_PREFIX = "u.";

    private static final int UID_DIGITS_MAX = 10;

    private final AccountContext context;
    private final MailboxName name;
    private final DiskPath folder;
    private final @Nullable DiskPath alt;
    private final DiskPath index;

    /**
     * @param folder where the mails are
     * @param alt where mails may be, too; or null
     * @param index where the index is
     */
    Sdbox(AccountContext context, MailboxName name, DiskPath folder, @Nullable DiskPath alt, DiskPath index) {
        this.context = context;
        this.name = name;
        this.folder = folder;
        this.alt = alt;
        this.index = index;
    }

    AccountContext context() {
        return context;
    }

    MailboxName name() {
        return name;
    }

    DiskPath folder() {
        return folder;
    }

    @Override
    public String headerExtension() {
        return "dbox-hdr";
    }

    @Override
    public long stamp(long now) {
        return now;
    }

    @Override
    public Reading read(@Nullable IndexState state, DboxVersion version) {
        return new Files(state, version);
    }

    @Override
    public Stage stage() {
        return new SdboxStage(this);
    }

    DiskPath file(long uid) {
        return folder.resolve(FILE_PREFIX + uid);
    }

    /** Where the mail of a UID lies now; the usual place if it is in none. */
    DiskPath find(long uid) throws IOException {
        DiskPath usual = file(uid);
        if (alt == null || context.disk().stat(usual).isPresent()) {
            return usual;
        }
        DiskPath other = alt.resolve(FILE_PREFIX + uid);
        return context.disk().stat(other).isPresent() ? other : usual;
    }

    /** Both places in which the mail of a UID may lie. */
    List<DiskPath> places(long uid) {
        return alt == null ? List.of(file(uid)) : List.of(file(uid), alt.resolve(FILE_PREFIX + uid));
    }

    /** The UID a file's name stands for, or 0. */
    static long uidOf(byte[] file) {
        int start = FILE_PREFIX.length();
        if (file.length <= start || file.length > start + UID_DIGITS_MAX || file[0] != 'u' || file[1] != '.') {
            return 0;
        }
        long uid = 0;
        for (int i = start; i < file.length; i++) {
            if (file[i] < '0' || file[i] > '9' || (i == start && file[i] == '0')) {
                return 0;
            }
            uid = uid * 10 + file[i] - '0';
        }
        return uid <= Uid.MAX ? uid : 0;
    }

    /** Opens a mail's file; null if there is none in either place. */
    @Nullable
    DiskFile openFile(long uid) throws IOException {
        for (DiskPath place : places(uid)) {
            try {
                return context.disk().openRead(place);
            } catch (NoSuchFileException e) {
                // Perhaps in the other place.
            }
        }
        return null;
    }

    /** The mails as one state of the index knows them. */
    final class Files implements Reading {
        private final @Nullable IndexState state;
        private final DboxVersion version;

        Files(@Nullable IndexState state, DboxVersion version) {
            this.state = state;
            this.version = version;
        }

        /** The mailbox they are in. */
        Sdbox box() {
            return Sdbox.this;
        }

        @Override
        public @Nullable MailGuid guid(long uid) {
            return null;
        }

        @Override
        public Opened open(long uid) throws IOException {
            DiskFile file = openFile(uid);
            if (file == null) {
                // Dovecot may just have moved it from one place to the other.
                file = alt == null ? null : openFile(uid);
            }
            if (file == null) {
                throw lost(uid);
            }
            try {
                return new OpenedFile(file, DboxMessage.readFirst(file));
            } catch (CorruptStoreException e) {
                file.close();
                throw new CorruptStoreException(file(uid) + " is damaged: " + e.getMessage());
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        }

        /** An expunge is told by the index before the file goes. */
        private IOException lost(long uid) throws IOException {
            return version.provesSame(DboxVersion.look(context.disk(), index))
                    ? new CorruptStoreException(file(uid) + " is missing: the index has a mail with that UID")
                    : new BodyGoneException(name + ": mail was expunged meanwhile");
        }

        @Override
        public boolean isAhead(long nextUid) throws IOException {
            return nextUid <= Uid.MAX && context.disk().stat(file(nextUid)).isPresent();
        }

        @Override
        public List<Long> unindexed() throws IOException {
            List<Long> uids = new ArrayList<>();
            addUnindexed(folder, uids);
            if (alt != null && context.disk().stat(alt).isPresent()) {
                addUnindexed(alt, uids);
            }
            return uids.stream().distinct().sorted().toList();
        }

        private void addUnindexed(DiskPath place, List<Long> uids) throws IOException {
            for (byte[] file : context.disk().list(place)) {
                long uid = uidOf(file);
                if (uid > 0 && (state == null || state.rowOf(uid) < 0)) {
                    uids.add(uid);
                }
            }
        }
    }

    /** A file with one mail. */
    private record OpenedFile(DiskFile file, DboxMessage message) implements Opened {
        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
