package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.DerivedIdentity;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.engine.storage.account.UsableIndex;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a mailbox, under its lock: the whole file but for bodies whose length is said, then the index.
 *
 * <p>A GUID is the header's MD5, as with Dovecot, or what the index has under {@code header-md5}. Where that says nothing (no
 * such header), or several mails of the mailbox have the same, it is the MD5 of that and the whole mail instead: two mails
 * with equal headers and different bodies must not be taken for one.
 *
 * <p>Of an append that was cut off, what is left of the mail it broke off in is not a mail: it comes behind everything the
 * index knows, has a UID that the index has not given, and less than its {@code Content-Length} says. Whoever saved it was never told that it was
 * done. The next commit cuts it off.
 */
final class MboxTableReader {
    private final AccountContext context;
    private final MboxSettings settings;
    private final MailboxName name;
    private final MailboxPaths paths;

    MboxTableReader(AccountContext context, MboxSettings settings, MailboxName name, MailboxPaths paths) {
        this.context = context;
        this.settings = settings;
        this.name = name;
        this.paths = paths;
    }

    /** Locks the file and reads. */
    MboxTable read(MboxFiles files) throws IOException {
        try (MboxLock lock = MboxLock.forReading(context, files, settings, paths.mail())) {
            return read(lock.file());
        } catch (NoSuchFileException e) {
            throw new MailboxGoneException("there is no mailbox " + name + " any more");
        }
    }

    /** Reads a file that is locked. */
    MboxTable read(MboxFiles.Shared file) throws IOException {
        MboxVersion version = MboxVersion.look(context, paths);
        FileInfo info = version.file();
        if (info == null) {
            throw new NoSuchFileException(paths.mail().toString());
        }
        FileWindow window = new FileWindow(file, info.size());
        IndexState found = readIndex();
        MboxIndexHeader before = header(found);
        List<MboxMail> all = scan(window, before == null ? -1 : before.size());
        MboxMail first = all.isEmpty() ? null : all.get(0);
        MboxBase base = first == null ? null : first.base();
        MboxMail pseudo = first != null && first.isPseudo() ? first : null;
        List<MboxMail> mails = pseudo == null ? all : all.subList(1, all.size());
        IndexState index = found == null || isOfAnother(found, base) ? null : found;
        MboxIndexHeader header = index == null ? null : before;
        long size = all.isEmpty() ? info.size() : all.get(all.size() - 1).next();
        if (size < info.size()) {
            garbage(info.size() - size);
        }
        MboxNumbering numbers =
                MboxNumbering.of(mails, base, index == null ? 1 : index.header().nextUid());
        if (index != null && isCutOff(mails, numbers, index, header)) {
            MboxMail rest = mails.get(mails.size() - 1);
            size = rest.from();
            cutOff(rest);
            mails = mails.subList(0, mails.size() - 1);
            numbers = MboxNumbering.of(
                    mails, base, index == null ? 1 : index.header().nextUid());
        }
        boolean current = header != null && isCurrent(header, info);
        if (index != null && current && index.size() == mails.size()) {
            numbers = indexed(index);
        }
        long[] uids = numbers.uids();
        if (uids.length > 0 && uids[uids.length - 1] >= Uid.MAX) {
            throw new CorruptStoreException(paths.mail() + ": no UID is left for its mails");
        }
        List<String> guids = guids(window, mails, uids, index);
        MboxTableJoin join = new MboxTableJoin(mails, numbers, guids, base, index, current);
        MailboxGuid guid = guid(context, paths, header);
        return new MboxTable(join.snapshot(guid, version), List.copyOf(mails), base, pseudo, index, size, version);
    }

    private List<MboxMail> scan(FileWindow window, long knownEnd) throws IOException {
        HeaderMd5.Mode mode = settings.allHeaders() ? HeaderMd5.Mode.ALL : HeaderMd5.Mode.APOP3D;
        try {
            return new MboxScanner(window, context.host().zone(), mode, knownEnd).scan();
        } catch (CorruptStoreException e) {
            throw new CorruptStoreException(paths.mail() + " cannot be read: " + e.getMessage());
        }
    }

