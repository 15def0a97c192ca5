package dev.twinbox.engine.sim;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All that can be seen of an account at a moment. The kit's own; not safe for use by several threads. */
public final class Picture {
    /** Folders that can hold mails, by identity. */
    final Map<MailboxGuid, Folder> folders = new LinkedHashMap<>();

    final TreeSet<String> subscribed = new TreeSet<>();

    /** Names that hold neither mails nor other names. */
    final TreeSet<String> emptyNames = new TreeSet<>();

    /** Whether the format knows such names; if not, they come and go as they must. */
    private boolean keepsEmptyNames;

    /** A mailbox. */
    static final class Folder {
        final String name;
        final MailboxGuid guid;
        final long uidValidity;
        final long uidNext;
        final long highestModSeq;
        final TreeMap<Long, Mail> mails = new TreeMap<>();

        Folder(String name, MailboxGuid guid, long uidValidity, long uidNext, long highestModSeq) {
            this.name = name;
            this.guid = guid;
            this.uidValidity = uidValidity;
            this.uidNext = uidNext;
            this.highestModSeq = highestModSeq;
        }

        /** Its identity as a text. The INBOXes of two sides are one mailbox, whatever their GUIDs. */
        String id() {
            return name.equals("INBOX") ? name : guid.toString();
        }

        String leaf() {
            return name.substring(name.lastIndexOf('/') + 1);
        }

        int count(String mail) {
            int count = 0;
            for (Mail each : mails.values()) {
                count += each.guid.equals(mail) ? 1 : 0;
            }
            return count;
        }

        /** The first mail of that identity. */
        @Nullable
        Mail find(String mail) {
            for (Mail each : mails.values()) {
                if (each.guid.equals(mail)) {
                    return each;
                }
            }
            return null;
        }
    }

    /** A mail; flags and keywords are words. */
    record Mail(long uid, String guid, SortedSet<String> words, long modSeq) {
        Mail copy(long newUid) {
            return new Mail(newUid, guid, new TreeSet<>(words), modSeq);
        }

        String text() {
            return uid + " " + guid + " " + words;
        }

        @Override
        public String toString() {
            return text() + " " + modSeq;
        }
    }

    /** Looks at an account. */
    public static Picture of(MailStore store) throws IOException {
        Picture picture = new Picture();
        picture.keepsEmptyNames = store.capabilities().folders();
        List<String> names = new ArrayList<>();
        for (MailboxNode node : store.tree().nodes()) {
            String name = node.name().join('/');
            if (node.subscribed()) {
                picture.subscribed.add(name);
            }
            if (node.isMailbox()) {
                names.add(name);
                Folder folder = look(store, node.name(), name);
                picture.folders.put(folder.guid, folder);
            } else if (node.existence() == MailboxNode.Existence.EXISTS
                    && store.capabilities().folders()) {
                names.add(name);
                picture.emptyNames.add(name);
            }
        }
        picture.emptyNames.removeIf(parent -> names.stream().anyMatch(name -> name.startsWith(parent + "/")));
        return picture;
    }

    /** Looks at one mailbox; null if there is none of that name. */
    static @Nullable Folder of(MailStore store, MailboxName mailbox) throws IOException {
        try {
            return look(store, mailbox, mailbox.join('/'));
        } catch (MailboxGoneException e) {
            return null;
        }
    }

    private static Folder look(MailStore store, MailboxName mailbox, String name) throws IOException {
        try (Mailbox box = store.open(mailbox)) {
            MailboxSnapshot table = box.snapshot();
            var status = table.status();
            Folder folder =
                    new Folder(name, status.guid(), status.uidValidity(), status.uidNext(), status.highestModSeq());
            for (int row = 0; row < table.size(); row++) {
                folder.mails.put(
                        table.uid(row),
                        new Mail(table.uid(row), table.guid(row).value(), words(table, row), table.modSeq(row)));
            }
            return folder;
        }
    }

    private static SortedSet<String> words(MailboxSnapshot table, int row) {
        SortedSet<String> words = new TreeSet<>();
        String flags = table.flags(row).settable().toString();
        if (!flags.isEmpty()) {
            words.addAll(List.of(flags.split(" ")));
        }
        for (String keyword : table.keywords(row).names()) {
            words.add(keyword.toLowerCase(Locale.ROOT));
        }
        return words;
    }

    /** The mailbox of a name. */
    @Nullable
    Folder named(String name) {
        for (Folder folder : folders.values()) {
            if (folder.name.equals(name)) {
                return folder;
            }
        }
        return null;
    }

    /** The mailbox of an identity. */
    @Nullable
    Folder of(String id) {
        for (Folder folder : folders.values()) {
            if (folder.id().equals(id)) {
                return folder;
            }
        }
        return null;
    }

    /** The mailbox of the same last level below what has become of the one above a mailbox; null if that is not known. */
    @Nullable
    Folder below(Folder old, Picture then) {
        int end = old.name.lastIndexOf('/');
        Folder above = end < 0 ? null : then.named(old.name.substring(0, end));
        Folder now = above == null ? null : of(above.id());
        return now == null ? null : named(now.name + "/" + old.leaf());
    }

    /** How many mails of an identity there are anywhere. */
    int count(String mail) {
        int count = 0;
        for (Folder folder : folders.values()) {
            count += folder.count(mail);
        }
        return count;
    }

    /** Everything, one line each: two accounts with the same lines look the same to every client. */
    public List<String> lines() {
        return lines(this, true, true);
    }

    /** Whether each mail has a modseq. */
    boolean tracksMails() {
        for (Folder folder : folders.values()) {
            for (Mail mail : folder.mails.values()) {
                if (mail.modSeq() == 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * What can be compared with another account: everything, or everything but the modseqs.
     *
     * @param highest with HIGHESTMODSEQ
     * @param modSeqs with the modseqs of single mails
     */
    List<String> lines(Picture other, boolean highest, boolean modSeqs) {
        List<String> lines = new ArrayList<>();
        lines.add("subscribed " + subscribed);
        lines.add("empty names " + (keepsEmptyNames && other.keepsEmptyNames ? emptyNames : ""));
        List<Folder> sorted = new ArrayList<>(folders.values());
        sorted.sort(Comparator.comparing(folder -> folder.name));
        for (Folder folder : sorted) {
            lines.add(folder.name + " " + folder.guid + " UIDVALIDITY " + folder.uidValidity + " UIDNEXT "
                    + folder.uidNext
                    // a Maildir nobody wrote to counts none
                    + (highest ? " HIGHESTMODSEQ " + Math.max(1, folder.highestModSeq) : ""));
            folder.mails.values().forEach(mail -> lines.add("  " + (modSeqs ? mail.toString() : mail.text())));
        }
        return lines;
    }
}
