package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.session.DeleteGuard.Census;
import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DeleteGuardTest {
    private static boolean objects(long source, long destination, long deletions, boolean shared, DeleteLimit limit) {
        return DeleteGuard.objection(new Census("a", "b", source, destination, deletions, shared), limit)
                .isPresent();
    }

    @Test
    void letsARunWithoutDeletionsPass() {
        assertFalse(objects(0, 0, 0, false, DeleteLimit.DEFAULT));
        assertFalse(objects(0, 1000, 0, false, DeleteLimit.ofMails(0)));
    }

    @Test
    void objectsToAnEmptySourceThatHasNothingInCommon() {
        assertTrue(objects(0, 1, 1, false, DeleteLimit.DEFAULT));
        assertTrue(objects(0, 1, 1, false, DeleteLimit.ofMails(1_000_000)), "a limit does not help");
        assertFalse(objects(0, 1, 1, true, DeleteLimit.DEFAULT));
        assertFalse(objects(0, 1, 1, false, DeleteLimit.OFF));
    }

    @Test
    void letsAHundredMailsOrHalfGo() {
        assertFalse(objects(1, 100, 100, true, DeleteLimit.DEFAULT));
        assertTrue(objects(1, 101, 101, true, DeleteLimit.DEFAULT));
        assertFalse(objects(1, 1000, 500, true, DeleteLimit.DEFAULT));
        assertTrue(objects(1, 1000, 501, true, DeleteLimit.DEFAULT));
        assertTrue(objects(1, 1001, 501, true, DeleteLimit.DEFAULT), "half is rounded down");
    }

    @Test
    void takesTheGivenNumberExactly() {
        assertFalse(objects(1, 1000, 7, true, DeleteLimit.ofMails(7)));
        assertTrue(objects(1, 1000, 8, true, DeleteLimit.ofMails(7)));
        assertTrue(objects(1, 1000, 1, true, DeleteLimit.ofMails(0)));
        assertTrue(objects(1, 100, 11, true, DeleteLimit.ofPercent(10)), "no floor under a given percentage");
        assertFalse(objects(1, 100, 100, true, DeleteLimit.ofPercent(100)));
    }

    @Test
    void saysWhatToDo() {
        String text = DeleteGuard.objection(
                        new Census("maildir:/a", "maildir:/b", 3, 1, 1, true), DeleteLimit.ofMails(0))
                .orElseThrow();
        for (String part : new String[] {
            "maildir:/a with 3 mails", "maildir:/b with 1 mail.", "--max-delete=1", "--allow-delete", "--dry-run"
        }) {
            assertTrue(text.contains(part), text);
        }
    }

    @Test
    void reckonsPercentagesOfAnyTotalWithoutOverflow() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 10_000; i++) {
            long total = random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
            int percent = random.nextInt(101);
            long expected = BigInteger.valueOf(total)
                    .multiply(BigInteger.valueOf(percent))
                    .divide(BigInteger.valueOf(100))
                    .longValueExact();
            assertEquals(expected, DeleteLimit.ofPercent(percent).allowedOf(total), total + " " + percent);
        }
        assertEquals(Long.MAX_VALUE, DeleteLimit.OFF.allowedOf(1));
    }
}
