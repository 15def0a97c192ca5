package dev.twinbox.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Lets a real Dovecot use an account for a while: deliveries, flag changes, keywords, expunges, moves, copies, mailboxes
 * created, renamed, deleted, subscribed. The same seed does the same, but for what Dovecot itself makes up.
 */
final class RandomLife {
    /** A mailbox that no history touches. */
    static final String LEFT_ALONE = "Left-alone";

    private static final int OPERATIONS_PER_VISIT_MAX = 25;
    private static final List<String> FLAGS = List.of(
            "\\Seen", "\\Flagged", "\\Answered", "\\Draft", "\\Deleted", "$Forwarded", "NonJunk", "to-do", "Work");
    /** Names as IMAP sends them: nested, with a blank, non-ASCII, an ampersand. */
    private static final List<String> NAMES = List.of(
            "Work",
            "Work/Clients",
            "Work/Clients/Old",
            "Entw&APw-rfe",
            "R&-D",
            "With blank",
            "With blank/In it",
            "&ZeVnLIqe-",
            "100%",
            "lists",
            "lists/dev");

    /** Those of them that a format can have in which no mailbox has others below it. */
    private static final List<String> FLAT_NAMES = NAMES.stream()
            .filter(name -> NAMES.stream().noneMatch(other -> other.startsWith(name + "/")))
            .toList();

    private final SplittableRandom random;
    private final long seed;
    private final List<String> names;
    private final List<String> boxes = new ArrayList<>(List.of("INBOX"));
    private int mails;

    RandomLife(long seed) {
        this(seed, NAMES);
    }

    private RandomLife(long seed, List<String> names) {
        this.names = names;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /** One in which no mailbox ever has others below it. */
    static RandomLife flat(long seed) {
        return new RandomLife(seed, FLAT_NAMES);
    }

    /** The seeds of a test: those of {@code TWINBOX_SEEDS} (blank-separated), else {@code count} fixed ones. */
    static List<Long> seeds(int count) {
        String given = System.getenv("TWINBOX_SEEDS");
        if (given != null && !given.isBlank()) {
            return java.util.Arrays.stream(given.trim().split(" +"))
                    .map(Long::valueOf)
                    .toList();
        }
        return java.util.stream.LongStream.rangeClosed(1, count).boxed().toList();
    }

    /** Does this many operations, in several sessions. */
    RandomLife live(Account account, int operations) {
        int left = operations;
        while (left > 0) {
            int share = Math.min(left, 1 + random.nextInt(120));
            if (random.nextInt(3) == 0) {
                deliver(account);
            }
            try (ImapSession imap = account.imap()) {
                if (random.nextBoolean()) {
                    imap.must("ENABLE CONDSTORE");
                }
                look(imap);
                session(imap, share);
            }
            left -= share;
        }
        settle(account);
        return this;
    }

    /** Until Dovecot writes it down, the GUID of a mailbox is another one each time somebody asks. */
    private static void settle(Account account) {
        String without = "find \"$1\" -type d -name cur | while read -r cur; do"
                + " [ -e \"${cur%/cur}/dovecot-uidlist\" ] || echo \"$cur\"; done";
        if (!account.sandbox().shell(without, account.home()).out().isEmpty()) {
            account.doveadm("mailbox", "status", "all", "*");
        }
    }

    /** Somebody else may have changed the mailboxes since the last session. */
    private void look(ImapSession imap) {
        boxes.clear();
        for (String line : imap.must("LIST \"\" *")) {
            if (line.startsWith("* LIST") && !line.toLowerCase(Locale.ROOT).contains("\\no")) {
                boxes.add(line.replaceFirst("^\\* LIST \\([^)]*\\) \"/\" ", "").replaceAll("^\"|\"$", ""));
            }
        }
        boxes.remove(LEFT_ALONE);
    }

    /** Mails dropped by doveadm, which stay in new/ until a client comes. */
    private void deliver(Account account) {
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            account.save("INBOX", Mails.random(random, nextId()));
        }
    }

