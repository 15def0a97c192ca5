package dev.twinbox.engine.session;

import java.util.Optional;

/** Decides whether a run takes away more than an administrator can have meant. Pure. */
final class DeleteGuard {
    private DeleteGuard() {}

    /**
     * What a run has found before its first write.
     *
     * @param source the source as the administrator knows it
     * @param destination the destination likewise
     * @param sourceMails mails at the source
     * @param destinationMails mails at the destination
     * @param deletions mails the run would take away from the destination
     * @param sharedMailbox whether any mailbox GUID occurs on both sides
     */
    record Census(
            String source,
            String destination,
            long sourceMails,
            long destinationMails,
            long deletions,
            boolean sharedMailbox) {}

    /** Why the run must not go on, if so. */
    static Optional<String> objection(Census census, DeleteLimit limit) {
        if (limit.off() || census.deletions() == 0) {
            return Optional.empty();
        }
        if (census.sourceMails() == 0 && !census.sharedMailbox()) {
            return Optional.of(sides(census) + " The source is empty and has no mailbox in common with the destination:"
                    + " is the direction right? To make the source like the destination instead, add -R."
                    + " To delete the destination's mails all the same, add --allow-delete.");
        }
        long allowed = limit.allowedOf(census.destinationMails());
        if (census.deletions() <= allowed) {
            return Optional.empty();
        }
        return Optional.of(sides(census) + " The run would delete " + mails(census.deletions())
                + " at the destination, the limit is " + allowed + "."
                + " Look at the plan with --dry-run; if it is what you want, add --allow-delete or --max-delete="
                + census.deletions() + ".");
    }

    private static String sides(Census census) {
        return "Nothing was changed. Source: " + census.source() + " with " + mails(census.sourceMails())
                + ". Destination: " + census.destination() + " with " + mails(census.destinationMails()) + ".";
    }

    private static String mails(long count) {
        return count == 1 ? "1 mail" : count + " mails";
    }
}
