package dev.twinbox.engine.storage.dbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.account.AccountLocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A small mdbox, damaged in every way. */
class MdboxDamageTest extends DboxDamageContract {
    @Override
    AccountLocation.Format format() {
        return AccountLocation.Format.MDBOX;
    }

    private static DiskPath storage() {
        return HOME.resolve("mail").resolve("storage");
    }

    @Override
    List<DiskPath> files() throws IOException {
        List<DiskPath> files = new ArrayList<>(super.files());
        files.addAll(files(storage()));
        return files;
    }

    @Test
    void flippedBitIsSaidOrHarmless() throws IOException {
        flipBits();
    }

    @Test
    void mailsOfALostMapAreDelivered() throws IOException {
        for (DiskPath file : files(storage())) {
            if (new String(file.name(), StandardCharsets.US_ASCII).startsWith(MdboxMap.PREFIX)) {
                disk.unlink(file);
            }
        }
        Said said = new Said();
        Map<Long, byte[]> mails = read(disk, said);
        assertEquals(MAILS, mails.size());
        assertFalse(said.all.isEmpty());
        assertTrue(said.all.get(0).contains("force-resync"), said.all.toString());
    }

    @Test
    void lostMailboxIsNotTakenForAnEmptyOne() throws IOException {
        for (DiskPath file : files(folder())) {
            disk.unlink(file);
        }
        Said said = new Said();
        IOException e = assertThrows(IOException.class, () -> read(disk, said));
        assertTrue(String.valueOf(e.getMessage()).contains("force-resync"), e.getMessage());
        assertFalse(said.all.isEmpty());
    }
}
