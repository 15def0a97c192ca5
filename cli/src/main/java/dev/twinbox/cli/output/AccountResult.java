package dev.twinbox.cli.output;

import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.MailboxResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run did to one account.
 *
 * @param account its location as the administrator wrote it; null where only one account is written anyway
 * @param mailboxes one result for each mailbox that was looked at
 * @param treeChanges mailboxes created, renamed, deleted, subscribed and so on
 */
public record AccountResult(@Nullable String account, List<MailboxResult> mailboxes, int treeChanges) {
    public AccountResult {
        mailboxes = List.copyOf(mailboxes);
    }

    /** The result of a run that writes only one account. */
    public static AccountResult of(Outcome outcome) {
        return new AccountResult(null, outcome.mailboxes(), outcome.treeChanges());
    }
}
