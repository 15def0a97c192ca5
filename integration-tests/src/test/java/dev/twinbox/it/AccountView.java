package dev.twinbox.it;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All that a client of Dovecot can see in an account. Immutable, comparable, with readable differences. */
final class AccountView {
    /** What a comparison can leave out, where the tool under test cannot or must not keep it. */
    enum Aspect {
        MODSEQ,
        RECENT,
        UNSEEN,
        MAILBOX_GUID,
        MAIL_GUID,
        POP3
    }

    /** One mail. {@code flags} without {@code \Recent}; {@code pop3} UIDL and order; {@code digest} of the text with LF line ends. */
    record Mail(
            long uid,
            String guid,
            SortedSet<String> flags,
            boolean recent,
            String date,
            String modseq,
            String pop3,
            String size,
            String digest) {}

    /** One mailbox with the mails by UID. */
    record Box(Map<String, String> status, SortedMap<Long, Mail> mails) {}

    private static final int DIFFERENCES_SHOWN_MAX = 40;
    private static final String STATUS = "messages recent uidnext uidvalidity unseen highestmodseq guid";
    private static final String MAIL =
            "mailbox uid guid flags date.received.unixtime modseq pop3.uidl pop3.order size.physical size.virtual text";

    private final SortedMap<String, Box> boxes;
    private final SortedSet<String> subscriptions;
    private final SortedSet<String> names;
    private final List<String> log;

    private AccountView(
            SortedMap<String, Box> boxes, SortedSet<String> subscriptions, SortedSet<String> names, List<String> log) {
        this.log = log;
        this.boxes = boxes;
        this.subscriptions = subscriptions;
        this.names = names;
    }

    /** Asks Dovecot, which may change files of this account meanwhile: see {@link Account#view()}. */
    static AccountView take(Account account) {
        SortedSet<String> names = words(account.doveadm("mailbox", "list"));
        SortedMap<String, Box> boxes = new TreeMap<>();
        boxes(account, boxes, List.of("*"));
        // That pattern does not reach into namespaces with a prefix. To ask for parents without mail by name is an
        // error.
        SortedSet<String> others = new TreeSet<>();
        for (String name : names) {
            if (!boxes.containsKey(name)) {
                String first = name.split("[/.]", 2)[0];
                others.add(first + "/*");
                others.add(first + ".*");
            }
        }
        if (!others.isEmpty()) {
            boxes(account, boxes, List.copyOf(others));
        }
        new Mails(account.doveadm("-f", "pager", "fetch", MAIL, "all").bytes()).readInto(boxes);
        SortedSet<String> subscriptions = words(account.doveadm("mailbox", "list", "-s"));
        return new AccountView(boxes, subscriptions, names, account.log());
    }

    private static void boxes(Account account, SortedMap<String, Box> boxes, List<String> patterns) {
        List<String> words = new ArrayList<>(List.of("-f", "tab", "mailbox", "status", STATUS));
        words.addAll(patterns);
        List<String> rows = account.doveadm(words.toArray(String[]::new)).lines();
        if (rows.isEmpty()) {
            return;
        }
        List<String> columns = List.of(rows.get(0).split("\t"));
        for (String row : rows.subList(1, rows.size())) {
            if (!row.isEmpty()) {
                List<String> cells = List.of(row.split("\t", -1));
                Map<String, String> status = new TreeMap<>();
                for (int i = 1; i < columns.size(); i++) {
                    status.put(columns.get(i), cells.get(i));
                }
                boxes.put(cells.get(0), new Box(status, new TreeMap<>()));
            }
        }
    }

    private static SortedSet<String> words(Ran ran) {
        SortedSet<String> lines = new TreeSet<>(ran.lines());
        lines.remove("");
        return lines;
    }

    SortedMap<String, Box> boxes() {
        return boxes;
    }

    Box box(String name) {
        return Objects.requireNonNull(boxes.get(name), () -> name + " is not in " + boxes.keySet());
    }

    SortedSet<String> subscriptions() {
        return subscriptions;
    }

    /** Asserts that Dovecot had nothing to complain about or to repair while it looked. */
    AccountView mustBeSilent() {
        Expect.equal(List.of(), log, () -> "what Dovecot logged");
        return this;
    }

    int mails() {
        return boxes.values().stream().mapToInt(box -> box.mails().size()).sum();
    }

    /** Fails with all differences when the other account is not the same. */
    void mustEqual(AccountView actual, String when, Aspect... leftOut) {
        List<String> differences = differences(actual, leftOut);
        if (!differences.isEmpty()) {
            int shown = Math.min(differences.size(), DIFFERENCES_SHOWN_MAX);
            throw Expect.failure(when + ": " + differences.size() + " differences (expected -> actual)\n  "
                    + String.join("\n  ", differences.subList(0, shown)));
        }
    }

