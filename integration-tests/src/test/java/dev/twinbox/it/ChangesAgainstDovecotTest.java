package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.disk.SystemHost;
import dev.twinbox.engine.run.SystemClock;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountOpening;
import dev.twinbox.engine.storage.maildir.MaildirStore;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happened to a real Dovecot's Maildir, as {@link Mailbox#changes} tells it. */
final class ChangesAgainstDovecotTest {
    @TempDir
    Path temp;

    private final Map<Long, String> guids = new TreeMap<>();

    /** A mail that came by Dovecot has the name of its file as GUID. */
    private final Map<Long, String> bases = new TreeMap<>();

    @BeforeEach
    void needsDovecot() {
        assertTrue(IndexDovecot.isInstalled(), "doveadm is missing: run bin/test as root");
    }

    @Test
    void tellsUsersFromSyncs() throws Exception {
        IndexDovecot dovecot = new IndexDovecot(temp, "maildir:~/Maildir", "");
        for (int i = 1; i <= 5; i++) {
            dovecot.save("INBOX", "mail " + i);
        }
        dovecot.rows("INBOX", "uid guid").forEach((uid, row) -> {
            bases.put(uid, row[1]);
            guids.put(uid, new MailGuid(row[1]).guid128());
        });
        long base = dovecot.number("INBOX", "highestmodseq");
        assertEquals(new ChangeLog(true, List.of(), Map.of(), 1), changes(dovecot, base));

        dovecot.doveadm("", "flags", "add", "\\Flagged $One Two", "mailbox", "INBOX", "uid", "1");
        dovecot.doveadm("", "flags", "remove", "$ONE", "mailbox", "INBOX", "uid", "1");
        dovecot.doveadm("", "expunge", "mailbox", "INBOX", "uid", "2");
        Change flagged = new Change(new Flags(Flags.FLAGGED), Flags.NONE, List.of("Two"), List.of("$One"));
        ChangeLog byUser = changes(dovecot, base);
        assertEquals(Map.of(1L, flagged), bare(byUser));
        assertEquals(List.of(gone(2, false)), gone(byUser));
        assertEquals(List.of(gone(2, false)), gone(changes(dovecot, 0)));

        String other = "maildir:" + temp.resolve("other/Maildir");
        Files.createDirectories(temp.resolve("other"));
        dovecot.giveAway();
        dovecot.doveadm("", "sync", other);
        String there = "mail_location=" + other;
        dovecot.doveadm("", "-o", there, "expunge", "mailbox", "INBOX", "uid", "3");
        dovecot.doveadm("", "-o", there, "flags", "remove", "\\Flagged", "mailbox", "INBOX", "uid", "1");
        dovecot.doveadm("", "-o", there, "flags", "add", "\\Seen", "mailbox", "INBOX", "uid", "4");
        dovecot.doveadm("", "sync", other);
        dovecot.save("INBOX", "mail 6");
        Change rest = new Change(Flags.NONE, Flags.NONE, List.of("Two"), List.of("$One"));
        ChangeLog bySync = changes(dovecot, base);
        assertEquals(Map.of(1L, rest), bare(bySync));
        assertEquals(List.of(gone(2, false), gone(3, true)), gone(bySync));
        assertEquals(6, bySync.unsynced());

        Files.delete(file(dovecot, 4));
        Path fifth = file(dovecot, 5);
        Files.move(fifth, dovecot.home().resolve("Maildir/cur/" + bases.get(5L) + ":2,S"));
        ChangeLog byHand = changes(dovecot, base);
        assertEquals(List.of(gone(2, false), gone(3, true), gone(4, false)), gone(byHand));
        Change seen = new Change(new Flags(Flags.SEEN), Flags.NONE, List.of(), List.of());
        assertEquals(Map.of(1L, rest, 5L, seen), bare(byHand));
    }

    private Path file(IndexDovecot dovecot, long uid) throws IOException {
        String base = Objects.requireNonNull(bases.get(uid));
        for (String sub : List.of("new", "cur")) {
            try (Stream<Path> all = Files.list(dovecot.home().resolve("Maildir").resolve(sub))) {
                Optional<Path> found = all.filter(
                                file -> file.getFileName().toString().startsWith(base))
                        .findFirst();
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        throw new AssertionError("no file of UID " + uid);
    }

    private String gone(long uid, boolean bySync) {
        return uid + " " + guids.get(uid) + (bySync ? " by sync" : "");
    }

    private static List<String> gone(ChangeLog log) {
        return log.expunges().stream()
                .map(one -> one.uid() + " " + one.guid128() + (one.bySync() ? " by sync" : ""))
                .toList();
    }

    private static ChangeLog changes(IndexDovecot dovecot, long modSeq) throws Exception {
        SystemClock clock = new SystemClock();
        AccountLocation location =
                AccountLocation.of(DiskPath.of(dovecot.home().resolve("Maildir").toString()));
        try (MailStore store = MaildirStore.open(new AccountOpening(
                        new RealDisk(clock),
                        location,
                        "test",
                        true,
                        Durability.NEVER,
                        clock,
                        new SystemHost(),
                        StoreReport.NONE));
                Mailbox box = store.open(MailboxName.INBOX)) {
            box.snapshot();
            return box.changes(modSeq);
        }
    }

    /** Without the modseqs, which depend on how many records Dovecot writes. */
    private static Map<Long, Change> bare(ChangeLog log) {
        Map<Long, Change> changes = new HashMap<>();
        log.changes()
                .forEach((uid, all) -> changes.put(
                        uid, new Change(all.added(), all.removed(), all.keywordsAdded(), all.keywordsRemoved())));
        return changes;
    }
}
