package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.ModSeq;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a store that keeps METADATA entries promises about them. */
public abstract class AttributeContract extends StoreTestBase {
    private static final int RANDOM_ROUNDS = 40;

    static MailboxAttribute set(boolean shared, String key, String value, long time) {
        return new MailboxAttribute(shared, key, value, false, false, time, ModSeq.NONE);
    }

    static MailboxAttribute delete(boolean shared, String key, long time) {
        return new MailboxAttribute(shared, key, null, false, true, time, ModSeq.NONE);
    }

    @Test
    void storeSaysThatItKeepsThem() throws IOException {
        assertTrue(store().keepsAttributes());
        try (Mailbox box = work()) {
            assertEquals(List.of(), box.attributes().list());
        }
    }

    @Test
    void valueIsThereForTheNextRun() throws IOException {
        create(MailboxName.INBOX, boxGuid(2));
        try (Mailbox box = work()) {
            box.applyAttributes(List.of(
                    set(false, "comment", "my note with\ttab\nand \u0001 ä\u2028", DATE),
                    set(true, "comment", "other", DATE + 1),
                    set(false, "vendor/x", "", DATE)));
        }
        try (Mailbox box = reopen().open(WORK);
                Mailbox inbox = store().open(MailboxName.INBOX)) {
            Attributes found = box.attributes();
            assertEquals("my note with\ttab\nand \u0001 ä\u2028", found.value(false, "comment"));
            assertEquals("other", found.value(true, "comment"));
            assertEquals("", found.value(false, "vendor/x"));
            assertEquals(3, found.present().size());
            assertEquals(DATE + 1, time(found, true, "comment"));
            assertEquals(List.of(), inbox.attributes().present());
        }
    }

    private static long time(Attributes attributes, boolean shared, String key) {
        MailboxAttribute found = attributes.find(new Attributes.Key(shared, key));
        assertNotNull(found);
        return found.lastChange();
    }

    @Test
    void deletionIsRememberedWithItsTime() throws IOException {
        try (Mailbox box = work()) {
            box.applyAttributes(List.of(set(false, "comment", "x", DATE), set(true, "comment", "y", DATE)));
            box.applyAttributes(List.of(delete(false, "comment", DATE + 7), delete(false, "never", DATE)));
        }
        try (Mailbox box = reopen().open(WORK)) {
            Attributes found = box.attributes();
            assertNull(found.value(false, "comment"));
            assertEquals("y", found.value(true, "comment"));
            MailboxAttribute gone = found.find(new Attributes.Key(false, "comment"));
            assertNotNull(gone);
            assertTrue(gone.deleted());
            assertEquals(DATE + 7, gone.lastChange());
            assertNull(found.find(new Attributes.Key(false, "never")));
        }
    }

    @Test
    void changeRaisesTheModSeqByOneAndSayingItAgainDoesNot() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 2);
        try (Mailbox box = store().open(WORK)) {
            long before = box.status().highestModSeq();
            MailboxSnapshot table = box.snapshot();
            box.applyAttributes(List.of(set(false, "a", "1", DATE), set(true, "b", "2", DATE)));
            assertEquals(before + 1, box.status().highestModSeq());
            box.applyAttributes(List.of(set(false, "a", "1", DATE), delete(true, "none", 0)));
            assertEquals(before + 1, box.status().highestModSeq());
            box.applyAttributes(List.of(delete(false, "a", 0)));
            assertEquals(before + 2, box.status().highestModSeq());
            MailboxSnapshot after = box.snapshot();
            assertEquals(table.size(), after.size());
            assertEquals(table.status().uidNext(), after.status().uidNext());
        }
    }

    @Test
    void otherProgramsNotice() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 1);
        try (Mailbox box = store().open(WORK);
                MailStore other = fixture().open();
                Mailbox theirs = other.open(WORK)) {
            MailboxSnapshot seen = box.snapshot();
            theirs.applyAttributes(List.of(set(false, "a", "1", 0)));
            assertTrue(box.changedSince(seen));
            assertEquals("1", box.attributes().value(false, "a"));
            assertTrue(time(box.attributes(), false, "a") > 0);
        }
    }

    @Test
    void valuesSurviveCommitsAndRenames() throws IOException {
        create(WORK, WORK_GUID);
        deliver(WORK, 1, 1);
        try (Mailbox box = store().open(WORK);
                Staging staging = box.stage()) {
            box.applyAttributes(List.of(set(false, "a", "1", DATE)));
            MailboxSnapshot basis = box.snapshot();
            MailGuid guid = guid("later");
            stage(staging, guid, mail("later"));
            done(
                    staging,
                    basis,
                    new PlanBuilder(basis.status())
                            .save(2, guid, Values.of(basis.status().highestModSeq() + 1, DATE))
                            .build());
        }
        store().apply(new TreeChange.Rename(WORK, name("Other")));
        try (Mailbox box = reopen().open(name("Other"))) {
            assertEquals("1", box.attributes().value(false, "a"));
        }
        store().apply(new TreeChange.Delete(name("Other"), WORK_GUID));
        create(WORK, WORK_GUID);
        try (Mailbox box = store().open(WORK)) {
            assertEquals(List.of(), box.attributes().present());
        }
    }

    @Test
    void readerDoesNotWrite() throws IOException {
        try (Mailbox box = work()) {
            box.applyAttributes(List.of(set(false, "a", "1", DATE)));
        }
        store().flush();
        try (MailStore reader = fixture().openForReading();
                Mailbox box = reader.open(WORK)) {
            assertEquals("1", box.attributes().value(false, "a"));
            assertThrows(IllegalStateException.class, () -> box.applyAttributes(List.of(set(false, "a", "2", DATE))));
        }
    }

    @Test
    void randomChangesEndAsTheLastOnesSay() throws IOException {
        for (long seed = 1; seed <= 5; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MailboxName name = name("R" + seed);
            create(name, boxGuid(100 + seed));
            TreeMap<Attributes.Key, String> model = new TreeMap<>();
            for (int round = 0; round < RANDOM_ROUNDS; round++) {
                Attributes.Key key = new Attributes.Key(random.nextBoolean(), "k" + random.nextInt(4));
                try (Mailbox box = store().open(name)) {
                    if (random.nextInt(3) == 0) {
                        box.applyAttributes(List.of(delete(key.shared(), key.name(), DATE + round)));
                        model.remove(key);
                    } else {
                        String value = "v" + random.nextInt(3) + (char) random.nextInt(1, 128);
                        box.applyAttributes(List.of(set(key.shared(), key.name(), value, DATE + round)));
                        model.put(key, value);
                    }
                    TreeMap<Attributes.Key, String> found = new TreeMap<>();
                    for (MailboxAttribute each : box.attributes().present()) {
                        assertFalse(each.deleted());
                        found.put(Attributes.Key.of(each), String.valueOf(each.value()));
                    }
                    assertEquals(model, found, "seed " + seed + " round " + round);
                }
            }
        }
    }
}