    /** One line per difference; empty when both are the same. */
    List<String> differences(AccountView other, Aspect... leftOut) {
        Set<Aspect> without = Set.copyOf(Arrays.asList(leftOut));
        List<String> differences = new ArrayList<>();
        compare("mailbox names", names, other.names, differences);
        compare("subscriptions", subscriptions, other.subscriptions, differences);
        SortedSet<String> all = new TreeSet<>(boxes.keySet());
        all.addAll(other.boxes.keySet());
        for (String name : all) {
            Box mine = boxes.get(name);
            Box theirs = other.boxes.get(name);
            if (mine == null || theirs == null) {
                differences.add(name + (mine == null ? ": is too much" : ": is missing"));
            } else {
                compareBoxes(name, mine, theirs, without, differences);
            }
        }
        return differences;
    }

    private static void compareBoxes(String name, Box mine, Box theirs, Set<Aspect> without, List<String> differences) {
        Map<String, Aspect> aspects = Map.of(
                "highestmodseq",
                Aspect.MODSEQ,
                "recent",
                Aspect.RECENT,
                "unseen",
                Aspect.UNSEEN,
                "guid",
                Aspect.MAILBOX_GUID);
        for (String field : mine.status().keySet()) {
            Aspect aspect = aspects.get(field);
            if (aspect == null || !without.contains(aspect)) {
                compare(
                        name + " " + field,
                        mine.status().get(field),
                        theirs.status().get(field),
                        differences);
            }
        }
        SortedSet<Long> uids = new TreeSet<>(mine.mails().keySet());
        uids.addAll(theirs.mails().keySet());
        for (Long uid : uids) {
            Mail left = mine.mails().get(uid);
            Mail right = theirs.mails().get(uid);
            String where = name + " UID " + uid;
            if (left == null || right == null) {
                differences.add(where + (left == null ? ": is too much: " + right : ": is missing: " + left));
            } else {
                compareMails(where, left, right, without, differences);
            }
        }
    }

    private static void compareMails(
            String where, Mail left, Mail right, Set<Aspect> without, List<String> differences) {
        Map<String, Function<Mail, Object>> fields = new TreeMap<>(
                Map.of("flags", Mail::flags, "received", Mail::date, "size", Mail::size, "content", Mail::digest));
        if (!without.contains(Aspect.MODSEQ)) {
            fields.put("modseq", Mail::modseq);
        }
        if (!without.contains(Aspect.RECENT)) {
            fields.put("recent", Mail::recent);
        }
        if (!without.contains(Aspect.MAIL_GUID)) {
            fields.put("guid", Mail::guid);
        }
        if (!without.contains(Aspect.POP3)) {
            fields.put("pop3", Mail::pop3);
        }
        fields.forEach((field, get) -> compare(where + " " + field, get.apply(left), get.apply(right), differences));
    }

    private static void compare(String what, @Nullable Object mine, @Nullable Object theirs, List<String> differences) {
        if (!Objects.equals(mine, theirs)) {
            differences.add(what + ": " + mine + " -> " + theirs);
        }
    }

    /**
     * Reads what {@code doveadm -f pager fetch} prints: a line {@code field: value} for each field, then the text, then a
     * form feed between two mails. The text is neither escaped nor counted, but its length follows from the virtual size,
     * which counts every line end as two bytes. (The tab formatter puts a tab after every 8 KB of text.)
     */
    private static final class Mails {
        private final byte[] bytes;
        private int at;

        Mails(byte[] bytes) {
            this.bytes = bytes;
        }

        void readInto(SortedMap<String, Box> boxes) {
            while (at < bytes.length) {
                String mailbox = field("mailbox");
                long uid = Long.parseLong(field("uid"));
                String guid = field("guid");
                SortedSet<String> flags =
                        new TreeSet<>(Arrays.asList(field("flags").split(" ")));
                flags.remove("");
                boolean recent = flags.remove("\\Recent");
                String date = field("date.received.unixtime");
                String modseq = field("modseq");
                String pop3 = (field("pop3.uidl") + " " + field("pop3.order")).strip();
                String size = field("size.physical");
                String digest = text(mailbox + " UID " + uid, Long.parseLong(field("size.virtual")));
                Mail mail = new Mail(uid, guid, flags, recent, date, modseq, pop3, size, digest);
                Box box = Objects.requireNonNull(boxes.get(mailbox), mailbox);
                if (box.mails().put(uid, mail) != null) {
                    throw Expect.failure(mailbox + " has UID " + uid + " twice");
                }
            }
        }

        private String field(String name) {
            String line = line();
            if (!line.startsWith(name + ":")) {
                throw Expect.failure("doveadm says '" + line + "' instead of " + name);
            }
            return line.substring(name.length() + 1).strip();
        }

        private String text(String where, long virtual) {
            String head = line();
            int start = at;
            for (long count = 0; count < virtual; at++) {
                if (at >= bytes.length) {
                    throw Expect.failure(where + ": the virtual size " + virtual + " is not that of the text");
                }
                count += bytes[at] == '\n' ? 2 : 1;
            }
            String digest = Digests.sha256(bytes, start, at - start);
            if (!head.startsWith("text:") || (at < bytes.length && !line().equals("\f"))) {
                throw Expect.failure(where + ": the virtual size " + virtual + " is not that of the text");
            }
            return digest;
        }

        private String line() {
            int start = at;
            while (at < bytes.length && bytes[at] != '\n') {
                at++;
            }
            return new String(bytes, start, at++ - start, StandardCharsets.UTF_8);
        }
    }
}
