package dev.twinbox.cli.config;

import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.mbox.MboxSettings;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an account lies, ready to be opened.
 *
 * @param text as the administrator wrote it, for messages
 * @param account the place
 * @param durability how it is to be written
 * @param lockWaitMillis how long to wait at most for a lock that somebody else holds, milliseconds
 * @param mbox how mbox files are locked and hashed; of no consequence to other formats
 * @param remarks what was said about it that has no effect
 * @param namespaces what the account is made of; the other components are about one that takes part. Empty if the account is one
 *     namespace with no prefix
 */
public record Location(
        String text,
        AccountLocation account,
        Durability durability,
        long lockWaitMillis,
        MboxSettings mbox,
        List<String> remarks,
        List<NamespaceLocation> namespaces) {
    public Location {
        remarks = List.copyOf(remarks);
        namespaces = List.copyOf(namespaces);
    }

    /** An account made of these namespaces, called by those that take part; the first of them is what the rest is about. */
    static Location of(List<NamespaceLocation> parts) {
        Location first = null;
        StringBuilder texts = new StringBuilder();
        for (NamespaceLocation part : parts) {
            Location at = part.location();
            if (part.chosen() && at != null) {
                texts.append(first == null ? "" : ", ").append(at.text);
                first = first == null ? at : first;
            }
        }
        if (first == null) {
            throw new IllegalArgumentException("no namespace takes part");
        }
        return new Location(
                texts.toString(),
                first.account,
                first.durability,
                first.lockWaitMillis,
                first.mbox,
                first.remarks,
                parts);
    }

    /**
     * This place as the other side of a run with an account: what is chosen of that one is one namespace, and this place is
     * another one for the same. So names lie here as they lie there, without a prefix.
     *
     * @throws Refusal if several namespaces are chosen
     */
    public Location asOtherPlaceOf(Location own) throws Refusal {
        NamespaceLocation one = null;
        for (NamespaceLocation namespace : own.namespaces()) {
            if (namespace.chosen() && one != null) {
                throw Refusal.temporary("'" + text + "' is one place for several namespaces: choose one with -n");
            }
            one = namespace.chosen() ? namespace : one;
        }
        if (one == null || one.levels() == null) {
            return this;
        }
        return of(List.of(new NamespaceLocation(
                one.prefix(),
                one.levels(),
                one.inbox(),
                true,
                true,
                null,
                true,
                withPrefix(one.levels()),
                null,
                true)));
    }

    /** This place as that of a namespace with a prefix. */
    Location withPrefix(MailboxName levels) {
        return new Location(text, account.withPrefix(levels), durability, lockWaitMillis, mbox, remarks, namespaces);
    }

    /** The prefixes of the namespaces that take part, as levels; null is one with no prefix. */
    public List<@Nullable MailboxName> chosenPrefixes() {
        List<@Nullable MailboxName> prefixes = new ArrayList<>();
        for (NamespaceLocation namespace : namespaces) {
            if (namespace.chosen()) {
                prefixes.add(namespace.levels());
            }
        }
        return prefixes;
    }

    /** All folders of the namespaces that take part: the roots and those of their parts that lie elsewhere. */
    public List<DiskPath> folders() {
        return folders(true);
    }

    /** As {@link #folders}, without those that are shared with other users. */
    public List<DiskPath> ownFolders() {
        return folders(false);
    }

    private List<DiskPath> folders(boolean others) {
        List<DiskPath> found = new ArrayList<>();
        if (namespaces.isEmpty()) {
            addFolders(found);
        }
        for (NamespaceLocation namespace : namespaces) {
            Location at = namespace.location();
            if (namespace.chosen() && at != null && (others || namespace.isPrivate())) {
                at.addFolders(found);
            }
        }
        return found;
    }

    private void addFolders(List<DiskPath> found) {
        found.add(account.root());
        for (DiskPath part : new DiskPath[] {account.control(), account.index(), account.inbox(), account.alt()}) {
            if (part != null) {
                found.add(part);
            }
        }
    }
}
