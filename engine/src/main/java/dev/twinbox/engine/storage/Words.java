package dev.twinbox.engine.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks at eight bytes at a time: of a mailbox with a million mails every byte of their names is looked at, and a program that has
 * just been started is slow at that. Without state.
 */
public final class Words {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    /** With fewer mails than these, what Java makes for it at its first use costs more than it saves. */
    public static final int WORTH_MAILS = 10_000;

    private Words() {}

    /** Eight bytes, which must all be in the array. */
    public static long at(byte[] bytes, int start) {
        return (long) WORDS.get(bytes, start);
    }

    /** Whether all eight bytes of a word are printable ASCII, blanks included. */
    public static boolean isPrintable(long word) {
        long below = (word - ' ' * ONES) & ~word; // of bytes up to 7F: those below a blank, and what borrows from them
        long above = word | (word + ONES); // 7F and all above
        return ((below | above) & HIGH_BITS) == 0;
    }

    /**
     * Whether one of the eight bytes of a word is this one.
     *
     * @param wanted 0 to 127
     */
    public static boolean has(long word, char wanted) {
        long differing = word ^ wanted * ONES;
        return ((differing - ONES) & ~differing & HIGH_BITS) != 0; // a byte of it is 0
    }
}
