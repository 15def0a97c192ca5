package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class LockRuleTest {
    @Test
    void theSmallerNameLocksWhoeverBegan() {
        assertTrue(LockRule.iLock("alpha", "beta", true));
        assertTrue(LockRule.iLock("alpha", "beta", false));
        assertFalse(LockRule.iLock("beta", "alpha", true));
        assertFalse(LockRule.iLock("beta", "alpha", false));
    }

    @Test
    void withEqualNamesTheInitiatorLocks() {
        assertTrue(LockRule.iLock("vm", "vm", true));
        assertFalse(LockRule.iLock("vm", "vm", false));
    }

    @Test
    void exactlyOneSideLocksAndNamesAreComparedAsBytes() {
        List<String> names = List.of("", "a", "A", "ab", "z", "\u00e4", "\uffee", "\ud83d\ude00");
        for (String one : names) {
            for (String two : names) {
                assertEquals(!LockRule.iLock(one, two, true), LockRule.iLock(two, one, false), one + " " + two);
            }
        }
        assertTrue(LockRule.iLock("z", "\u00e4", false));
        assertTrue(LockRule.iLock("\uffee", "\ud83d\ude00", false));
    }
}
