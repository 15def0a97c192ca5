package dev.twinbox.engine.merge;

/**
 * What one side has to say about a flag or keyword of a mail that only one of the sides has set.
 *
 * @param has whether it is set here
 * @param did the log knows that somebody, not a sync, made it so
 * @param when the modseq of that, 0 if not known
 * @param keeps if it is set here and nobody is known to have taken it away there, it stays: at the destination of a one-way run,
 *     and of a mail that came to both sides since the last sync
 */
record Say(boolean has, boolean did, long when, boolean keeps) {
    /**
     * Whether the left side's value counts (dsync wire protocol, section 3.7 D, but that dsync cannot tell which of two
     * opposite changes is the later one):
     *
     * <ul>
     *   <li>if just one side's log knows how its value came about, that one;
     *   <li>if both do, the later change, by its modseq if that is known of both, otherwise by the mail's;
     *   <li>if neither does, the side on which anything about the mail changed last, by its modseq.
     * </ul>
     *
     * @param leftIsLater whether the mail's modseq speaks for the left side
     */
    static boolean leftCounts(Say left, Say right, boolean leftIsLater) {
        if (left.did != right.did) {
            return left.did;
        }
        if (left.did) {
            return left.when > 0 && right.when > 0 && left.when != right.when ? left.when > right.when : leftIsLater;
        }
        if (left.has ? left.keeps : right.keeps) {
            return left.has;
        }
        return leftIsLater;
    }
}
