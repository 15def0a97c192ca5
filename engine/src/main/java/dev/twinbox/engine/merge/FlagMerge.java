package dev.twinbox.engine.merge;

import dev.twinbox.protocol.item.Flags;

/**
 * Merges the system flags of one mail, flag by flag, as {@link Say} has it. A change in a log that is not what the flag is
 * now was undone by a sync and counts for nothing. \Recent is left out.
 */
final class FlagMerge {
    private FlagMerge() {}

    /**
     * The flags the mail shall have on both sides.
     *
     * @param leftIsLater whose word counts if nothing else decides
     */
    static Flags merge(MailView left, MailView right, boolean leftIsLater) {
        int leftBits = left.flags().settable().bits();
        int rightBits = right.flags().settable().bits();
        int result = leftBits & rightBits;
        int differ = leftBits ^ rightBits;
        while (differ != 0) {
            int flag = Integer.lowestOneBit(differ);
            differ &= ~flag;
            Say leftSay = say(left, flag);
            if (Say.leftCounts(leftSay, say(right, flag), leftIsLater) == leftSay.has()) {
                result |= flag;
            }
        }
        return new Flags(result);
    }

    private static Say say(MailView side, int flag) {
        boolean has = side.flags().has(flag);
        boolean did = (has ? side.change().added() : side.change().removed()).has(flag);
        return new Say(has, did, side.change().when(flag), side.keeps());
    }
}
