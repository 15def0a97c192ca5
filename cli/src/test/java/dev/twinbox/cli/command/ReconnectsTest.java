package dev.twinbox.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReconnectsTest {
    private final Reconnects reconnects = new Reconnects();

    @Test
    void aConnectionThatGotFarIsFollowedByAnotherUntilTooManyWereCut() {
        for (int i = 0; i < Reconnects.CUTS_MAX; i++) {
            assertEquals(Reconnects.SHORT_PAUSE_MILLIS, reconnects.afterCut(Reconnects.FAR_BYTES));
        }
        assertEquals(Reconnects.CUTS_MAX, reconnects.tries());
        assertEquals(-1, reconnects.afterCut(Reconnects.FAR_BYTES));
    }

    @Test
    void triesInVainAreFartherAndFartherApartAndThenEnd() {
        for (int i = 1; i < Reconnects.IN_VAIN_MAX; i++) {
            assertEquals(Reconnects.PAUSE_MILLIS << (i - 1), reconnects.afterCut(0));
        }
        assertEquals(-1, reconnects.afterCut(Reconnects.FAR_BYTES - 1));
    }

    @Test
    void gettingFarMakesUpForTriesInVain() {
        reconnects.afterCut(0);
        reconnects.afterCut(0);
        assertEquals(Reconnects.SHORT_PAUSE_MILLIS, reconnects.afterCut(Reconnects.FAR_BYTES));
        assertEquals(Reconnects.PAUSE_MILLIS, reconnects.afterCut(0));
    }
}
