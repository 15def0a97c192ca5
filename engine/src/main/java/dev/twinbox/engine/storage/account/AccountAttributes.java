package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.AtomicFile;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.index.AttributeLog;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexTransaction;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.storage.Attributes;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.ModSeq;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The METADATA entries of an account's mailboxes: values in one {@link FileDict} for all, whose keys are {@code priv} or
 * {@code shared}, the mailbox's GUID and the entry's name with slashes between; times and modseqs of changes in each
 * mailbox's index log ({@link AttributeLog}).
 *
 * <p>Values are written before the log: after a crash between the two the values are right, and only the time of the change
 * is not known. The file is replaced by a rename under {@code <file>.lock}, so that Dovecot and we keep each other out.
 * Safe for use by several threads.
 */
public final class AccountAttributes {
    private static final long LOCK_WAIT_MILLIS = 60_000;
    private static final String PRIVATE = "priv/";
    private static final String SHARED = "shared/";

    private final AccountContext context;
    private final DiskPath file;
    private FileDict dict = FileDict.EMPTY;
    private @Nullable FileInfo seen;

    public AccountAttributes(AccountContext context, DiskPath file) {
        this.context = context;
        this.file = file;
    }

    /** The entries of a mailbox, and the deletions its log tells of. */
    public Attributes read(MailboxName name, MailboxGuid guid, MailboxPaths paths) throws IOException {
        Map<Attributes.Key, AttributeLog.Change> changes = new HashMap<>();
        List<MailboxAttribute> found = new ArrayList<>();
        for (AttributeLog.Change change : AttributeLog.read(context.disk(), paths.index(), IndexReader.PREFIX)) {
            changes.put(new Attributes.Key(change.shared(), change.name()), change);
            if (change.deleted() && found.size() < Attributes.ENTRIES_MAX / 2 && isName(change.name())) {
                found.add(new MailboxAttribute(
                        change.shared(), change.name(), null, false, true, change.time(), modSeq(change)));
            }
        }
        int left = 0;
        for (Map.Entry<String, String> entry : dict().entries().entrySet()) {
            MailboxAttribute attribute = attribute(entry, guid, changes);
            if (attribute != null && found.size() < Attributes.ENTRIES_MAX) {
                found.add(attribute);
            } else if (attribute != null || key(entry.getKey(), guid) != null) {
                left++;
            }
        }
        if (left > 0) {
            complain(
                    name,
                    left + " attributes in " + file + " are left out: no text, longer than "
                            + MailboxAttribute.VALUE_MAX + " characters, or more than " + Attributes.ENTRIES_MAX);
        }
        return Attributes.of(found, left == 0);
    }

    private void complain(MailboxName name, String what) {
        if (context.readOnly()) {
            context.report().damage(name, what);
        } else {
            context.report().warning(name, what);
        }
    }

    /** What a line of the file says about a mailbox; null if nothing, or nothing that can be passed on. */
    private static @Nullable MailboxAttribute attribute(
            Map.Entry<String, String> entry, MailboxGuid guid, Map<Attributes.Key, AttributeLog.Change> changes) {
        Attributes.Key key = key(entry.getKey(), guid);
        String value = key == null ? null : text(entry.getValue());
        if (key == null || value == null || value.length() > MailboxAttribute.VALUE_MAX || !isName(key.name())) {
            return null;
        }
        AttributeLog.Change change = changes.get(key);
        boolean told = change != null && !change.deleted();
        return new MailboxAttribute(
                key.shared(),
                key.name(),
                value,
                false,
                false,
                change != null && told ? change.time() : 0,
                change != null && told ? modSeq(change) : ModSeq.NONE);
    }

    /** What a sync did is not news to the other side. */
    private static ModSeq modSeq(AttributeLog.Change change) {
        return change.bySync() ? ModSeq.NONE : new ModSeq(change.modSeq());
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= MailboxAttribute.KEY_MAX
                && name.chars().noneMatch(c -> c < ' ' || c == 0x7F);
    }

    /** The entry a key of the file stands for, if it is one of the mailbox's. A name that is no text is taken as bytes. */
    private static Attributes.@Nullable Key key(String text, MailboxGuid guid) {
        boolean shared = text.startsWith(SHARED);
        if (!shared && !text.startsWith(PRIVATE)) {
            return null;
        }
        String rest = text.substring(shared ? SHARED.length() : PRIVATE.length());
        String start = guid + "/";
        if (!rest.startsWith(start)) {
            return null;
        }
        String name = text(rest.substring(start.length()));
        return new Attributes.Key(shared, name == null ? "" : name);
    }

