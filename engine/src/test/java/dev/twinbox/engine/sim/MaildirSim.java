package dev.twinbox.engine.sim;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountLocation.Layout;
import dev.twinbox.engine.storage.account.AccountOpening;
import dev.twinbox.engine.storage.maildir.MaildirStore;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A Maildir on a disk in memory. Its user is a program that knows no index: mails are files that come, go, and are given
 * other letters; what it does is durable at once.
 */
public final class MaildirSim implements OnDisk {
    private static final String KEYWORDS = "dovecot-keywords";
    private static final String FLAG_LETTERS = "DFRST";
    private static final int[] FLAG_BITS = {Flags.DRAFT, Flags.FLAGGED, Flags.ANSWERED, Flags.SEEN, Flags.DELETED};
    private static final int READ_MAX = 4096;

    private long nextProcess = 4242;
    private final Clock clock;
    private final AccountLocation location;
    private SimDisk disk;
    private @Nullable FaultDisk faulty;

    private MaildirSim(String name, Layout layout, Clock clock) throws IOException {
        DiskPath home = DiskPath.of("/home/" + name);
        this.clock = clock;
        this.disk = new SimDisk(clock).folders(home);
        this.location = new AccountLocation(home.resolve("Maildir"), layout, null, null, null, null, false, '/');
    }

    private MaildirSim(MaildirSim other) {
        this.clock = other.clock;
        this.location = other.location;
        this.disk = other.disk.copy();
    }

    /** Maildir++. */
    public static MaildirSim plusPlus(String name, Clock clock) throws IOException {
        return new MaildirSim(name, Layout.MAILDIR_PLUS_PLUS, clock);
    }

    /** Folders within folders. */
    public static MaildirSim fs(String name, Clock clock) throws IOException {
        return new MaildirSim(name, Layout.FS, clock);
    }

    /** The same in a world of its own. */
    MaildirSim copy() {
        return new MaildirSim(this);
    }

    @Override
    public SimDisk disk() {
        return disk;
    }

    @Override
    public void use(SimDisk other, @Nullable FaultDisk through) {
        disk = other;
        faulty = through;
    }

    @Override
    public MailStore openForWriting() {
        FaultDisk through = faulty;
        return open(through == null ? disk : through, false);
    }

    @Override
    public MailStore openForReading() {
        return open(new FaultDisk(disk).readOnly(), true);
    }

    private MailStore open(Disk through, boolean readOnly) {
        return MaildirStore.open(new AccountOpening(
                through,
                location,
                "maildir:" + location.root(),
                readOnly,
                Durability.DURABLE,
                clock,
                new SimHost("mail.example.org", nextProcess++),
                StoreReport.NONE));
    }

    private DiskPath folder(MailboxName name) {
        DiskPath path = location.root();
        if (name.isInbox()) {
            return path;
        }
        if (location.layout() == Layout.MAILDIR_PLUS_PLUS) {
            return path.resolve("." + name.join('.'));
        }
        for (String level : name.levels()) {
            path = path.resolve(level);
        }
        return path;
    }

    @Override
    public void deliver(MailboxName folder, MailGuid mail, byte[] content, long received) throws IOException {
        DiskPath file = folder(folder).resolve("new").resolve(mail.value());
        if (find(folder(folder), mail) == null) {
            write(file, content, received);
        }
    }

    private void write(DiskPath file, byte[] content, long mtime) throws IOException {
        try (DiskFile out = disk.create(file, Disk.FILE_MODE)) {
            out.append(ByteBuffer.wrap(content));
            out.setMtime(mtime, 0);
            out.sync();
        }
        disk.syncFolder(file.parent());
    }

    /** The file of a mail. */
    private @Nullable DiskPath find(DiskPath folder, MailGuid mail) throws IOException {
        for (String part : List.of("cur", "new")) {
            DiskPath path = folder.resolve(part);
            for (byte[] file : disk.list(path)) {
                String name = new String(file, StandardCharsets.ISO_8859_1);
                int end = name.indexOf(':');
                String base = end < 0 ? name : name.substring(0, end);
                // Twinbox puts the sizes behind the name it was given.
                if (base.equals(mail.value()) || base.startsWith(mail.value() + ",")) {
                    return path.resolve(file);
                }
            }
        }
        return null;
    }

