package dev.twinbox.protocol.item;

import java.util.List;

/**
 * Opens the exchange of one mailbox; sent both ways, with the sender's numbers (wire protocol, section 2.5). From two of
 * them both sides must draw the same conclusion whether the mailbox is to be synced.
 *
 * @param guid the mailbox; the responder answers with the same
 * @param lost the sender has no such mailbox (any more); then the numbers say nothing
 * @param ignore the mailbox is to be skipped in silence; then the numbers say nothing
 * @param uidValidity 1 to 2<sup>32</sup>-1; 0 if lost, ignored or not there yet (in a planning pass)
 * @param uidNext 1 to 2<sup>32</sup>; 0 only if lost or ignored
 * @param messages number of mails, 0 to 2<sup>32</sup>-1
 * @param firstRecentUid mails from this UID on are \Recent; 0 to 2<sup>32</sup>, where 0 says as much as 1
 * @param highestModSeq HIGHESTMODSEQ, {@link ModSeq#NONE} if the storage does not keep modseqs
 * @param highestPrivateModSeq the same of private flags in shared mailboxes
 * @param hasGuids mails have GUIDs
 * @param hasSaveGuids a saved mail can be given a GUID
 * @param onlyGuid128 only 128-bit GUIDs can be kept; compare in that form
 * @param provisionalUids Twinbox only: nobody has recorded UIDs yet, the sender made them up for this run
 * @param digest Twinbox only: a digest of all UIDs, GUIDs, flags and keywords, the same at every store; 0 if not said
 * @param incremental Twinbox only: in a stateful run, the sender can say what changed since the saved state
 * @param blocks Twinbox only: digests of the mails with their modseqs, block by block; {@link BlockDigests#NONE} if not said
 * @param cacheFields what the sender caches of its mails, at most {@value #CACHE_FIELDS_MAX}; no more than advice
 */
public record MailboxInfo(
        MailboxGuid guid,
        boolean lost,
        boolean ignore,
        long uidValidity,
        long uidNext,
        long messages,
        long firstRecentUid,
        ModSeq highestModSeq,
        ModSeq highestPrivateModSeq,
        boolean hasGuids,
        boolean hasSaveGuids,
        boolean onlyGuid128,
        boolean provisionalUids,
        long digest,
        boolean incremental,
        BlockDigests blocks,
        List<CacheField> cacheFields)
        implements SyncItem {
    /** Most cache fields. */
    public static final int CACHE_FIELDS_MAX = 10_000;

    /**
     * @throws IllegalArgumentException if a value is out of its range, or the mailbox both lost and ignored
     */
    public MailboxInfo {
        if (lost && ignore) {
            throw new IllegalArgumentException("mailbox is both lost and ignored");
        }
        Check.unsigned32("uid_validity of mailbox", uidValidity);
        Check.range("uid_next of mailbox", uidNext, lost || ignore ? 0 : 1, UID_NEXT_MAX);
        Check.unsigned32("messages_count of mailbox", messages);
        Check.range("first_recent_uid of mailbox", firstRecentUid, 0, UID_NEXT_MAX);
        Check.listSize("cache_fields of mailbox", cacheFields.size(), CACHE_FIELDS_MAX);
        cacheFields = List.copyOf(cacheFields);
    }

    /** The answer when there is no such mailbox (any more). */
    public static MailboxInfo lost(MailboxGuid guid) {
        return new MailboxInfo(
                guid,
                true,
                false,
                0,
                0,
                0,
                0,
                ModSeq.NONE,
                ModSeq.NONE,
                false,
                false,
                false,
                false,
                0,
                false,
                BlockDigests.NONE,
                List.of());
    }

    /** The answer when the mailbox is to be skipped. */
    public static MailboxInfo ignored(MailboxGuid guid) {
        return new MailboxInfo(
                guid,
                false,
                true,
                0,
                0,
                0,
                0,
                ModSeq.NONE,
                ModSeq.NONE,
                false,
                false,
                false,
                false,
                0,
                false,
                BlockDigests.NONE,
                List.of());
    }

    /**
     * What a Dovecot has decided about caching one part of its mails. Twinbox keeps no such cache.
     *
     * @param name of the part, like {@code flags} or {@code hdr.subject}, 1 to {@value #NAME_MAX} characters, none of them
     *     a control character
     * @param decision whether it is cached
     * @param forced whether the administrator has decided it
     * @param lastUsed when it was last asked for, seconds since 1970; 0 if not known
     */
    public record CacheField(String name, Decision decision, boolean forced, long lastUsed) {
        /** Longest name, in characters. */
        public static final int NAME_MAX = 1024;

        /**
         * @throws IllegalArgumentException if a value is out of its range
         */
        public CacheField {
            Check.lineOrNull("name of mailbox_cache_field", name, NAME_MAX);
            Check.timeOrZero("last_used of mailbox_cache_field", lastUsed);
        }

        /** Whether something is cached. */
        public enum Decision {
            /** Never. */
            NO,
            /** Of new mails, for some time. */
            TEMPORARY,
            /** Of all mails. */
            PERMANENT
        }
    }

    @Override
    public Kind kind() {
        return Kind.MAILBOX_INFO;
    }
}