    private static String key(MailboxGuid guid, MailboxAttribute attribute) {
        return (attribute.shared() ? SHARED : PRIVATE) + guid + "/" + bytes(attribute.key());
    }

    private static @Nullable String text(String bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The changes that would change anything. */
    public static List<MailboxAttribute> real(List<MailboxAttribute> changes, List<MailboxAttribute> present) {
        Map<Attributes.Key, @Nullable String> values = new HashMap<>();
        present.forEach(each -> values.put(Attributes.Key.of(each), each.value()));
        List<MailboxAttribute> real = new ArrayList<>();
        for (MailboxAttribute change : changes) {
            if (change.hasStream()) {
                throw new IllegalArgumentException("the value of an attribute is not at hand");
            }
            Attributes.Key key = Attributes.Key.of(change);
            if (!Objects.equals(values.get(key), change.value())) {
                values.put(key, change.value());
                real.removeIf(other -> Attributes.Key.of(other).equals(key));
                real.add(change);
            }
        }
        return real;
    }

    /** Whether the mailbox has a log that can be told of changes. */
    public boolean hasLog(MailboxPaths paths) throws IOException {
        return context.disk()
                .stat(paths.index().resolve(IndexReader.PREFIX + ".log"))
                .isPresent();
    }

    /** Writes changes, the values first. */
    public void apply(MailboxGuid guid, MailboxPaths paths, List<MailboxAttribute> changes) throws IOException {
        Map<String, @Nullable String> values = new HashMap<>();
        List<AttributeLog.Change> told = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        long now = context.clock().epochMillis() / 1000;
        for (MailboxAttribute change : changes) {
            String value = change.value();
            String bytes = value == null ? null : bytes(value);
            values.put(key(guid, change), bytes);
            lengths.add(bytes == null ? 0 : bytes.length());
            long time = change.lastChange() == 0 ? now : change.lastChange();
            told.add(new AttributeLog.Change(change.shared(), change.key(), change.deleted(), time, 0, true));
        }
        update(values);
        try (IndexWriter writer = IndexWriter.lock(
                context.disk(), paths.index(), IndexReader.PREFIX, context.clock(), context.host(), LOCK_WAIT_MILLIS)) {
            writer.appendBehindSnapshot(new IndexTransaction().attributes(told, lengths), true);
        }
    }

    /** A mailbox has gone, and its entries with it. */
    void forget(MailboxGuid guid) throws IOException {
        Map<String, @Nullable String> gone = new HashMap<>();
        for (String key : dict().entries().keySet()) {
            if (key(key, guid) != null) {
                gone.put(key, null);
            }
        }
        if (!gone.isEmpty()) {
            update(gone);
        }
    }

    private synchronized FileDict dict() throws IOException {
        Optional<FileInfo> now = context.disk().stat(file);
        FileInfo known = seen;
        if (now.isEmpty()) {
            dict = FileDict.EMPTY;
            seen = null;
        } else if (known == null || !now.get().equals(known)) {
            try {
                dict = FileDict.parse(context.disk().readAll(file, FileDict.FILE_BYTES_MAX));
                seen = now.get();
            } catch (NoSuchFileException e) {
                dict = FileDict.EMPTY;
                seen = null;
            }
        }
        return dict;
    }

    private synchronized void update(Map<String, @Nullable String> values) throws IOException {
        makeFolder(file.parent());
        try (Dotlock lock = Dotlock.acquire(
                context.disk(), beside(".lock"), file, context.clock(), context.host(), LOCK_WAIT_MILLIS)) {
            seen = null;
            FileDict before = dict();
            FileDict after = before.with(values);
            if (after.equals(before)) {
                return;
            }
            int mode = context.disk().stat(file).isPresent() ? context.disk().mode(file) : Disk.FILE_MODE;
            AtomicFile.Safety safety = context.isDurable() ? AtomicFile.Safety.CONTENT : AtomicFile.Safety.NONE;
            lock.touch();
            AtomicFile.replace(context.disk(), file, beside(".tmp"), after.toBytes(), mode, safety);
        } catch (LockTimeoutException e) {
            throw new LockBusyException(String.valueOf(e.getMessage()));
        }
    }

    private DiskPath beside(String suffix) {
        return FolderNames.resolve(file.parent(), FolderNames.latin(file.name()) + suffix);
    }

    private void makeFolder(DiskPath folder) throws IOException {
        if (context.disk().statFollowing(folder).isPresent()) {
            return;
        }
        makeFolder(folder.parent());
        try {
            context.disk().makeFolder(folder, Disk.FOLDER_MODE);
        } catch (FileAlreadyExistsException e) {
            // Somebody else made it.
        }
    }
}