    private static String name(DiskPath file) {
        return new String(file.name(), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void mark(MailboxName folder, long uid, MailGuid mail, String word, boolean on) throws IOException {
        DiskPath file = find(folder(folder), mail);
        if (file == null) {
            return;
        }
        SortedSet<Character> letters = letters(file);
        if (on) {
            letters.add(letter(folder(folder), word));
        } else {
            letters.remove(letter(folder(folder), word));
        }
        move(file, folder(folder), letters);
    }

    private static SortedSet<Character> letters(DiskPath file) {
        SortedSet<Character> letters = new TreeSet<>();
        int info = name(file).indexOf(":2,");
        for (int i = info + 3; info >= 0 && i < name(file).length(); i++) {
            letters.add(name(file).charAt(i));
        }
        return letters;
    }

    private void move(DiskPath file, DiskPath folder, SortedSet<Character> letters) throws IOException {
        DiskPath to = folder.resolve("cur").resolve(base(file) + info(letters));
        if (!to.equals(file)) {
            disk.rename(file, to);
            disk.syncFolder(to.parent());
            disk.syncFolder(file.parent());
        }
    }

    private static String base(DiskPath file) {
        int end = name(file).indexOf(':');
        return end < 0 ? name(file) : name(file).substring(0, end);
    }

    private static String info(SortedSet<Character> letters) {
        StringBuilder info = new StringBuilder(":2,");
        letters.forEach(info::append);
        return info.toString();
    }

    /** The letter of a flag, or of a keyword, which gets one if it has none. */
    private char letter(DiskPath folder, String word) throws IOException {
        for (int i = 0; i < FLAG_BITS.length; i++) {
            if (new Flags(FLAG_BITS[i]).toString().equals(word)) {
                return FLAG_LETTERS.charAt(i);
            }
        }
        List<String> known = keywords(folder);
        if (!known.contains(word)) {
            known.add(word);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < known.size(); i++) {
                text.append(i).append(' ').append(known.get(i)).append('\n');
            }
            DiskPath file = folder.resolve(KEYWORDS);
            if (disk.stat(file).isPresent()) {
                disk.unlink(file);
            }
            write(file, text.toString().getBytes(StandardCharsets.UTF_8), clock.epochMillis() / 1000 + known.size());
        }
        return (char) ('a' + known.indexOf(word));
    }

    private List<String> keywords(DiskPath folder) throws IOException {
        List<String> names = new ArrayList<>();
        DiskPath file = folder.resolve(KEYWORDS);
        if (disk.stat(file).isPresent()) {
            for (String line : new String(read(file), StandardCharsets.UTF_8).split("\n")) {
                names.add(line.substring(line.indexOf(' ') + 1));
            }
        }
        return names;
    }

    private byte[] read(DiskPath file) throws IOException {
        try (DiskFile in = disk.openRead(file)) {
            ByteBuffer bytes = ByteBuffer.allocate(READ_MAX);
            in.read(bytes, 0);
            return java.util.Arrays.copyOf(bytes.array(), bytes.position());
        }
    }

    @Override
    public void expunge(MailboxName folder, long uid, MailGuid mail) throws IOException {
        DiskPath file = find(folder(folder), mail);
        if (file != null) {
            disk.unlink(file);
            disk.syncFolder(file.parent());
        }
    }

    @Override
    public boolean copy(MailboxName folder, long uid, MailGuid mail, MailboxName to) throws IOException {
        DiskPath file = find(folder(folder), mail);
        if (file == null || find(folder(to), mail) != null) {
            return false; // a folder can't hold two files of one name
        }
        SortedSet<Character> letters = new TreeSet<>();
        List<String> words = keywords(folder(folder));
        for (char letter : letters(file)) {
            boolean flag = FLAG_LETTERS.indexOf(letter) >= 0;
            letters.add(flag ? letter : letter(folder(to), words.get(letter - 'a')));
        }
        long received;
        try (MailStore store = openForReading();
                Mailbox box = store.open(folder)) {
            var table = box.detailedSnapshot();
            received = table.received(table.rowOf(uid));
        }
        write(folder(to).resolve("cur").resolve(base(file) + info(letters)), read(file), received);
        return true;
    }
}
