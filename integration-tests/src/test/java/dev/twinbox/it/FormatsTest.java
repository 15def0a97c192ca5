package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.it.AccountView.Aspect;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Every format made into every other: an account that a real Dovecot has used for a while, mirrored into another format, is
 * for Dovecot the same account, needs no repair, and can be used on. {@code TWINBOX_OPERATIONS} sets how long the histories
 * are, {@code TWINBOX_SEEDS} which they are, {@code TWINBOX_FORMAT_MAILS} how many mails more there are, {@code TWINBOX_FORMATS}
 * which pairs, as in {@code maildir-mdbox mdbox-mbox}; with {@code TWINBOX_ALL} every pair begins from either side, beside
 * either Dovecot.
 */
class FormatsTest {
    private static final int OPERATIONS = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_OPERATIONS", "100"));
    private static final int MAILS = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_FORMAT_MAILS", "0"));
    private static final String PAIRS = System.getenv().getOrDefault("TWINBOX_FORMATS", "");
    private static final boolean ALL = "1".equals(System.getenv("TWINBOX_ALL"));
    private static final int KEYWORDS = 40;

    /** What force-resync says of accounts that only Dovecot has written, too. */
    private static final List<String> ALWAYS_SAID =
            List.of("Rebuilding index", "rebuilding indexes", "fscking index file");

    private static final String MAILDIR = "maildir:~/Maildir";
    private static final String SDBOX = "sdbox:~/sdbox";
    private static final String MDBOX = "mdbox:~/mdbox";
    private static final String MBOX = "mbox:~/mbox";
    private static final List<String> LOCATIONS = List.of(MAILDIR, SDBOX, MDBOX, MBOX);

    /** Names that formats write down in different ways, none of them below another. */
    private static final List<String> ODD_NAMES = List.of(
            "R&-D 100%", "Entw&APw-rfe", "&U9dP4Q-/in it", "tilde~name", "quote's", "&2D3crA- emoji", "INBOX-too");

    /** The words of {@link TwinboxTest} with a sandbox for each pair. */
    private static final class Proof extends TwinboxTest {
        Proof(Sandbox sandbox) {
            super(sandbox);
        }
    }

    /** A row goes there and back, so ten are enough for every format made into every other. */
    @TestFactory
    @Tag("F170")
    @Tag("F310")
    Stream<DynamicTest> everyPairOfFormatsBesideDovecot23() {
        return tests(pair -> ALL || LOCATIONS.indexOf(pair.from) <= LOCATIONS.indexOf(pair.to), Sandbox::create);
    }

    /** Each format is once the source and once made of another: both ways, as every row goes there and back. */
    @TestFactory
    @Tag("F170")
    @Tag("F310")
    Stream<DynamicTest> everyFormatBesideDovecot24() {
        return tests(
                pair -> ALL || LOCATIONS.indexOf(pair.to) == (LOCATIONS.indexOf(pair.from) + 1) % LOCATIONS.size(),
                Sandbox::createNewer);
    }

    private record Pair(String from, String to) {
        String name() {
            return format(from) + "-" + format(to);
        }

        private static String format(String location) {
            return location.substring(0, location.indexOf(':'));
        }

        boolean hasMbox() {
            return from.equals(MBOX) || to.equals(MBOX);
        }

        /** What an mbox does not keep. */
        Aspect[] lost() {
            return hasMbox() ? new Aspect[] {Aspect.MAIL_GUID, Aspect.POP3} : new Aspect[0];
        }
    }

    private static Stream<DynamicTest> tests(Predicate<Pair> which, Supplier<Sandbox> sandboxes) {
        List<DynamicTest> tests = new ArrayList<>();
        for (String from : LOCATIONS) {
            for (String to : LOCATIONS) {
                Pair pair = new Pair(from, to);
                boolean wanted = PAIRS.isBlank()
                        ? which.test(pair)
                        : List.of(PAIRS.split(" +")).contains(pair.name());
                for (long seed : wanted ? RandomLife.seeds(1) : List.<Long>of()) {
                    tests.add(DynamicTest.dynamicTest(pair.name() + ", seed " + seed, () -> {
                        Proof proof = new Proof(sandboxes.get());
                        try {
                            convert(proof, pair, seed);
                        } finally {
                            proof.cleanUp();
                        }
                    }));
                }
            }
        }
        return tests.stream();
    }

    private static void convert(Proof proof, Pair pair, long seed) {
        Account source = Account.at(proof.sandbox, "source", pair.from);
        if (!pair.from.equals(MBOX)) {
            mailsOfPop3(proof, source);
        }
        // First of all: a Dovecot whose index of an mbox grows beyond 16 keywords shows some that no mail has.
        manyKeywords(source);
        RandomLife life = life(pair, seed).live(source, OPERATIONS);
        manyMails(source, MAILS, seed);
        Account replica = Account.at(proof.sandbox, "replica", pair.to);
        makeTheSame(proof, pair, source, replica);
        proof.anotherRunWritesNothing(source, replica);
        forceResyncChangesNothing(replica);

        life.live(source, OPERATIONS / 5);
        makeTheSame(proof, pair, source, replica, "--allow-delete");
        // It is used, and put right again.
        life(pair, seed + 1_000_000).live(replica, OPERATIONS / 5);
        replica.mustBeSilent();
        makeTheSame(proof, pair, source, replica, "--allow-delete");

        Account back = Account.at(proof.sandbox, "back", pair.from);
        makeTheSame(proof, pair, replica, back);
        source.view().mustEqual(back.view().mustBeSilent(), "there and back", pair.lost());
    }

