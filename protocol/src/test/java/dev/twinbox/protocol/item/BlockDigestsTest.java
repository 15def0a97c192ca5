package dev.twinbox.protocol.item;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BlockDigestsTest {
    private static BlockDigests of(SortedMap<Long, Long> mails) {
        BlockDigests.Builder builder = new BlockDigests.Builder(mails.isEmpty() ? 0 : mails.lastKey());
        mails.forEach(builder::add);
        return builder.build();
    }

    @Test
    void whatIsCommonIsTheSameOnBothSides() {
        for (long seed = 0; seed < 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TreeMap<Long, Long> left = new TreeMap<>();
            long most = random.nextBoolean() ? 40 : random.nextLong(10, 1L << 32);
            for (int i = random.nextInt(60); i > 0; i--) {
                left.put(random.nextLong(1, most), random.nextLong());
            }
            TreeMap<Long, Long> right = new TreeMap<>(left);
            for (int i = random.nextInt(4); i > 0; i--) {
                right.put(random.nextLong(1, random.nextBoolean() ? most : Uid.MAX), random.nextLong());
                right.remove(right.ceilingKey(random.nextLong(1, right.lastKey() + 1)));
            }
            BlockDigests.Common common = BlockDigests.common(of(left), of(right));
            TreeMap<Long, Long> all = new TreeMap<>(left);
            all.putAll(right);
            for (long uid : all.keySet()) {
                boolean same = left.containsKey(uid) && left.get(uid).equals(right.get(uid));
                assertTrue(same || !common.has(uid), "seed " + seed + " UID " + uid);
                assertEquals(
                        common.has(uid),
                        BlockDigests.common(of(right), of(left)).has(uid),
                        "seed " + seed);
                assertTrue(!left.equals(right) || common.has(uid), "seed " + seed + " UID " + uid);
            }
        }
    }

    @Test
    void oneChangeCostsOneBlock() {
        TreeMap<Long, Long> left = new TreeMap<>();
        for (long uid = 1; uid <= 1_000_000; uid++) {
            left.put(uid, uid * 7);
        }
        TreeMap<Long, Long> right = new TreeMap<>(left);
        right.put(500_000L, 1L);
        right.put(1_050_000L, 1L); // blocks are wider there
        BlockDigests.Common common = BlockDigests.common(of(left), of(right));
        long listed = left.keySet().stream().filter(uid -> !common.has(uid)).count();
        assertTrue(listed > 0 && listed <= 1024, () -> listed + " mails");
        assertFalse(common.has(500_000));
    }

    @Test
    void nothingIsCommonWithNothingSaid() {
        BlockDigests one = of(new TreeMap<>());
        assertTrue(BlockDigests.common(one, BlockDigests.NONE).isEmpty());
        assertTrue(BlockDigests.NONE.isNone());
        assertNotEquals(BlockDigests.NONE, one);
    }
}
