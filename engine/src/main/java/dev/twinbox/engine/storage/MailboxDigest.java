package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Differs, as good as certainly, between mailboxes that differ in a UID, GUID, flag or keyword; \\Recent, modseqs and dates do
 * not count, but for {@link #blocks} modseqs do. The same at every store and in every run. Takes the mails in rising UID order,
 * of each first the bytes of its GUID. Belongs to one thread.
 */
public final class MailboxDigest {
    private static final long PRIME = 0x100_0000_01B3L;
    private static final long PRIME_2 = power(2);
    private static final long PRIME_3 = power(3);
    private static final long PRIME_4 = power(4);
    private static final long PRIME_5 = power(5);
    private static final long PRIME_6 = power(6);
    private static final long PRIME_7 = power(7);
    private static final long PRIME_8 = power(8);

    private final Map<Keywords, Long> keywordDigests = new HashMap<>();
    private final BlockDigests.Builder blocks;
    private final boolean byWords;
    private long digest;
    private long guid;

    /**
     * Of a mailbox with so many mails.
     *
     * @param lastUid the highest UID that will come, 0 if none will
     */
    public MailboxDigest(int mails, long lastUid) {
        digest = mails;
        byWords = mails >= Words.WORTH_MAILS;
        blocks = new BlockDigests.Builder(lastUid);
    }

    /** The next byte of the GUID, in UTF-8, of the mail that follows. */
    public void guid(byte next) {
        guid = guid * PRIME + next;
    }

    /**
     * The same for a GUID that is these bytes, if all of them are printable ASCII; if not, nothing is said.
     *
     * @return whether they are
     */
    public boolean asciiGuid(byte[] bytes, int from, int to) {
        long sum = guid;
        int i = from;
        for (; byWords && i <= to - Long.BYTES; i += Long.BYTES) {
            long word = Words.at(bytes, i);
            if (!Words.isPrintable(word)) {
                return false;
            }
            sum = sum * PRIME_8 + polynomial(word);
        }
        for (; i < to; i++) {
            byte next = bytes[i];
            if (next < ' ' || next == 0x7F) {
                return false;
            }
            sum = sum * PRIME + next;
        }
        guid = sum;
        return true;
    }

    /** Modulo 2<sup>64</sup>. */
    private static long power(int exponent) {
        return exponent == 0 ? 1 : PRIME * power(exponent - 1);
    }

    /** What eight bytes add to the sum; the products do not wait for one another. */
    private static long polynomial(long word) {
        return (word & 0xFF) * PRIME_7
                + (word >>> 8 & 0xFF) * PRIME_6
                + (word >>> 16 & 0xFF) * PRIME_5
                + (word >>> 24 & 0xFF) * PRIME_4
                + (word >>> 32 & 0xFF) * PRIME_3
                + (word >>> 40 & 0xFF) * PRIME_2
                + (word >>> 48 & 0xFF) * PRIME
                + (word >>> 56);
    }

    /** The mail whose GUID was said. */
    public void mail(long uid, int flags, Keywords keywords, long modSeq) {
        long state = (long) (flags & Flags.SETTABLE) << Integer.SIZE ^ uid;
        long words = keywords.isEmpty() ? 0 : keywordDigests.computeIfAbsent(keywords, MailboxDigest::of);
        digest = mix(mix(digest + state) + guid) + words;
        blocks.add(uid, mix(mix(mix(state) + guid) + modSeq + words));
        guid = 0;
    }

    private static long of(Keywords keywords) {
        long sum = 0;
        for (String name : keywords.names()) {
            sum = mix(sum + name.toLowerCase(Locale.ROOT).hashCode());
        }
        return sum;
    }

    /** Of all mails; never 0. */
    public long value() {
        return digest == 0 ? 1 : digest;
    }

    /** Of each block of them. */
    public BlockDigests blocks() {
        return blocks.build();
    }

    /** Every bit of the input changes about half of the result's (the finisher of SplitMix64). */
    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
