package dev.twinbox.it;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Changes by a real Dovecot at one side of a pair, few but on few mails and mailboxes, so that the two sides meet often.
 * Keeps what it did as a history for people, and which flags and subscriptions it touched, for the judge.
 */
final class PairLife {
    private static final List<String> FLAGS =
            List.of("\\Seen", "\\Flagged", "\\Answered", "\\Draft", "\\Deleted", "$Forwarded", "to-do");
    private static final List<String> NAMES = List.of("Work", "Work/Sub", "Lists", "Lists/Dev", "Bin", "R&-D");
    private static final int BASE_MAILS_MAX = 4;

    /** What changes are made; the more often it is named, the more often it happens. */
    private enum Change {
        APPEND,
        FLAG,
        EXPUNGE,
        MOVE,
        COPY,
        CREATE,
        RENAME,
        DELETE,
        SUBSCRIBE
    }

    private static final List<Change> CHANGES = List.of(
            Change.APPEND,
            Change.APPEND,
            Change.APPEND,
            Change.FLAG,
            Change.FLAG,
            Change.FLAG,
            Change.FLAG,
            Change.EXPUNGE,
            Change.EXPUNGE,
            Change.MOVE,
            Change.MOVE,
            Change.COPY,
            Change.CREATE,
            Change.RENAME,
            Change.DELETE,
            Change.SUBSCRIBE);

    private final SplittableRandom random;
    private final String side;
    private final List<String> history;
    private final Set<String> touched = new HashSet<>();
    private int mails;

    PairLife(SplittableRandom random, String side, List<String> history) {
        this.random = random;
        this.side = side;
        this.history = history;
    }

    /** What is touched where this side expunged the mail with that UID, or moved it elsewhere. */
    static String expunge(String box, long uid) {
        return "expunge " + box + " " + uid;
    }

    /**
     * Whether this side changed the flag of the mail, or ({@code guid} empty) the subscription, or did {@link #expunge} it,
     * since {@link #forget}.
     */
    boolean touched(String guid, String flag) {
        return touched.contains(guid + " " + flag);
    }

    void forget() {
        touched.clear();
    }

    /** Fills a new account. */
    void begin(Account account) {
        try (ImapSession imap = account.imap()) {
            int boxes = random.nextInt(4);
            for (int i = 0; i < boxes; i++) {
                imap.send("CREATE \"" + NAMES.get(random.nextInt(NAMES.size())) + "\"");
            }
            for (ClientView.Box box : ClientView.take(imap).boxes().values()) {
                int count = random.nextInt(BASE_MAILS_MAX + 1);
                for (int i = 0; i < count; i++) {
                    append(imap, box.name());
                }
                if (random.nextInt(3) == 0) {
                    imap.send("SUBSCRIBE \"" + box.name() + "\"");
                }
            }
        }
    }

    void live(Account account, int changes) {
        try (ImapSession imap = account.imap()) {
            if (random.nextBoolean()) {
                imap.must("ENABLE CONDSTORE");
            }
            for (int i = 0; i < changes; i++) {
                change(imap);
            }
        }
    }

    /** Only what dsync can carry over from a state: new mails, flags, expunges. */
    void changeMails(Account account, int changes) {
        try (ImapSession imap = account.imap()) {
            for (int i = 0; i < changes; i++) {
                List<ClientView.Box> boxes =
                        new ArrayList<>(ClientView.take(imap).boxes().values());
                ClientView.Box box = any(boxes);
                Change change = any(List.of(Change.APPEND, Change.FLAG, Change.FLAG, Change.EXPUNGE));
                if (change == Change.APPEND) {
                    append(imap, box.name());
                } else {
                    changeMail(imap, change, box, boxes);
                }
            }
        }
    }

    private void change(ImapSession imap) {
        ClientView now = ClientView.take(imap);
        List<ClientView.Box> boxes = new ArrayList<>(now.boxes().values());
        ClientView.Box box = any(boxes);
        Change change = any(CHANGES);
        switch (change) {
            case APPEND -> append(imap, box.name());
            case CREATE -> doIt(imap, "CREATE \"" + any(NAMES) + "\"");
            case SUBSCRIBE -> {
                String name = any(boxes).name();
                touched.add(" " + name);
                doIt(imap, (now.subscriptions().contains(name) ? "UNSUBSCRIBE \"" : "SUBSCRIBE \"") + name + "\"");
            }
            case RENAME -> {
                String to = any(NAMES);
                boolean may = !box.name().equals("INBOX")
                        && !now.boxes().containsKey(to)
                        && !to.startsWith(box.name() + "/")
                        && !box.name().startsWith(to + "/");
                if (may) {
                    doIt(imap, "RENAME \"" + box.name() + "\" \"" + to + "\"");
                }
            }
            case DELETE -> {
                if (!box.name().equals("INBOX")) {
                    doIt(imap, "DELETE \"" + box.name() + "\"");
                }
            }
            default -> changeMail(imap, change, box, boxes);
        }
    }

    private void changeMail(ImapSession imap, Change change, ClientView.Box box, List<ClientView.Box> boxes) {
        if (box.mails().isEmpty()) {
            return;
        }
        ClientView.Mail mail = any(new ArrayList<>(box.mails().values()));
        imap.must("SELECT \"" + box.name() + "\"");
        history.add(side + ": SELECT " + box.name() + " (" + mail.guid() + ")");
        long uid = mail.uid();
        switch (change) {
            case FLAG -> {
                String flag = any(FLAGS);
                touched.add(mail.guid() + " " + flag);
                String sign = mail.flags().contains(flag) ? "-" : "+";
                doIt(imap, "UID STORE " + uid + " " + sign + "FLAGS.SILENT (" + flag + ")");
            }
            case EXPUNGE -> {
                touched.add(mail.guid() + " " + expunge(box.guid(), uid));
                doIt(imap, "UID STORE " + uid + " +FLAGS.SILENT (\\Deleted)");
                doIt(imap, "UID EXPUNGE " + uid);
            }
            case MOVE -> {
                touched.add(mail.guid() + " " + expunge(box.guid(), uid));
                doIt(imap, "UID MOVE " + uid + " \"" + any(boxes).name() + "\"");
            }
            default -> doIt(imap, "UID COPY " + uid + " \"" + any(boxes).name() + "\"");
        }
        imap.send("UNSELECT");
    }

    private void append(ImapSession imap, String box) {
        String flag = random.nextInt(3) == 0 ? any(FLAGS) : "";
        byte[] mail = Mails.simple(side + " " + ++mails);
        imap.append(box, flag, "06-Jan-2025 08:00:00 +0000", mail);
        history.add(side + ": APPEND " + box + " (" + flag + ")");
    }

    private void doIt(ImapSession imap, String command) {
        List<String> lines = imap.send(command);
        boolean ok = lines.get(lines.size() - 1).startsWith("OK");
        if (ok) {
            history.add(side + ": " + command);
        }
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