    private void garbage(long bytes) {
        say(paths.mail() + ": " + bytes + " bytes at its end are no mail; left out");
    }

    private void cutOff(MboxMail rest) {
        say(paths.mail() + ": the last mail was cut off while it was saved, " + (rest.end() - rest.body()) + " of "
                + rest.promised() + " bytes; left out");
    }

    private void say(String what) {
        if (context.readOnly()) {
            context.report().damage(name, what);
        } else {
            context.report().warning(name, what);
        }
    }

    private static boolean isCutOff(
            List<MboxMail> mails, MboxNumbering numbers, IndexState index, @Nullable MboxIndexHeader header) {
        if (mails.isEmpty() || header == null) {
            return false;
        }
        MboxMail last = mails.get(mails.size() - 1);
        long uid = numbers.uids()[mails.size() - 1];
        return !last.complete()
                && last.uid() == uid
                && uid >= index.header().nextUid()
                && header.size() > 0
                && last.from() >= header.size();
    }

    /** The mails' numbers by an index that is of the very file: Dovecot writes none into a file that it may not change. */
    private static MboxNumbering indexed(IndexState index) {
        long[] uids = new long[index.size()];
        for (int row = 0; row < uids.length; row++) {
            uids[row] = index.uid(row);
        }
        return new MboxNumbering(uids, index.header().nextUid());
    }

    static boolean isCurrent(MboxIndexHeader header, FileInfo file) {
        return header.size() == file.size() && header.mtime() == (file.mtimeSeconds() & 0xFFFF_FFFFL);
    }

    private @Nullable IndexState readIndex() throws IOException {
        IndexState state = UsableIndex.read(context, name, paths, "flags are taken from the mails");
        if (state == null) {
            return null;
        }
        return state.header().uidValidity() == 0 ? null : state;
    }

    private static boolean isOfAnother(IndexState index, @Nullable MboxBase base) {
        return base != null && base.uidValidity() != index.header().uidValidity();
    }

    static @Nullable MboxIndexHeader header(@Nullable IndexState index) {
        IndexExtension extension = index == null
                ? null
                : index.extension(MboxIndexHeader.EXTENSION).orElse(null);
        return extension == null ? null : MboxIndexHeader.parse(extension.header());
    }

    static MailboxGuid guid(AccountContext context, MailboxPaths paths, @Nullable MboxIndexHeader header) {
        MailboxGuid own = header == null ? null : header.guid();
        return own != null ? own : DerivedIdentity.guid(context.location().root(), paths.mail());
    }

    private List<String> guids(FileWindow window, List<MboxMail> mails, long[] uids, @Nullable IndexState index)
            throws IOException {
        List<String> guids = new ArrayList<>(mails.size());
        Map<String, Integer> counts = new HashMap<>();
        IndexExtension noted = index == null
                ? null
                : index.extension(MboxIndexHeader.HEADER_MD5).orElse(null);
        for (int i = 0; i < mails.size(); i++) {
            String guid = mails.get(i).md5();
            int row = index == null || noted == null ? -1 : index.rowOf(uids[i]);
            if (noted != null && row >= 0 && noted.recordSize() == guid.length() / 2) {
                String known = HexFormat.of().formatHex(noted.record(row));
                guid = known.chars().allMatch(c -> c == '0') ? guid : known;
            }
            guids.add(guid);
            counts.merge(guid, 1, Integer::sum);
        }
        for (int i = 0; i < mails.size(); i++) {
            String guid = guids.get(i);
            if (HeaderMd5.isOfNothing(guid) || counts.getOrDefault(guid, 0) > 1) {
                guids.set(i, wholeMail(window, mails.get(i), guid));
            }
        }
        return guids;
    }

    private static String wholeMail(FileWindow window, MboxMail mail, String guid) throws IOException {
        MessageDigest digest = HeaderMd5.md5();
        digest.update(guid.getBytes(StandardCharsets.US_ASCII));
        byte[] buffer = new byte[FileWindow.SIZE];
        try (InputStream in = new MailStream(window, mail)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
