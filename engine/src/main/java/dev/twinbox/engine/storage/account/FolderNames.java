package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.account.AccountLocation.Layout;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which directories a mailbox has, and which mailbox a directory is (storage formats, section 1.1). Pure: nothing here
 * looks at a disk. Safe for use by several threads.
 *
 * <pre>
 * mailbox     Maildir++           fs               fs, DIRNAME=m        below CONTROL= and INDEX=
 * INBOX       root                root             root/INBOX/m         .INBOX      or INBOX
 * Work/Sub    root/.Work.Sub      root/Work/Sub    root/Work/Sub/m      .Work.Sub   or Work/Sub
 * </pre>
 *
 * <p>An mbox is a file: Work/Sub is the file root/Work/Sub, its index lies in root/Work/.imap/Sub, INBOX is root/inbox with its
 * index in root/.imap/INBOX. What lies beside the mailboxes of an account is in root/.imap, too, but for subscriptions in
 * root/.subscriptions, and in a CONTROL= folder itself.
 *
 * <p>With {@code LAYOUT=index} all three trees have a directory for each mailbox that is called as its GUID, also of INBOX. Which is which
 * must be {@linkplain #place said} first.
 *
 * <p>With INBOX= INBOX is just there. DIRNAME exists with fs only, and not in CONTROL and INDEX trees. With sdbox and mdbox
 * all three trees begin in a folder {@code mailboxes}, and DIRNAME is {@code dbox-Mails}. Levels are modified
 * UTF-7 or UTF-8. A name and a directory are only taken for each other if the way there and back leads to the very same
 * bytes; so nothing that becomes {@code ..} or a slash by decoding, and no second spelling of a name, gets through. All
 * this was measured with Dovecot 2.3.19.
 */
public final class FolderNames {
    /** Name under which Dovecot removes a mailbox, with Maildir++. */
    public static final String TRASH_MAILDIR_PLUS_PLUS = "..DOVECOT-TRASHED";

    /** The same with fs. */
    public static final String TRASH_FS = "..DOVECOT-TrasH";

    /** Empty file in every Maildir++ folder but the root. */
    public static final String FOLDER_MARKER = "maildirfolder";

    private static final String SUBSCRIPTIONS = "subscriptions";

    /** Where the indexes of mailboxes that are files lie. */
    static final String IMAP_FOLDER = ".imap";

    /** INBOX where mailboxes are files and nothing else is said. */
    private static final String INBOX_FILE = "inbox";

    /** What ends so is never taken for a mailbox where mailboxes are files. */
    private static final String LOCK_SUFFIX = ".lock";

    /** Files beside mail directories: no mailbox of such a name is made with fs. */
    private static final List<String> RESERVED =
            List.of("subscriptions", "subscriptions.lock", FOLDER_MARKER, "dbox-Mails", "mailboxes.lock");

    private static final List<String> RESERVED_PREFIXES = List.of(
            "dovecot.index",
            "dovecot.list.index",
            "dovecot.mailbox.log",
            "dovecot-uidlist",
            "dovecot-uidvalidity",
            "dovecot-keywords",
            "dovecot-vsize",
            "dovecot-acl",
            ".temp.",
            ".nfs");

    /** Of so many mailboxes at most it is remembered where they lie. */
    public static final int KNOWN_MAX = 10_000;

    private static final MailboxGuid NOWHERE = new MailboxGuid(0, 0);

    private final AccountLocation location;
    private final boolean flat;
    private final boolean files;
    private final boolean listed;

    /** With {@code LAYOUT=index}: which mailbox has which directory. */
    private final Map<MailboxName, MailboxGuid> places = new ConcurrentHashMap<>();

    /** The same by the directories. */
    private final Map<MailboxGuid, MailboxName> holders = new ConcurrentHashMap<>();

    private final Map<MailboxName, MailboxPaths> known = new ConcurrentHashMap<>();

    public FolderNames(AccountLocation location) {
        this.location = location;
        this.flat = location.layout() == Layout.MAILDIR_PLUS_PLUS;
        this.files = location.format() == AccountLocation.Format.MBOX;
        this.listed = location.layout() == Layout.INDEX;
    }

    /** Whether {@code dovecot.list.index} says which mailboxes there are, and not the directories. */
    boolean areListed() {
        return listed;
    }

    /** Whether the directories of mailboxes lie in those of others. */
    boolean areNested() {
        return location.layout() == Layout.FS;
    }

    /** Where they are listed: which mailboxes there are, and no others. */
    void place(Map<MailboxName, MailboxGuid> all) {
        places.keySet().retainAll(all.keySet());
        places.putAll(all);
        holders.clear();
        for (Map.Entry<MailboxName, MailboxGuid> one : all.entrySet()) {
            holders.put(one.getValue(), one.getKey());
        }
    }

    /** Where they are listed: which directory a mailbox has from now on; null for none. */
    void place(MailboxName name, @Nullable MailboxGuid guid) {
        MailboxGuid before = guid == null ? places.remove(name) : places.put(name, guid);
        if (before != null) {
            holders.remove(before, name);
        }
        if (guid != null) {
            holders.put(guid, name);
        }
    }

    /** Where they are listed: whether it has been said where a mailbox is. */
    boolean isPlaced(MailboxName name) {
        return places.containsKey(name);
    }

    /** The same: which one; null if that has not been said. */
    @Nullable
    MailboxGuid placeOf(MailboxName name) {
        return places.get(name);
    }

    /** The same the other way round. */
    @Nullable
    MailboxName placedAt(MailboxGuid guid) {
        return holders.get(guid);
    }

    /** Where they are listed: where the parts of a mailbox lie. Those of one that is not known are never there. */
    MailboxPaths paths(MailboxGuid guid) {
        DiskPath mail = namesRoot().resolve(guid.toString());
        DiskPath control = location.control();
        DiskPath index = location.index();
        return new MailboxPaths(
                mail,
                control == null ? mail : names(control).resolve(guid.toString()),
                index == null ? mail : names(index).resolve(guid.toString()));
    }

    /** Whether mailboxes are files, so that a name is a mailbox or has others below it, and never both. */
    boolean mailboxesAreFiles() {
        return files;
    }

    /** What stands between the levels of a name on disk: {@code .} or {@code /}. */
    public char storageSeparator() {
        return flat ? '.' : '/';
    }

    /** The directory in which the directories of the top names lie. */
    DiskPath namesRoot() {
        return names(location.root());
    }

    /** The same in a tree of mails, control files or indexes. */
    private DiskPath names(DiskPath root) {
        String folder = location.format().mailboxesFolder();
        return folder == null ? root : root.resolve(folder);
    }

    /** The directories in which those of the top names lie, in the mail, control and index trees; each once. */
    Set<DiskPath> namesRoots() {
        Set<DiskPath> roots = new LinkedHashSet<>();
        roots.add(namesRoot());
        if (!files) {
            roots.add(names(controlRoot()));
        }
        roots.add(names(indexTree()));
        return roots;
    }

    /** Where {@code subscriptions} lies, and usually {@code dovecot-uidvalidity}. */
    public DiskPath controlRoot() {
        DiskPath control = location.control();
        return control != null ? control : location.root();
    }

    /** The names that are subscribed. */
    DiskPath subscriptionsFile() {
        return controlRoot().resolve(subscriptionsName());
    }

    /** Exists while somebody writes that file; at the mail server it is the new file. */
    DiskPath subscriptionsLock() {
        return controlRoot().resolve(subscriptionsName() + ".lock");
    }

    private String subscriptionsName() {
        return files ? "." + SUBSCRIPTIONS : SUBSCRIPTIONS;
    }

    /** The new file, half written; a name that no folder has, and no mbox. */
    DiskPath subscriptionsTmp() {
        return controlRoot().resolve(files ? ".temp.subscriptions.lock" : ".temp.subscriptions");
    }

    /** Where {@code dovecot-uidvalidity} lies. */
    DiskPath uidValidityFolder() {
        return files && location.control() == null ? location.root().resolve(IMAP_FOLDER) : controlRoot();
    }

    /** Where {@code dovecot.list.index} and {@code dovecot.mailbox.log} lie. */
    public DiskPath indexRoot() {
        return files ? indexTree().resolve(IMAP_FOLDER) : indexTree();
    }

    private DiskPath indexTree() {
        DiskPath index = location.index();
        return index != null ? index : location.root();
    }

    /** The folder of a mailbox's index where mailboxes are files. */
    private DiskPath besides(MailboxName name) throws NotPossibleException {
        DiskPath folder = indexTree();
        List<String> pieces = pieces(name);
        for (String level : pieces.subList(0, pieces.size() - 1)) {
            folder = resolve(name, folder, level);
        }
        return resolve(name, folder.resolve(IMAP_FOLDER), pieces.get(pieces.size() - 1));
    }

    /** Where a mailbox is moved to be removed. */
    public DiskPath trashFolder() {
        return namesRoot().resolve(flat ? TRASH_MAILDIR_PLUS_PLUS : TRASH_FS);
    }

    /**
     * The directory that holds the mails.
     *
     * @throws NotPossibleException if this layout has no directory for the name
     */
    public DiskPath mailFolder(MailboxName name) throws NotPossibleException {
        if (listed) {
            pieces(name);
            return paths(places.getOrDefault(name, NOWHERE)).mail();
        }
        String directoryName = location.directoryName();
        DiskPath inbox = location.inbox();
        if (name.isInbox() && inbox != null) {
            return inbox;
        }
        if (files) {
            return name.isInbox() ? location.root().resolve(INBOX_FILE) : below(location.root(), name);
        }
        DiskPath folder = folder(name);
        return flat || directoryName == null ? folder : resolve(name, folder, directoryName);
    }

    /**
     * The directory in the mail tree that is the name itself; beside {@link #mailFolder}, which may be it, it holds the
     * children with fs. INBOX has the root as its own, except with DIRNAME.
     *
     * @throws NotPossibleException if this layout has no directory for the name
     */
    public DiskPath folder(MailboxName name) throws NotPossibleException {
        if (listed) {
            return mailFolder(name);
        }
        if (name.isInbox() && (flat || location.directoryName() == null)) {
            return location.root();
        }
        return below(namesRoot(), name);
    }

    /**
     * Where all parts of a mailbox lie.
     *
     * @throws NotPossibleException if this layout has no directory for the name
     */
    public MailboxPaths paths(MailboxName name) throws NotPossibleException {
        MailboxPaths paths = known.get(name);
        if (paths == null) {
            paths = find(name);
            if (known.size() < KNOWN_MAX && !listed) {
                known.put(name, paths);
            }
        }
        return paths;
    }

    /** Keeps the place of a mailbox that was found by looking at the folders of a Maildir++, which are all there is of it. */
    void remember(MailboxName name, DiskPath folder) {
        if (flat && location.control() == null && location.index() == null && known.size() < KNOWN_MAX) {
            known.putIfAbsent(name, new MailboxPaths(folder, folder, folder));
        }
    }

    private MailboxPaths find(MailboxName name) throws NotPossibleException {
        DiskPath mail = mailFolder(name);
        if (files) {
            DiskPath beside = besides(name);
            return new MailboxPaths(mail, beside, beside);
        }
        DiskPath control = location.control();
        DiskPath index = location.index();
        if (listed) {
            return paths(places.getOrDefault(name, NOWHERE));
        }
        return new MailboxPaths(
                mail,
                control == null ? mail : below(names(control), name),
                index == null ? mail : below(names(index), name));
    }

    /** The directory of a name in a tree that has one for INBOX, too. */
    private DiskPath below(DiskPath root, MailboxName name) throws NotPossibleException {
        DiskPath path = root;
        for (String level : pieces(name)) {
            path = resolve(name, path, level);
        }
        return path;
    }

    private static DiskPath resolve(MailboxName name, DiskPath folder, String level) throws NotPossibleException {
        try {
            return folder.resolve(level.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw refused(name, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The names of the directories from the root of a control, index or (but for INBOX) mail tree down to the mailbox,
     * one byte per character: {@code [".Work.Sub"]} or {@code ["Work", "Sub"]}.
     *
     * @throws NotPossibleException if this layout has no directory for the name
     */
    public List<String> pieces(MailboxName name) throws NotPossibleException {
        List<String> pieces = new ArrayList<>(name.levels().size());
        StringBuilder joined = new StringBuilder();
        for (String level : name.levels()) {
            String why = refusal(level);
            if (why != null) {
                throw refused(name, why);
            }
            String encoded = encodeLevel(level, location.utf8());
            if (flat) {
                joined.append('.').append(encoded);
            } else {
                pieces.add(encoded);
            }
        }
        if (flat) {
            pieces.add(joined.toString());
        }
        for (String piece : pieces) {
            if (piece.length() > DiskPath.MAX_NAME_LENGTH) {
                throw refused(name, "directory name of " + piece.length() + " bytes");
            }
        }
        return pieces;
    }

    /** Why no directory can stand for a level, or null. */
    private @Nullable String refusal(String level) {
        if (level.indexOf('/') >= 0) {
            return "a level holds '/'";
        }
        if (flat) {
            return level.indexOf('.') >= 0 ? "a level holds '.'" : null;
        }
        if (listed) {
            return null;
        }
        if (files) {
            return refusalOfFile(level);
        }
        if (level.equals(TRASH_FS) || level.equals(TRASH_MAILDIR_PLUS_PLUS)) {
            return "a level is called as the trash";
        }
        String directoryName = location.directoryName();
        if (directoryName == null) {
            return isMailDirectory(level) ? "a level is called '" + level + "'" : null;
        }
        return level.equals(directoryName) ? "a level is called as DIRNAME" : null;
    }

    private static @Nullable String refusalOfFile(String level) {
        if (level.equals(TRASH_FS) || level.equals(IMAP_FOLDER) || level.equals("." + SUBSCRIPTIONS)) {
            return "a level is called '" + level + "'";
        }
        boolean lock = level.endsWith(LOCK_SUFFIX) || level.endsWith(LOCK_SUFFIX + ".twinbox");
        return lock ? "a level ends as the name of a lock" : null;
    }

    private static boolean isMailDirectory(String level) {
        return level.equals("cur") || level.equals("new") || level.equals("tmp");
    }

    private static NotPossibleException refused(MailboxName name, String why) {
        return new NotPossibleException("mailbox " + name + ": not possible in this account: " + why
                + "; give it another name or leave it out (-x)");
    }

    /**
     * Checks whether a mailbox of that name may be made. Refuses more than can't be: also what Dovecot would refuse, and
     * what would be in the way of its files.
     *
     * @throws NotPossibleException if not; names the mailbox and why
     */
    public void checkCreatable(MailboxName name) throws NotPossibleException {
        pieces(name);
        paths(name);
        if (name.levels().get(0).startsWith("~")) {
            throw refused(name, "it begins with '~'");
        }
        if (flat || listed) {
            return;
        }
        for (String level : name.levels()) {
            if (RESERVED.contains(level)) {
                throw refused(name, "a level is called '" + level + "'");
            }
            for (String prefix : RESERVED_PREFIXES) {
                if (level.startsWith(prefix)) {
                    throw refused(name, "a level begins with '" + prefix + "'");
                }
            }
        }
    }

    /**
     * Whether a directory of that name in the mail tree (with Maildir++: in its root) may be a mailbox at all. If so
     * {@link #decode} says which. Only to be asked of directories: plain files, such as locks, never are one.
     */
    public boolean isCandidate(byte[] directory) {
        String name = new String(directory, StandardCharsets.ISO_8859_1);
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            return false;
        }
        if (name.equals(TRASH_MAILDIR_PLUS_PLUS) || name.equals(TRASH_FS)) {
            return false;
        }
        if (flat) {
            return name.charAt(0) == '.';
        }
        if (files) {
            return refusalOfFile(name) == null;
        }
        String directoryName = location.directoryName();
        return directoryName == null ? !isMailDirectory(name) : !name.equals(utf8Bytes(directoryName));
    }

    /** Whether this is a file of Dovecot's for the moment only: a lock or a half-written file. */
    public static boolean isTransientFile(byte[] file) {
        String name = new String(file, StandardCharsets.ISO_8859_1);
        return name.endsWith(".lock")
                || name.startsWith(".temp.")
                || name.startsWith("mailboxes.lock")
                || name.startsWith("dovecot-vsize.lock")
                || name.startsWith(".nfs");
    }

    /**
     * The mailbox of a directory. With fs {@code INBOX} in the root is INBOX, whose children lie there, but whose mails
     * may not: only {@link #mailFolder} says where those are.
     *
     * @param path names from the root of the mail tree down to the directory; with Maildir++ just one
     */
    public Decoded decode(List<byte[]> path) {
        List<String> encoded = new ArrayList<>();
        for (byte[] name : path) {
            encoded.add(new String(name, StandardCharsets.ISO_8859_1));
        }
        if (!flat) {
            return decodeLevels(encoded, encoded);
        }
        if (encoded.size() != 1 || !encoded.get(0).startsWith(".")) {
            return Decoded.refused("not a Maildir++ folder");
        }
        Decoded decoded = decodeLevels(split(encoded.get(0).substring(1), '.'), encoded);
        boolean inbox = decoded.name().isPresent() && decoded.name().get().isInbox();
        return inbox ? Decoded.refused("INBOX is the root") : decoded;
    }

    /** The mailbox whose levels are listed so, one character per byte. */
    Decoded decodeListed(List<String> levels) {
        return decodeLevels(levels, levels);
    }

    /** As {@link #decode(List)} for one name. */
    public Decoded decode(byte[] directory) {
        return decode(List.of(directory));
    }

    private Decoded decodeLevels(List<String> encoded, List<String> onDisk) {
        List<String> levels = new ArrayList<>(encoded.size());
        for (String level : encoded) {
            String decoded = decodeLevel(level, location.utf8());
            if (decoded == null) {
                return Decoded.refused(location.utf8() ? "not valid UTF-8" : "not valid modified UTF-7");
            }
            levels.add(decoded);
        }
        try {
            MailboxName name = new MailboxName(levels);
            return pieces(name).equals(onDisk)
                    ? new Decoded(Optional.of(name), "")
                    : Decoded.refused("another spelling of INBOX");
        } catch (IllegalArgumentException | NotPossibleException e) {
            return Decoded.refused(String.valueOf(e.getMessage()));
        }
    }

    /**
     * What {@link #decode} found.
     *
     * @param name the mailbox, or nothing if the directory can't be one
     * @param refusal why not, or empty
     */
    public record Decoded(Optional<MailboxName> name, String refusal) {
        static Decoded refused(String why) {
            return new Decoded(Optional.empty(), why);
        }
    }

    static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int i = text.indexOf(separator); i >= 0; i = text.indexOf(separator, start)) {
            parts.add(text.substring(start, i));
            start = i + 1;
        }
        parts.add(text.substring(start));
        return parts;
    }

    /** A level as it stands on disk, one byte per character. */
    static String encodeLevel(String level, boolean utf8) {
        return utf8 ? utf8Bytes(level) : ModifiedUtf7.encode(level);
    }

    private static String utf8Bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The level that stands on disk as these bytes, or null. */
    static @Nullable String decodeLevel(String encoded, boolean utf8) {
        if (!utf8) {
            return ModifiedUtf7.decode(encoded).orElse(null);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(encoded.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Bytes as text of one character each. */
    public static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The entry of a folder whose name is said in one character per byte. */
    public static DiskPath resolve(DiskPath folder, String latin) {
        return folder.resolve(latin.getBytes(StandardCharsets.ISO_8859_1));
    }
}
