package dev.twinbox.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one IMAP session sees of an account: less than {@link AccountView}, no text and no MODSEQs, but by a single process.
 * Immutable.
 */
final class ClientView {
    /** One mail, with flags and keywords but without {@code \Recent}. */
    record Mail(long uid, String guid, SortedSet<String> flags, String date, long size) {}

    /** One mailbox with its mails by UID. */
    record Box(String name, String guid, long uidValidity, long uidNext, SortedMap<Long, Mail> mails) {}

    private static final Pattern STATUS =
            Pattern.compile("\\* STATUS (\"?)(.+)\\1 \\(UIDNEXT (\\d+) UIDVALIDITY (\\d+) X-GUID ([0-9a-f]+)\\)");
    private static final Pattern LSUB = Pattern.compile("\\* LSUB \\(.*?\\) \"/\" (\"?)(.+)\\1");
    private static final Pattern FETCH = Pattern.compile("\\* \\d+ FETCH \\(UID (\\d+) FLAGS \\((.*?)\\)"
            + " X-GUID (\\S+) INTERNALDATE \"(.*?)\" RFC822.SIZE (\\d+)\\)");

    private final SortedMap<String, Box> boxes = new TreeMap<>();
    private final SortedSet<String> subscriptions = new TreeSet<>();

    private ClientView() {}

    /** Looks, which may change index files. */
    static ClientView take(Account account) {
        try (ImapSession imap = account.imap()) {
            return take(imap);
        }
    }

    static ClientView take(ImapSession imap) {
        ClientView view = new ClientView();
        List<Box> found = new ArrayList<>();
        for (String line : imap.must("LIST \"\" * RETURN (STATUS (UIDNEXT UIDVALIDITY X-GUID))")) {
            Matcher status = STATUS.matcher(line);
            if (status.matches()) {
                long uidNext = Long.parseLong(status.group(3));
                long uidValidity = Long.parseLong(status.group(4));
                found.add(new Box(status.group(2), status.group(5), uidValidity, uidNext, new TreeMap<>()));
            }
        }
        for (Box box : found) {
            imap.must("EXAMINE \"" + box.name() + "\"");
            for (String line : imap.send("FETCH 1:* (UID FLAGS X-GUID INTERNALDATE RFC822.SIZE)")) {
                Matcher fetch = FETCH.matcher(line);
                if (fetch.matches()) {
                    Mail mail = mail(fetch);
                    box.mails().put(mail.uid(), mail);
                }
            }
            view.boxes.put(box.name(), box);
        }
        for (String line : imap.must("LSUB \"\" *")) {
            Matcher subscription = LSUB.matcher(line);
            if (subscription.matches() && !line.toLowerCase(Locale.ROOT).contains("\\noselect")) {
                view.subscriptions.add(subscription.group(2));
            }
        }
        return view;
    }

    private static Mail mail(Matcher fetch) {
        SortedSet<String> flags = new TreeSet<>(Arrays.asList(fetch.group(2).split(" ")));
        flags.remove("");
        flags.remove("\\Recent");
        return new Mail(
                Long.parseLong(fetch.group(1)), fetch.group(3), flags, fetch.group(4), Long.parseLong(fetch.group(5)));
    }

    SortedMap<String, Box> boxes() {
        return boxes;
    }

    SortedSet<String> subscriptions() {
        return subscriptions;
    }

    /** The mailbox with this GUID, or null. */
    @Nullable
    Box byGuid(String guid) {
        return boxes.values().stream()
                .filter(box -> box.guid().equals(guid))
                .findFirst()
                .orElse(null);
    }

    /** One line per difference, but for MODSEQs; empty when both are the same. */
    List<String> differences(ClientView other) {
        List<String> differences = new ArrayList<>();
        if (!subscriptions.equals(other.subscriptions)) {
            differences.add("subscriptions: " + subscriptions + " -> " + other.subscriptions);
        }
        SortedSet<String> names = new TreeSet<>(boxes.keySet());
        names.addAll(other.boxes.keySet());
        for (String name : names) {
            Box mine = boxes.get(name);
            Box theirs = other.boxes.get(name);
            if (mine == null || theirs == null) {
                differences.add(name + (mine == null ? ": is too much: " + theirs : ": is missing: " + mine));
                continue;
            }
            if (!mine.guid().equals(theirs.guid())) {
                differences.add(name + " GUID: " + mine.guid() + " -> " + theirs.guid());
            }
            if (mine.uidValidity() != theirs.uidValidity() || mine.uidNext() != theirs.uidNext()) {
                differences.add(name + " UIDVALIDITY/UIDNEXT: " + mine.uidValidity() + "/" + mine.uidNext() + " -> "
                        + theirs.uidValidity() + "/" + theirs.uidNext());
            }
            SortedSet<Long> uids = new TreeSet<>(mine.mails().keySet());
            uids.addAll(theirs.mails().keySet());
            for (Long uid : uids) {
                Mail left = mine.mails().get(uid);
                Mail right = theirs.mails().get(uid);
                if (!Objects.equals(left, right)) {
                    differences.add(name + " UID " + uid + ": " + left + " -> " + right);
                }
            }
        }
        return differences;
    }

    /** The same mails with the same flags in mailboxes of the same names, whatever their UIDs are. */
    boolean hasTheSameMails(ClientView other) {
        return subscriptions.equals(other.subscriptions) && mails(true).equals(other.mails(true));
    }

    /** The same mails in mailboxes of the same names, however many copies of each there are, and whatever their flags. */
    boolean hasTheSameGuids(ClientView other) {
        return subscriptions.equals(other.subscriptions) && mails(false).equals(other.mails(false));
    }

    private SortedMap<String, List<String>> mails(boolean each) {
        SortedMap<String, List<String>> mails = new TreeMap<>();
        for (Box box : boxes.values()) {
            Stream<String> of = box.mails().values().stream()
                    .map(mail -> mail.guid() + (each ? mail.flags() + mail.date() : ""))
                    .sorted();
            mails.put(box.name(), (each ? of : of.distinct()).toList());
        }
        return mails;
    }

    /** For people who have to find out what happened. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Box box : boxes.values()) {
            text.append("  ")
                    .append(box.name())
                    .append(' ')
                    .append(box.guid())
                    .append(" uidnext ")
                    .append(box.uidNext())
                    .append('\n');
            for (Mail mail : box.mails().values()) {
                text.append("    ")
                        .append(mail.uid())
                        .append(' ')
                        .append(mail.guid())
                        .append(' ')
                        .append(mail.flags())
                        .append('\n');
            }
        }
        return text.append("  subscribed: ").append(subscriptions).append('\n').toString();
    }
}
