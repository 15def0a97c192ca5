package dev.twinbox.protocol.item;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class UidTest {
    @Test
    void searchFindsWhatBinarySearchFinds() {
        for (long seed = 0; seed < 5_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int size = random.nextInt(40);
            long[] rising = new long[size];
            int[] uids = new int[size + 3];
            long uid = random.nextBoolean() ? 0 : Uid.MAX - 3_000;
            long step = random.nextBoolean() ? 2 : 60;
            for (int i = 0; i < size; i++) {
                uid += random.nextLong(1, 1 + random.nextLong(1, step));
                rising[i] = uid;
                uids[i] = (int) uid;
            }
            for (int i = 0; i < 50; i++) {
                long sought = random.nextBoolean() && size > 0
                        ? rising[random.nextInt(size)] + random.nextInt(-1, 2)
                        : random.nextLong(0, Uid.MAX + 1);
                assertEquals(
                        Arrays.binarySearch(rising, sought),
                        Uid.search(uids, size, sought),
                        "seed " + seed + " UID " + sought + " in " + Arrays.toString(rising));
            }
        }
    }
}