    private static RandomLife life(Pair pair, long seed) {
        return pair.hasMbox() ? RandomLife.flat(seed) : new RandomLife(seed);
    }

    private static void makeTheSame(Proof proof, Pair pair, Account source, Account replica, Object... options) {
        Ran run = proof.twinbox.backup(source, replica, options).mustEndWith(0);
        source.view().mustEqual(replica.view().mustBeSilent(), run.toString(), pair.lost());
        proof.twinbox.verify(source, replica).mustEndWith(0);
    }

    /** Mails whose POP3 UIDL and order some POP3 server has once written down; Dovecot itself brings them into the account. */
    private static void mailsOfPop3(Proof proof, Account account) {
        Account popped = Account.maildir(proof.sandbox, "popped");
        popped.doveadm("mailbox", "create", RandomLife.LEFT_ALONE);
        for (int i = 1; i <= 4; i++) {
            popped.save(RandomLife.LEFT_ALONE, "Popped " + i);
        }
        popped.doveadm("mailbox", "status", "all", RandomLife.LEFT_ALONE);
        proof.sandbox.shell(
                "sed -i -e 's/^2 /2 Puidl-of-2 /' -e 's/^3 /3 Pother.uidl O7 /' \"$1\"",
                popped.maildir().resolve("." + RandomLife.LEFT_ALONE + "/dovecot-uidlist"));
        account.doveadm("backup", "-R", popped.location());
        // Dovecot's copy of a mail has no UIDL, whatever the format.
        account.doveadm("copy", RandomLife.LEFT_ALONE, "mailbox", RandomLife.LEFT_ALONE, "uid", "3");
        Predicate<AccountView.Mail> isPopped =
                mail -> !mail.pop3().isEmpty() && !mail.pop3().equals("0");
        assertEquals(
                2,
                account.view().box(RandomLife.LEFT_ALONE).mails().values().stream()
                        .filter(isPopped)
                        .count(),
                "mails with POP3 UIDLs");
    }

    /** Many mails in mailboxes with odd names, with all keywords; then flag changes to one in twenty, moves and expunges. */
    private static void manyMails(Account account, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        if (count == 0) {
            return;
        }
        try (ImapSession imap = account.imap()) {
            for (String name : ODD_NAMES) {
                imap.send("CREATE \"" + name + "\""); // the history may have done it
                imap.must("SUBSCRIBE \"" + name + "\"");
            }
            for (int i = 0; i < count; i++) {
                String box = ODD_NAMES.get(i % ODD_NAMES.size());
                String flags = i % 3 == 0 ? "\\Seen keyword" + i % KEYWORDS : "";
                imap.append(box, flags, "06-Jan-2025 08:00:00 +0000", Mails.random(random, "large-" + seed + "-" + i));
            }
            for (String name : ODD_NAMES) {
                int mails = imap.select(name);
                for (int i = 0; i < count / 20 / ODD_NAMES.size() && mails > 0; i++) {
                    String word = "keyword" + random.nextInt(KEYWORDS);
                    String sign = random.nextBoolean() ? "+" : "-";
                    imap.must("STORE " + (1 + random.nextInt(mails)) + " " + sign + "FLAGS.SILENT (\\Flagged " + word
                            + ")");
                    if (i % 10 == 0) {
                        imap.must("STORE " + (1 + random.nextInt(mails)) + " +FLAGS.SILENT (\\Deleted)");
                    }
                }
                imap.must("MOVE 1 INBOX");
                imap.must("EXPUNGE");
                imap.send("UNSELECT");
            }
        }
        assertTrue(account.view().mails() > count * 9 / 10, "mails of the account");
    }

    private static void manyKeywords(Account account) {
        try (ImapSession imap = account.imap()) {
            for (int i = 0; i < KEYWORDS; i++) {
                imap.append("INBOX", "keyword" + i, "06-Jan-2025 08:00:00 +0000", Mails.simple("Keyword " + i));
            }
        }
    }

    private static void forceResyncChangesNothing(Account account) {
        Account copy = account.copy();
        copy.doveadm("force-resync", "*");
        List<String> repairs = copy.log().stream()
                .filter(line -> ALWAYS_SAID.stream().noneMatch(line::contains))
                .toList();
        assertEquals(List.of(), repairs, "what force-resync found");
        // It builds the index anew, also of accounts that only Dovecot has written, and with it all modseqs.
        account.view().mustEqual(copy.view(), "doveadm force-resync", Aspect.MODSEQ);
    }
}
