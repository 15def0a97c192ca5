package dev.twinbox.cli.args;

import dev.twinbox.engine.session.DeleteLimit;
import dev.twinbox.engine.session.MailFilter;
import dev.twinbox.protocol.item.MailboxGuid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was said after the command word, checked as far as the words alone allow.
 *
 * @param user {@code -u}; null if not said
 * @param noUserLookup {@code --no-userdb-lookup}
 * @param full {@code -f}
 * @param reverse {@code -R}
 * @param mailbox {@code -m}, or null; never empty
 * @param mailboxGuid {@code -g}, or null
 * @param noMailSync {@code -m ""} or {@code -g ""}: only the mailbox tree
 * @param allNamespaces {@code -N}
 * @param namespaces {@code -n}, in order
 * @param excluded {@code -x}, in order
 * @param allMailbox {@code -a}, or null; never empty
 * @param lockTimeoutSeconds {@code -l}, or {@link #NO_LOCK}
 * @param timeoutSeconds {@code -T}: how long a peer elsewhere may keep us waiting, at least 1
 * @param purgeRemote {@code -P}
 * @param rawlog {@code -r}: a file that gets all that is said, or null
 * @param destinationSettings {@code -p}, in order
 * @param mails {@code -t -e -I -O}
 * @param from {@code --from}, or null
 * @param dryRun {@code --dry-run}
 * @param json {@code --json}
 * @param progress {@code --progress}
 * @param deleteLimit {@code --max-delete} and {@code --allow-delete}
 * @param sync what {@code sync} takes, and {@code backup} in part
 * @param wire {@code --protocol}, {@code --limit-rate} and {@code --limit-mails}
 * @param contained {@code --contained}: whether all of one account is in the other, which is in use
 * @param remarks about options that were taken but have no effect, for the administrator
 * @param server {@code -S}: who is to run the command, or null
 * @param help {@code --help}
 * @param words what stood after the options: the destination
 */
public record CommandOptions(
        @Nullable String user,
        boolean noUserLookup,
        boolean full,
        boolean reverse,
        @Nullable String mailbox,
        @Nullable MailboxGuid mailboxGuid,
        boolean noMailSync,
        boolean allNamespaces,
        List<String> namespaces,
        List<String> excluded,
        @Nullable String allMailbox,
        long lockTimeoutSeconds,
        int timeoutSeconds,
        boolean purgeRemote,
        @Nullable String rawlog,
        List<SettingArgument> destinationSettings,
        MailFilter mails,
        @Nullable String from,
        boolean dryRun,
        boolean json,
        ProgressMode progress,
        DeleteLimit deleteLimit,
        SyncChoices sync,
        WireChoices wire,
        boolean contained,
        List<String> remarks,
        @Nullable String server,
        boolean help,
        List<String> words) {
    /** "Take no lock on the user." */
    public static final long NO_LOCK = -1;

    /** What {@code -T} is if it is not given; doveadm's. */
    public static final int TIMEOUT_DEFAULT_SECONDS = 600;

    public CommandOptions {
        namespaces = List.copyOf(namespaces);
        excluded = List.copyOf(excluded);
        destinationSettings = List.copyOf(destinationSettings);
        remarks = List.copyOf(remarks);
        words = List.copyOf(words);
    }
}
