package dev.twinbox.protocol.item;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first item of both peers (wire protocol, section 2.1). Only the initiator's values steer the run; the responder says
 * its host name. A zero always means "not given".
 *
 * @param hostname name of the sender's machine, 1 to {@value #TEXT_MAX} characters; settles who takes the user lock
 * @param syncType how mailboxes are chosen; null from a responder
 * @param namespacePrefixes only these namespaces ({@code -n}), at most {@value #NAMES_MAX}; the empty text is the namespace
 *     without prefix; no entry means the usual ones
 * @param mailbox only this mailbox ({@code -m}), in the sender's spelling, or a special use like {@code \Sent}; null for all
 * @param mailboxGuid only this mailbox ({@code -g}); null for all
 * @param excluded masks of mailboxes to leave out ({@code -x}), at most {@value #NAMES_MAX}
 * @param allNamespaces every visible namespace ({@code -N})
 * @param mailRequests bodies are sent on request; otherwise both send all bodies of their new mails unasked
 * @param backupSend the responder is the source
 * @param backupReceive the responder is the destination; not together with {@code backupSend}
 * @param keepDestinationChanges one-way, but the destination keeps its own changes ({@code sync -1})
 * @param noMailSync only the mailbox tree
 * @param debug the responder logs more
 * @param purgeRemote the responder purges its storage at the end ({@code -P})
 * @param lockTimeoutSeconds longest wait for the user lock in seconds, 1 to 2<sup>32</sup>-1; 0: no lock
 * @param sinceTime fetch only mails received at or after this time, seconds since 1970; 0: all
 * @param untilTime fetch only mails received at or before this time, seconds since 1970; 0: all
 * @param maxSize fetch only mails up to this virtual size in bytes; 0: all
 * @param flag fetch only mails with this flag or keyword, with a leading {@code -} only those without; null: all
 * @param allMailbox a mailbox that may hold copies of missing mails ({@code -a}), or null
 * @param hashedHeaders names of the headers that tell mails without GUID apart, at most {@value #HEADERS_MAX}; a name may
 *     be empty, because real initiators end the list with one
 * @param planFirst Twinbox only: every mailbox is gone through once without a change before the real pass; from a responder:
 *     there are mails at its end, so a mirror that changes it is to be planned first
 * @param hints Twinbox only: after the trees each side says what it knows beyond them; both must say so
 * @param deletions Twinbox only: what may be taken away from a destination at the responder; null if there is no limit
 * @param details what only a Dovecot's storage asks for
 * @param dryRun Twinbox only: nothing is to be changed at the responder, which says instead what it would do ({@link Planned})
 */
public record Handshake(
        String hostname,
        @Nullable SyncType syncType,
        List<String> namespacePrefixes,
        @Nullable String mailbox,
        @Nullable MailboxGuid mailboxGuid,
        List<String> excluded,
        boolean allNamespaces,
        boolean mailRequests,
        boolean backupSend,
        boolean backupReceive,
        boolean keepDestinationChanges,
        boolean noMailSync,
        boolean debug,
        boolean purgeRemote,
        long lockTimeoutSeconds,
        long sinceTime,
        long untilTime,
        long maxSize,
        @Nullable String flag,
        @Nullable String allMailbox,
        List<String> hashedHeaders,
        boolean planFirst,
        boolean hints,
        @Nullable Deletions deletions,
        Details details,
        boolean dryRun)
        implements SyncItem {
    /** Longest name or mask, in characters. */
    public static final int TEXT_MAX = 8192;

    /** Most namespaces, and most masks. */
    public static final int NAMES_MAX = 10_000;

    /** Most header names. */
    public static final int HEADERS_MAX = 100;

    /** The headers that tell mails without GUID apart unless configured otherwise. */
    public static final List<String> DEFAULT_HASHED_HEADERS = List.of("Date", "Message-ID");

    /** How mailboxes are chosen. */
    public enum SyncType {
        /** All of them. */
        FULL,
        /** Those whose numbers differ. */
        CHANGED,
        /** Those that differ from a saved state. */
        STATE
    }

    /**
     * @throws IllegalArgumentException if a value is out of its range, or the responder would be source and destination
     */
    public Handshake {
        if (hostname.isEmpty()) {
            throw new IllegalArgumentException("hostname of handshake is empty");
        }
        Check.line("hostname of handshake", hostname, TEXT_MAX);
        namespacePrefixes = checked("sync_ns_prefix of handshake", namespacePrefixes, NAMES_MAX);
        Check.lineOrNull("sync_box of handshake", mailbox, TEXT_MAX);
        excluded = checked("exclude_mailboxes of handshake", excluded, NAMES_MAX);
        if (backupSend && backupReceive) {
            throw new IllegalArgumentException("handshake has backup_send and backup_recv");
        }
        Check.unsigned32("lock_timeout of handshake", lockTimeoutSeconds);
        Check.timeOrZero("sync_since_timestamp of handshake", sinceTime);
        Check.timeOrZero("sync_until_timestamp of handshake", untilTime);
        Check.range("sync_max_size of handshake", maxSize, 0, Long.MAX_VALUE);
        Check.lineOrNull("sync_flags of handshake", flag, TEXT_MAX);
        Check.lineOrNull("virtual_all_box of handshake", allMailbox, TEXT_MAX);
        hashedHeaders = checked("hashed_headers of handshake", hashedHeaders, HEADERS_MAX);
    }

    /** What a responder says. */
    public static Handshake responder(String hostname) {
        return new Handshake(
                hostname,
                null,
                List.of(),
                null,
                null,
                List.of(),
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                0,
                0,
                0,
                0,
                null,
                null,
                List.of(),
                false,
                false,
                null,
                Details.NONE,
                false);
    }

    /** What an initiator says that wants a two-way run without any restriction. */
    public static Handshake twoWay(String hostname, SyncType type) {
        return initiator(hostname, type, false, false, false);
    }

    /** What an initiator says that is the source of a backup without any restriction. */
    public static Handshake backup(String hostname, SyncType type, boolean planFirst) {
        return initiator(hostname, type, false, true, planFirst);
    }

    /** What an initiator says that is the destination of a backup without any restriction. */
    public static Handshake reverseBackup(String hostname, SyncType type, boolean planFirst) {
        return initiator(hostname, type, true, false, planFirst);
    }

    private static Handshake initiator(
            String hostname, SyncType type, boolean backupSend, boolean backupReceive, boolean planFirst) {
        return new Handshake(
                hostname,
                type,
                List.of(),
                null,
                null,
                List.of(),
                false,
                true,
                backupSend,
                backupReceive,
                false,
                false,
                false,
                false,
                0,
                0,
                0,
                0,
                null,
                null,
                DEFAULT_HASHED_HEADERS,
                planFirst,
                false,
                null,
                Details.NONE,
                false);
    }

    /** The same of a Twinbox, which can say hints. */
    public Handshake withHints() {
        return asTwinbox(planFirst);
    }

    /** The same of a Twinbox, which can say hints. */
    public Handshake asTwinbox(boolean newPlanFirst) {
        return new Handshake(
                hostname,
                syncType,
                namespacePrefixes,
                mailbox,
                mailboxGuid,
                excluded,
                allNamespaces,
                mailRequests,
                backupSend,
                backupReceive,
                keepDestinationChanges,
                noMailSync,
                debug,
                purgeRemote,
                lockTimeoutSeconds,
                sinceTime,
                untilTime,
                maxSize,
                flag,
                allMailbox,
                hashedHeaders,
                newPlanFirst,
                true,
                deletions,
                details,
                dryRun);
    }

    /**
     * How many mails a mirror may take away before it must not even begin.
     *
     * @param mails most mails, 0 or more; or -1: the percentage counts
     * @param percent most mails as a share of the destination's, 0 to 100
     * @param floor with a percentage: this many may always go
     */
    public record Deletions(long mails, int percent, long floor) {
        /**
         * @throws IllegalArgumentException if a value is out of its range
         */
        public Deletions {
            Check.range("deletions of handshake", mails, -1, Long.MAX_VALUE);
            Check.range("deletion percentage of handshake", percent, 0, 100);
            Check.range("deletion floor of handshake", floor, 0, Long.MAX_VALUE);
        }
    }

    /**
     * What a Dovecot tells a Dovecot about its storage. Twinbox does not follow it.
     *
     * @param noNotify the responder tells no notify plugin
     * @param emptyHeaderWorkaround mails without any hashed header are taken for the same mail
     * @param commitInterval after how many mails to commit; 0 if not said, at most 2<sup>32</sup>-1
     * @param replacement stands for characters that a mailbox name cannot have, {@link #NO_REPLACEMENT} if not said
     */
    public record Details(boolean noNotify, boolean emptyHeaderWorkaround, long commitInterval, char replacement) {
        /** Stands for "not said". */
        public static final char NO_REPLACEMENT = '\0';

        /** Nothing said. */
        public static final Details NONE = new Details(false, false, 0, NO_REPLACEMENT);

        /**
         * @throws IllegalArgumentException if the interval is out of range, or the character a control character or half
         *     of a pair
         */
        public Details {
            Check.unsigned32("import_commit_msgs_interval of handshake", commitInterval);
            boolean allowed = replacement == NO_REPLACEMENT
                    || replacement >= ' ' && replacement != 0x7F && !Character.isSurrogate(replacement);
            if (!allowed) {
                throw new IllegalArgumentException("alt_char of handshake not allowed: " + (int) replacement);
            }
        }
    }

    private static List<String> checked(String field, List<String> texts, int most) {
        Check.listSize(field, texts.size(), most);
        for (String text : texts) {
            Check.line(field, text, TEXT_MAX);
        }
        return List.copyOf(texts);
    }

    @Override
    public Kind kind() {
        return Kind.HANDSHAKE;
    }
}
