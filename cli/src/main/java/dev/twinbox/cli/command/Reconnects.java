package dev.twinbox.cli.command;

/**
 * Whether a run whose connection was cut is to go on over a new one. What had arrived is kept, so each try gets further; it
 * ends when several tries in a row got nowhere, or there were too many. Pure.
 */
final class Reconnects {
    /** Tries in a row that get nowhere. */
    static final int IN_VAIN_MAX = 5;

    /** Cuts in one run: an end that fails again and again in the same place must not go on for ever. */
    static final int CUTS_MAX = 100;

    /** A connection over which less than this has passed got nowhere: greetings and trees alone take some of it. */
    static final long FAR_BYTES = 64 * 1024;

    /** The pause after a connection that got somewhere, in milliseconds. */
    static final long SHORT_PAUSE_MILLIS = 100;

    /** The pause after the first try in vain, in milliseconds; each one after another is twice as long as the last. */
    static final long PAUSE_MILLIS = 1000;

    private int inVain;
    private int tries;

    /**
     * A connection was cut.
     *
     * @param bytes how much had passed over it
     * @return how long to wait before the next, in milliseconds; -1: give up
     */
    long afterCut(long bytes) {
        inVain = bytes >= FAR_BYTES ? 0 : inVain + 1;
        tries++;
        if (inVain >= IN_VAIN_MAX || tries > CUTS_MAX) {
            return -1;
        }
        return inVain == 0 ? SHORT_PAUSE_MILLIS : PAUSE_MILLIS << (inVain - 1);
    }

    /** How many connections were cut. */
    int tries() {
        return tries;
    }
}
