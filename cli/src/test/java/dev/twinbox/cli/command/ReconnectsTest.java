package dev.twinbox.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReconnectsTest {
    private final Reconnects reconnects = new Reconnects();

    @Test
    void aConnectionThatGotFarIsFollowedByAnotherHoweverManyWereCut() {
        for (int i = 0; i < 50; i++) {
            assertEquals(Reconnects.PAUSE_MILLIS, reconnects.afterCut(Reconnects.FAR_BYTES));
        }
        assertEquals(50, reconnects.tries());
    }

    @Test
    void triesInVainAreFartherAndFartherApartAndThenEnd() {
        for (int i = 1; i < Reconnects.IN_VAIN_MAX; i++) {
            assertEquals(Reconnects.PAUSE_MILLIS << i, reconnects.afterCut(0));
        }
        assertEquals(-1, reconnects.afterCut(Reconnects.FAR_BYTES - 1));
    }

    @Test
    void gettingFarMakesUpForTriesInVain() {
        reconnects.afterCut(0);
        reconnects.afterCut(0);
        assertEquals(Reconnects.PAUSE_MILLIS, reconnects.afterCut(Reconnects.FAR_BYTES));
        assertEquals(Reconnects.PAUSE_MILLIS * 2, reconnects.afterCut(0));
    }
}
