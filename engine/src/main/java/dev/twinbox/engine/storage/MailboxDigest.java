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

    private final Map<Keywords, Long> keywordDigests = new HashMap<>();
    private final BlockDigests.Builder blocks;
    private long digest;
    private long guid;

    /**
     * Of a mailbox with so many mails.
     *
     * @param lastUid the highest UID that will come, 0 if none will
     */
    public MailboxDigest(int mails, long lastUid) {
        digest = mails;
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
        for (int i = from; i < to; i++) {
            byte next = bytes[i];
            if (next < ' ' || next == 0x7F) {
                return false;
            }
            sum = sum * PRIME + next;
        }
        guid = sum;
        return true;
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
