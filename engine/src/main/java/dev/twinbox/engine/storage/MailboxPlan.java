package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import java.util.List;

/**
 * What has to be done to one mailbox, with a reason for each step. Immutable; can be printed instead of carried out.
 * Steps speak of the UIDs of the snapshot the plan was made from; all of them happen at once.
 *
 * @param target the numbers the mailbox must have afterwards
 * @param steps in order of the UIDs they are about; at most one per old UID but for {@link Copy}, one per new UID
 */
public record MailboxPlan(Target target, List<Step> steps) {
    public MailboxPlan {
        steps = List.copyOf(steps);
    }

    /** The plan that changes nothing, but that a store records what nobody has recorded yet. */
    public static MailboxPlan asItIs(MailboxStatus status) {
        return new MailboxPlan(
                new Target(
                        status.guid(),
                        status.uidValidity(),
                        status.uidNext(),
                        status.firstRecentUid(),
                        status.highestModSeq(),
                        false),
                List.of());
    }

    /**
     * Wanted numbers.
     *
     * @param exact the numbers are to be just these, even if they go down; otherwise each is a lower bound and modseqs
     *     grow as the store sees fit
     */
    public record Target(
            dev.twinbox.protocol.item.MailboxGuid guid,
            long uidValidity,
            long uidNext,
            long firstRecentUid,
            long highestModSeq,
            boolean exact) {
        /** The same with another HIGHESTMODSEQ. */
        public Target withHighestModSeq(long highest) {
            return new Target(guid, uidValidity, uidNext, firstRecentUid, highest, exact);
        }
    }

    /** One step. */
    public sealed interface Step {
        /** Why, in a few words. */
        String reason();
    }

    /** A step that says what a mail is like afterwards. */
    public sealed interface Valued extends Step {
        Flags flags();

        Keywords keywords();

        long modSeq();

        /** Seconds since 1970, or {@link MailboxSnapshot#RECEIVED_UNKNOWN}. */
        long received();
    }

    /** Takes a mail away. */
    public record Expunge(long uid, MailGuid guid, String reason) implements Step {}

    /**
     * Gives a mail other flags, keywords, modseq or received date.
     *
     * @param visible whether a client would see a difference; if not, only the modseq is put right
     */
    public record Update(
            long uid, Flags flags, Keywords keywords, long modSeq, long received, boolean visible, String reason)
            implements Valued {}

    /** Gives a mail another UID, and the values that come with it. */
    public record Renumber(
            long uid, long newUid, Flags flags, Keywords keywords, long modSeq, long received, String reason)
            implements Valued {}

    /** Makes a second mail with the same content and GUID. */
    public record Copy(
            long fromUid, long newUid, Flags flags, Keywords keywords, long modSeq, long received, String reason)
            implements Valued {}

    /** Takes in a mail that was staged under its GUID. */
    public record Save(
            long newUid, MailGuid guid, Flags flags, Keywords keywords, long modSeq, long received, String reason)
            implements Valued {}
}
