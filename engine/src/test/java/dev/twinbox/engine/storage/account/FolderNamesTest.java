package dev.twinbox.engine.storage.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.Mutations;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.account.AccountLocation.Layout;
import dev.twinbox.protocol.item.MailboxName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FolderNamesTest {
    private static final DiskPath ROOT = DiskPath.of("/m");

    private static final FolderNames PLUS_PLUS = names(Layout.MAILDIR_PLUS_PLUS, false, null);
    private static final FolderNames FS = names(Layout.FS, false, null);
    private static final FolderNames DIRNAME = names(Layout.FS, false, "mAildir");
    private static final FolderNames UTF8 = names(Layout.MAILDIR_PLUS_PLUS, true, null);

    private static FolderNames names(Layout layout, boolean utf8, @Nullable String directoryName) {
        return new FolderNames(new AccountLocation(ROOT, layout, null, null, null, directoryName, utf8, '/'));
    }

    private static MailboxName name(String name) {
        return MailboxName.parse(name, '/');
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String mail(FolderNames names, String name) throws NotPossibleException {
        return names.mailFolder(name(name)).toString();
    }

    @Test
    void mailboxesLieWhereDovecotPutsThem() throws Exception {
        assertEquals("/m", mail(PLUS_PLUS, "inbox"));
        assertEquals("/m/.Work.Sub", mail(PLUS_PLUS, "Work/Sub"));
        assertEquals("/m/.INBOX.low", mail(PLUS_PLUS, "inbox/low"));
        assertEquals("/m/.Entw&APw-rfe", mail(PLUS_PLUS, "Entwürfe"));
        assertEquals("/m/.Ünï.日本語", mail(UTF8, "Ünï/日本語"));
        assertEquals("/m/.a&b", mail(UTF8, "a&b"));
        assertEquals("/m", mail(FS, "INBOX"));
        assertEquals("/m/Work/Sub", mail(FS, "Work/Sub"));
        assertEquals("/m/INBOX/low", mail(FS, "inbox/low"));
        assertEquals("/m/INBOX/mAildir", mail(DIRNAME, "INBOX"));
        assertEquals("/m/sub/new/mAildir", mail(DIRNAME, "sub/new"));
        assertEquals("/m/sub/new", DIRNAME.folder(name("sub/new")).toString());
    }

    @Test
    void controlAndIndexTreesGiveInboxAFolderOfItsOwn() throws Exception {
        DiskPath control = DiskPath.of("/c");
        DiskPath index = DiskPath.of("/i");
        FolderNames flat = new FolderNames(
                new AccountLocation(ROOT, Layout.MAILDIR_PLUS_PLUS, control, index, null, null, false, '.'));
        assertEquals("/c/.INBOX", flat.paths(MailboxName.INBOX).control().toString());
        assertEquals("/i/.Work.Sub", flat.paths(name("Work/Sub")).index().toString());
        assertEquals("/m", flat.mailFolder(MailboxName.INBOX).toString());
        assertEquals("/c", flat.controlRoot().toString());
        assertEquals("/i", flat.indexRoot().toString());
        FolderNames nested =
                new FolderNames(new AccountLocation(ROOT, Layout.FS, control, null, null, "mAildir", false, '/'));
        assertEquals("/c/INBOX", nested.paths(MailboxName.INBOX).control().toString());
        assertEquals("/c/Work/Sub", nested.paths(name("Work/Sub")).control().toString());
        assertEquals(
                "/m/Work/Sub/mAildir", nested.paths(name("Work/Sub")).index().toString());
        assertEquals("/m", nested.indexRoot().toString());
    }

    @Test
    void inboxCanLieElsewhere() throws Exception {
        FolderNames names = new FolderNames(
                new AccountLocation(ROOT, Layout.FS, null, null, DiskPath.of("/x"), "mAildir", false, '/'));
        assertEquals("/x", mail(names, "INBOX"));
        assertEquals("/x", names.paths(MailboxName.INBOX).control().toString());
        assertEquals("/m/INBOX/low/mAildir", mail(names, "INBOX/low"));
    }

    @Test
    void namesDovecotRefusesAreNotMade() throws Exception {
        refused(PLUS_PLUS, "~x", new MailboxName(List.of("a", "b.c")), new MailboxName(List.of("a/b")));
        refused(PLUS_PLUS, "x".repeat(255), name("é".repeat(100)), name("a/" + "x".repeat(253)));
        refused(FS, "a/cur", name("new"), name("tmp/x"), name("subscriptions"), name("dovecot.index"));
        refused(FS, "~x", new MailboxName(List.of("a/b")), name("a/dovecot-uidlist"), name("..DOVECOT-TrasH"));
        refused(DIRNAME, "a/mAildir", name("..DOVECOT-TrasH"));
        for (String good :
                List.of("x".repeat(254), "cur", "a/~x", " a ", "\"\\*%", "dovecot.index".replace('.', '-'))) {
            PLUS_PLUS.checkCreatable(name(good));
        }
        FS.checkCreatable(name("a.b/.hid/dovecot.list"));
        DIRNAME.checkCreatable(name("cur/new/tmp"));
    }

    private static void refused(FolderNames names, String first, MailboxName... more) {
        List<MailboxName> all = new ArrayList<>(List.of(more));
        all.add(name(first));
        for (MailboxName bad : all) {
            NotPossibleException e = assertThrows(NotPossibleException.class, () -> names.checkCreatable(bad));
            assertTrue(String.valueOf(e.getMessage()).contains(bad.toString()), bad.toString());
        }
    }

    @Test
    void namesWithoutDirectoryHaveNoPath() {
        MailboxName dotted = new MailboxName(
                List.of("a", "..", "b.c").stream().filter(l -> !l.equals("..")).toList());
        assertThrows(NotPossibleException.class, () -> PLUS_PLUS.mailFolder(dotted));
        assertThrows(NotPossibleException.class, () -> FS.mailFolder(name("a/cur")));
        assertThrows(NotPossibleException.class, () -> FS.folder(new MailboxName(List.of("../../x"))));
    }

    @Test
    void directoriesAreReadBack() {
        assertEquals(
                Optional.of(name("Work/Sub")),
                PLUS_PLUS.decode(bytes(".Work.Sub")).name());
        assertEquals(
                Optional.of(name("Entwürfe")),
                PLUS_PLUS.decode(bytes(".Entw&APw-rfe")).name());
        assertEquals(
                Optional.of(name("INBOX/low")),
                PLUS_PLUS.decode(bytes(".INBOX.low")).name());
        assertEquals(
                Optional.of(name("Ünï/日本語")), UTF8.decode(bytes(".Ünï.日本語")).name());
        assertEquals(
                Optional.of(name("Work/Sub")),
                FS.decode(List.of(bytes("Work"), bytes("Sub"))).name());
        assertEquals(Optional.of(MailboxName.INBOX), FS.decode(bytes("INBOX")).name());
        assertEquals(
                Optional.of(name("sub/new")),
                DIRNAME.decode(List.of(bytes("sub"), bytes("new"))).name());
    }

    @Test
    void hostileAndAmbiguousDirectoriesAreRefusedWithAReason() {
        for (String bad : List.of(
                "Work",
                ".",
                "..",
                "...",
                ".a..b",
                ".a.",
                ".&AC4ALg-",
                ".&AC4ALgAvAC4ALg-",
                ".&AC8-",
                ".Entwürfe",
                ".INBOX",
                ".inbox",
                ".inbox.low",
                ".a\nb",
                ".&AAA-",
                ".a&",
                ".&AGE-")) {
            FolderNames.Decoded decoded = PLUS_PLUS.decode(bytes(bad));
            assertTrue(decoded.name().isEmpty() && !decoded.refusal().isEmpty(), bad);
        }
        assertTrue(UTF8.decode(new byte[] {'.', (byte) 0xFF}).name().isEmpty());
        assertTrue(
                UTF8.decode(new byte[] {'.', (byte) 0xC0, (byte) 0xAE}).name().isEmpty());
        assertTrue(FS.decode(List.of(bytes("a"), bytes("cur"))).name().isEmpty());
        assertTrue(FS.decode(bytes("inbox")).name().isEmpty());
        assertTrue(FS.decode(bytes("..")).name().isEmpty());
        assertTrue(FS.decode(List.of()).name().isEmpty());
    }

    @Test
    void onlyPossibleFoldersAreCandidates() {
        for (String no : List.of(".", "..", "..DOVECOT-TRASHED", "cur", "new", "tmp", "Work", "maildirfolder")) {
            assertFalse(PLUS_PLUS.isCandidate(bytes(no)), no);
        }
        assertTrue(PLUS_PLUS.isCandidate(bytes(".Work.lock")));
        for (String no : List.of(".", "..", "..DOVECOT-TrasH", "cur", "new", "tmp")) {
            assertFalse(FS.isCandidate(bytes(no)), no);
        }
        assertTrue(FS.isCandidate(bytes(".hid")));
        assertFalse(DIRNAME.isCandidate(bytes("mAildir")));
        assertTrue(DIRNAME.isCandidate(bytes("new")));
        assertTrue(FolderNames.isTransientFile(bytes("dovecot-uidlist.lock")));
        assertTrue(FolderNames.isTransientFile(bytes(".temp.vm.1.abc")));
        assertTrue(FolderNames.isTransientFile(bytes("dovecot-vsize.lock123")));
        assertFalse(FolderNames.isTransientFile(bytes("dovecot-uidlist")));
    }

    @Test
    void namesSurviveTheWayToTheDiskAndBack() throws Exception {
        String[] parts = {"a", "INBOX", "inbox", ".", "&", "ü", "日", "\uD83D\uDE00", " ", "~", "-", "/", "cur"};
        for (FolderNames names : List.of(PLUS_PLUS, FS, DIRNAME, UTF8)) {
            int possible = 0;
            for (long seed = 0; seed < 5_000; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                List<String> levels = new ArrayList<>();
                for (int n = random.nextInt(1, 5); n > 0; n--) {
                    StringBuilder level = new StringBuilder(parts[random.nextInt(parts.length)]);
                    for (int m = random.nextInt(4); m > 0; m--) {
                        level.append(parts[random.nextInt(parts.length)]);
                    }
                    levels.add(level.toString());
                }
                possible += survives(names, levels, seed);
            }
            assertTrue(possible > 500, "tested " + possible);
        }
    }

    private static int survives(FolderNames names, List<String> levels, long seed) {
        MailboxName name;
        List<byte[]> path = new ArrayList<>();
        try {
            name = new MailboxName(levels);
            for (String piece : names.pieces(name)) {
                path.add(piece.getBytes(StandardCharsets.ISO_8859_1));
            }
            assertTrue(names.mailFolder(name).startsWith(ROOT), "seed " + seed);
        } catch (IllegalArgumentException | NotPossibleException e) {
            return 0;
        }
        if (!name.isInbox()) {
            assertEquals(Optional.of(name), names.decode(path).name(), "seed " + seed);
        }
        return 1;
    }

    @Test
    void damagedDirectoryNamesNeverLeadElsewhere() {
        for (FolderNames names : List.of(PLUS_PLUS, FS, DIRNAME, UTF8)) {
            Mutations.tryAll(bytes(".Work.Entw&APw-rfe.日本.&ZeVnLIqe-"), damaged -> {
                FolderNames.Decoded decoded = names.decode(damaged);
                if (decoded.name().isPresent() && !decoded.name().get().isInbox()) {
                    assertEquals(
                            ROOT.resolve(damaged), names.folder(decoded.name().get()));
                }
            });
        }
    }
}
