package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** What users do to an account, at random. Everything it does is in {@link #log}. */
final class RandomLife {
    private static final String[] NAMES = {
        "INBOX",
        "Work",
        "Work/Sub",
        "Work/Sub/Deep",
        "Arch\u00efv",
        "A",
        "A/A",
        "B",
        "B/A",
        "INBOX/Kid",
        "Long name & more"
    };
    private static final long DATE = 1_704_103_205;
    private static final long VALIDITY = 1_795_303_655;
    private static final int KEYWORDS_MAX = 40;

    private final SplittableRandom random;
    private final Place place;
    private final MailUser user;
    private final Predicate<MailboxName> hands;
    private final List<String> log;

    /**
     * A user of an account.
     *
     * @param hands the names it touches
     * @param log where it says what it does
     */
    RandomLife(SplittableRandom random, Place place, MailUser user, Predicate<MailboxName> hands, List<String> log) {
        this.random = random;
        this.place = place;
        this.user = user;
        this.hands = hands;
        this.log = log;
    }

    void act(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            act();
        }
    }

    private void act() throws IOException {
        try {
            int dice = random.nextInt(100);
            if (dice < 60) {
                mail(dice);
            } else {
                tree(dice);
            }
        } catch (NotPossibleException | MailboxGoneException e) {
            log.add("  (not possible: " + e.getMessage() + ")");
        }
    }

    private void mail(int dice) throws IOException {
        MailboxNode node = anyMailbox();
        if (node == null) {
            return;
        }
        MailboxName name = node.name();
        MailboxSnapshot table = table(name);
        if (dice < 25 || table.size() == 0) {
            MailGuid guid = newGuid();
            log.add("deliver " + name + " " + guid);
            user.deliver(name, guid, content(guid), DATE + Math.floorMod(guid.hashCode(), 100_000));
            return;
        }
        long uid = table.uid(random.nextInt(table.size()));
        if (dice < 33) {
            Flags flags = new Flags(random.nextInt(Flags.SETTABLE + 1));
            log.add("flag " + name + " " + uid + " " + flags);
            user.flag(name, uid, flags);
        } else if (dice < 40) {
            Keywords keywords = keywords();
            log.add("keyword " + name + " " + uid + " " + keywords);
            user.keyword(name, uid, keywords);
        } else if (dice < 46) {
            log.add("expunge " + name + " " + uid);
            user.expunge(name, uid);
        } else if (dice < 53) {
            copy(name, uid, dice < 50);
        } else if (dice < 56) {
            log.add("select " + name);
            user.select(name);
        } else {
            long to = 1 + random.nextLong(30);
            log.add("renumber " + name + " " + uid + " " + to);
            user.renumber(name, uid, to);
        }
    }

    private void copy(MailboxName name, long uid, boolean move) throws IOException {
        MailboxNode to = anyMailbox();
        if (to != null) {
            log.add((move ? "move " : "copy ") + name + " " + uid + " to " + to.name());
            user.copy(name, uid, to.name());
            if (move) {
                user.expunge(name, uid);
            }
        }
    }

    private void tree(int dice) throws IOException {
        MailboxNode node = anyMailbox();
        MailboxName name = anyName();
        if (dice < 75) {
            MailboxGuid guid = new MailboxGuid(random.nextLong(), random.nextLong());
            log.add("create " + name + " " + guid);
            user.create(name, guid, VALIDITY + random.nextInt(1000));
        } else if (dice < 85 && node != null) {
            if (!name.isBelow(node.name()) && !node.name().isInbox() && !name.isInbox() && handsOnAllBelow(node)) {
                log.add("rename " + node.name() + " " + name);
                user.rename(node.name(), name);
            }
        } else if (dice < 91 && node != null && node.guid() != null) {
            log.add("delete " + node.name());
            user.delete(node.name(), node.guid());
        } else {
            boolean on = random.nextInt(3) > 0;
            log.add((on ? "subscribe " : "unsubscribe ") + name);
            user.subscribe(name, on);
        }
    }

    private boolean handsOnAllBelow(MailboxNode node) throws IOException {
        try (MailStore store = place.openForReading()) {
            return store.tree().nodes().stream()
                    .allMatch(other -> !other.name().isBelow(node.name()) || hands.test(other.name()));
        }
    }

    private MailboxName anyName() {
        while (true) {
            MailboxName name = MailboxName.parse(NAMES[random.nextInt(NAMES.length)], '/');
            if (hands.test(name)) {
                return name;
            }
        }
    }

    private @org.jspecify.annotations.Nullable MailboxNode anyMailbox() throws IOException {
        try (MailStore store = place.openForReading()) {
            List<MailboxNode> found = new ArrayList<>();
            for (MailboxNode node : store.tree().mailboxes()) {
                if (hands.test(node.name())) {
                    found.add(node);
                }
            }
            return found.isEmpty() ? null : found.get(random.nextInt(found.size()));
        }
    }

    private MailboxSnapshot table(MailboxName name) throws IOException {
        try (MailStore store = place.openForReading();
                Mailbox box = store.open(name)) {
            return box.snapshot();
        }
    }

    /** From a small pool, so that the same mail occurs again and again, also twice in a mailbox. */
    private MailGuid newGuid() {
        int n = random.nextInt(60);
        return new MailGuid(n % 5 == 0 ? String.format("%032x", n) : "17041032" + n + ".M1P77.alpha");
    }

    /** Says what its GUID says: equal GUIDs are equal mails. */
    private static byte[] content(MailGuid guid) {
        return ("From: made-up@example.org\nSubject: " + guid + "\n\nText of " + guid + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private Keywords keywords() {
        List<String> names = new ArrayList<>();
        int most = random.nextInt(4) == 0 ? KEYWORDS_MAX : 3;
        for (int i = random.nextInt(most); i > 0; i--) {
            names.add("kw" + random.nextInt(KEYWORDS_MAX));
        }
        return Keywords.of(names);
    }
}
