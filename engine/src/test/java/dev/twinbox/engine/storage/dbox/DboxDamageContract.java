package dev.twinbox.engine.storage.dbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A small account, damaged in every way: reading it never ends otherwise than well or with an {@link IOException}, and what
 * does not come out as it went in has been named.
 */
abstract class DboxDamageContract {
    static final DiskPath HOME = DiskPath.of("/home/alice");
    static final MailboxName WORK = MailboxName.parse("Work", '/');
    private static final int FLIPS = 1000;
    static final int MAILS = 3;

    private final SimClock clock = new SimClock();
    SimDisk disk = new SimDisk(clock);

    /** Where the mailbox's own files are. */
    static DiskPath folder() {
        return HOME.resolve("mail").resolve("mailboxes").resolve("Work").resolve("dbox-Mails");
    }

    /** Which of the two it is. */
    abstract AccountLocation.Format format();

    MailStore open(Disk on, boolean readOnly, StoreReport report) {
        return OpenDbox.on(
                on,
                AccountLocation.of(format(), HOME.resolve("mail")),
                readOnly,
                clock,
                new SimHost("mail.example.org", 7),
                report);
    }

    /** What was said to be missing or wrong. */
    static final class Said implements StoreReport {
        final List<String> all = new ArrayList<>();

        @Override
        public void warning(@Nullable MailboxName mailbox, String message) {
            all.add(message);
        }

        @Override
        public void damage(@Nullable MailboxName mailbox, String message) {
            all.add("DAMAGE " + message);
        }

        @Override
        public void debug(@Nullable MailboxName mailbox, String message) {}
    }

    static byte[] content(int number) {
        return ("From: a@example.org\nSubject: mail " + number + "\n\n" + "text ".repeat(10 * number) + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @BeforeEach
    void setUp() throws IOException {
        disk = new SimDisk(clock).folders(HOME);
        try (MailStore store = open(disk, false, StoreReport.NONE)) {
            store.apply(new TreeChange.Create(WORK, new MailboxGuid(1, 2), 77));
            for (int number = 1; number <= MAILS; number++) {
                save(store, number);
            }
            store.flush();
        }
    }

    private static void save(MailStore store, int number) throws IOException {
        try (Mailbox box = store.open(WORK);
                Staging staging = box.stage()) {
            MailGuid guid = new MailGuid("0123456789abcdef0123456789abcde" + number);
            staging.save(guid, () -> new ByteArrayInputStream(content(number)), 1000 + number, Mailbox.Pop3.NONE);
            MailboxSnapshot basis = box.snapshot();
            MailboxPlan.Target target = new MailboxPlan.Target(
                    basis.status().guid(), 77, number + 1L, 1, basis.status().highestModSeq() + 1, false);
            staging.commit(
                    basis,
                    new MailboxPlan(
                            target,
                            List.of(new MailboxPlan.Save(
                                    number,
                                    guid,
                                    new Flags(Flags.SEEN),
                                    Keywords.of(List.of("key" + number)),
                                    2,
                                    1000 + number,
                                    "test"))));
        }
    }

    /** Everything that can be read, by UID. */
    Map<Long, byte[]> read(Disk on, Said said) throws IOException {
        Map<Long, byte[]> mails = new TreeMap<>();
        try (MailStore store = open(on, true, said)) {
            store.tree();
            try (Mailbox box = store.open(WORK)) {
                box.status();
                MailboxSnapshot table = box.detailedSnapshot();
                box.changes(0);
                box.holdsOwnMail();
                for (int row = 0; row < table.size(); row++) {
                    Uid uid = new Uid(table.uid(row));
                    try (InputStream in = box.body(uid).open()) {
                        mails.put(table.uid(row), in.readAllBytes());
                        box.virtualSize(uid);
                        box.pop3(uid);
                    } catch (IOException e) {
                        said.all.add(uid + ": " + e.getMessage());
                    }
                }
            }
        }
        return mails;
    }

    void assertNothingIsLostInSilence(Disk on, String where) {
        Said said = new Said();
        Map<Long, byte[]> mails;
        try {
            mails = read(on, said);
        } catch (IOException e) {
            return; // it was said
        }
        boolean whole = mails.size() == MAILS;
        assertTrue(whole || !said.all.isEmpty(), where + ": lost in silence: " + mails.keySet());
        for (Map.Entry<Long, byte[]> mail : mails.entrySet()) {
            String text = new String(mail.getValue(), StandardCharsets.US_ASCII);
            assertTrue(text.startsWith("From: ") && text.contains("\ntext ") && text.endsWith("\n"), where);
        }
    }

    /** All files. */
    List<DiskPath> files() throws IOException {
        return files(folder());
    }

    List<DiskPath> files(DiskPath in) throws IOException {
        List<DiskPath> files = new ArrayList<>();
        for (byte[] name : disk.list(in)) {
            DiskPath path = in.resolve(name);
            if (disk.stat(path).map(FileInfo::isFile).orElse(false)) {
                files.add(path);
            }
        }
        files.sort(null);
        return files;
    }

    static void write(Disk on, DiskPath file, byte[] bytes) throws IOException {
        on.unlink(file);
        try (DiskFile open = on.create(file, Disk.FILE_MODE)) {
            open.append(ByteBuffer.wrap(bytes));
        }
    }

    @Test
    void wholeMailboxIsReadWithoutAWord() throws IOException {
        Said said = new Said();
        Map<Long, byte[]> mails = read(disk, said);
        assertEquals(MAILS, mails.size());
        assertEquals(List.of(), said.all);
        assertTrue(files().size() > MAILS, files().toString());
    }

    @Test
    void fileCutAnywhereIsSaid() throws IOException {
        for (DiskPath file : files()) {
            byte[] whole = disk.readAll(file, 1 << 20);
            for (int length = 0; length < whole.length; length++) {
                SimDisk damaged = disk.copy();
                write(damaged, file, Arrays.copyOf(whole, length));
                assertNothingIsLostInSilence(damaged, file + " cut to " + length);
            }
        }
    }

    @Test
    void missingFileIsSaid() throws IOException {
        for (DiskPath file : files()) {
            SimDisk damaged = disk.copy();
            damaged.unlink(file);
            assertNothingIsLostInSilence(damaged, file + " is missing");
        }
    }

    void flipBits() throws IOException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        List<DiskPath> files = files();
        for (int i = 0; i < FLIPS; i++) {
            DiskPath file = files.get(random.nextInt(files.size()));
            byte[] bytes = disk.readAll(file, 1 << 20);
            int at = random.nextInt(bytes.length);
            int bit = random.nextInt(8);
            bytes[at] ^= (byte) (1 << bit);
            SimDisk damaged = disk.copy();
            write(damaged, file, bytes);
            Said said = new Said();
            try {
                Map<Long, byte[]> mails = read(damaged, said);
                assertTrue(
                        mails.size() == MAILS || !said.all.isEmpty(),
                        "seed " + seed + ": " + file + " byte " + at + " bit " + bit + ": lost in silence");
            } catch (IOException e) {
                // It was said.
            }
        }
    }
}
