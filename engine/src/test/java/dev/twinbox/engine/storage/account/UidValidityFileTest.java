package dev.twinbox.engine.storage.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.twinbox.engine.storage.Mutations;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class UidValidityFileTest {
    private static final OptionalLong NONE = OptionalLong.empty();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void contentAndNameAreEightHexDigits() {
        assertEquals("6b021b88", new String(UidValidityFile.toBytes(0x6b021b88L), StandardCharsets.US_ASCII));
        assertEquals("dovecot-uidvalidity.ffffffff", UidValidityFile.markerName(0xFFFF_FFFFL));
        assertEquals(OptionalLong.of(0x6b021b88L), UidValidityFile.parse(bytes("6b021b88")));
        assertEquals(OptionalLong.of(1), UidValidityFile.parseMarker(bytes("dovecot-uidvalidity.00000001")));
        assertThrows(IllegalArgumentException.class, () -> UidValidityFile.toBytes(0));
        assertThrows(IllegalArgumentException.class, () -> UidValidityFile.markerName(1L << 32));
    }

    @Test
    void anythingElseIsDamage() {
        for (String bad : List.of("", "6b021b8", "6b021b888", "6b021b88\n", "6B021B88", "00000000", "xxxxxxxx")) {
            assertEquals(NONE, UidValidityFile.parse(bytes(bad)), bad);
        }
        assertEquals(NONE, UidValidityFile.parseMarker(bytes("dovecot-uidvalidity")));
        assertEquals(NONE, UidValidityFile.parseMarker(bytes("dovecot-uidvalidity.6b021b88.lock")));
    }

    @Test
    void theHighestNameCounts() {
        List<byte[]> names = List.of(
                bytes("cur"),
                bytes("dovecot-uidvalidity.00000005"),
                bytes("dovecot-uidvalidity.f0000000"),
                bytes("new"));
        assertEquals(OptionalLong.of(0xF000_0000L), UidValidityFile.highestMarker(names));
        assertEquals(NONE, UidValidityFile.highestMarker(List.of()));
    }

    @Test
    void filesNeverFallBehindWhatWasTakenOver() {
        assertEquals(OptionalLong.of(9), UidValidityFile.afterImport(OptionalLong.of(5), OptionalLong.of(5), 9));
        assertEquals(NONE, UidValidityFile.afterImport(OptionalLong.of(5), OptionalLong.of(5), 4));
        assertEquals(OptionalLong.of(7), UidValidityFile.afterImport(OptionalLong.of(5), OptionalLong.of(7), 4));
        assertEquals(OptionalLong.of(4), UidValidityFile.afterImport(NONE, NONE, 4));
        assertEquals(NONE, UidValidityFile.afterImport(NONE, NONE, 0));
    }

    @Test
    void theNextOneIsAboveAllKnown() {
        assertEquals(8, UidValidityFile.next(OptionalLong.of(5), OptionalLong.of(7), 1000));
        assertEquals(1000, UidValidityFile.next(NONE, NONE, 1000));
        assertEquals(1, UidValidityFile.next(NONE, NONE, -5));
        assertEquals(1, UidValidityFile.next(OptionalLong.of(0xFFFF_FFFFL), NONE, 1000));
    }

    @Test
    void damagedFilesAreReadOrRefused() {
        Mutations.tryAll(bytes("dovecot-uidvalidity.6b021b88"), damaged -> {
            UidValidityFile.parse(damaged);
            OptionalLong marker = UidValidityFile.parseMarker(damaged);
            if (marker.isPresent()) {
                assertEquals(
                        new String(damaged, StandardCharsets.US_ASCII), UidValidityFile.markerName(marker.getAsLong()));
            }
        });
    }
}