    private void session(ImapSession imap, int operations) {
        int left = operations;
        while (left > 0) {
            if (random.nextInt(4) == 0) {
                changeTree(imap);
                left--;
                continue;
            }
            int visit = Math.min(left, 1 + random.nextInt(OPERATIONS_PER_VISIT_MAX));
            String box = any(boxes);
            int count = imap.select(box);
            for (int i = 0; i < visit && count >= 0; i++) {
                count = changeMails(imap, box, count);
            }
            imap.send(random.nextInt(4) == 0 ? "CLOSE" : "UNSELECT");
            left -= visit;
        }
    }

    /** One change in the selected mailbox; returns how many mails it has then. */
    private int changeMails(ImapSession imap, String box, int count) {
        if (count == 0 || random.nextInt(3) == 0) {
            return exists(imap.append(box, someFlags(), date(), Mails.random(random, nextId())), count);
        }
        int from = 1 + random.nextInt(count);
        String set = random.nextInt(4) == 0 ? from + ":" + Math.min(count, from + random.nextInt(6)) : "" + from;
        return switch (random.nextInt(8)) {
            case 0 -> {
                imap.send("STORE " + set + " +FLAGS.SILENT (\\Deleted)");
                yield exists(imap.send("EXPUNGE"), count);
            }
            case 1 -> exists(imap.send("MOVE " + set + " \"" + any(boxes) + "\""), count);
            case 2 -> exists(imap.send("COPY " + set + " \"" + any(boxes) + "\""), count);
            default -> {
                String sign = List.of("+", "-", "").get(random.nextInt(3));
                yield exists(imap.send("STORE " + set + " " + sign + "FLAGS (" + someFlags() + ")"), count);
            }
        };
    }

    private void changeTree(ImapSession imap) {
        switch (random.nextInt(6)) {
            case 0, 1, 2 -> {
                String name = any(names);
                if (!boxes.contains(name) && ok(imap.send("CREATE \"" + name + "\""))) {
                    boxes.add(name);
                }
            }
            case 3 -> {
                String name = any(boxes);
                String to = any(names) + (random.nextBoolean() ? "" : "-" + random.nextInt(9));
                boolean simple = !name.equals("INBOX") && leaf(name) && !boxes.contains(to);
                if (simple && ok(imap.send("RENAME \"" + name + "\" \"" + to + "\""))) {
                    boxes.remove(name);
                    boxes.add(to);
                }
            }
            case 4 -> {
                String name = any(boxes);
                boolean may = !name.equals("INBOX") && leaf(name) && random.nextInt(3) == 0;
                if (may && ok(imap.send("DELETE \"" + name + "\""))) {
                    boxes.remove(name);
                }
            }
            default -> imap.send((random.nextInt(3) == 0 ? "UNSUBSCRIBE \"" : "SUBSCRIBE \"") + any(names) + "\"");
        }
    }

    private boolean leaf(String name) {
        return boxes.stream().noneMatch(box -> box.startsWith(name + "/"));
    }

    private static boolean ok(List<String> lines) {
        return lines.get(lines.size() - 1).startsWith("OK");
    }

    private static int exists(List<String> lines, int before) {
        int count = before;
        for (String line : lines) {
            if (line.endsWith(" EXISTS")) {
                count = Integer.parseInt(line.split(" ")[1]);
            } else if (line.endsWith(" EXPUNGE")) {
                count--;
            }
        }
        return count;
    }

    private String someFlags() {
        StringBuilder flags = new StringBuilder();
        for (String flag : FLAGS) {
            if (random.nextInt(5) == 0) {
                flags.append(flags.isEmpty() ? "" : " ").append(flag);
            }
        }
        return flags.toString();
    }

    private String date() {
        return String.format(
                Locale.ROOT,
                "%02d-Mar-%d %02d:%02d:%02d %s",
                1 + random.nextInt(28),
                1999 + random.nextInt(26),
                random.nextInt(24),
                random.nextInt(60),
                random.nextInt(60),
                random.nextBoolean() ? "+0000" : "+0530");
    }

    private String nextId() {
        return "s" + seed + "-" + ++mails;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
