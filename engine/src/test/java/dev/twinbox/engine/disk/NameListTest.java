package dev.twinbox.engine.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NameListTest {
    @Test
    void everyNameIsThereInItsPlace() {
        SplittableRandom random = new SplittableRandom(1);
        List<byte[]> names = new ArrayList<>();
        NameList list = new NameList();
        for (int i = 0; i < 5_000; i++) {
            byte[] name = new byte[random.nextInt(256)];
            random.nextBytes(name);
            names.add(name);
            list.append(name);
        }
        assertEquals(names.size(), list.size());
        int next = 0;
        for (byte[] name : list) {
            assertArrayEquals(names.get(next), name, "name " + next);
            assertArrayEquals(names.get(next), list.get(next++));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> list.get(list.size()));
    }
}
