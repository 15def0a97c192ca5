package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Every format made into every other: an account that a real Dovecot has used for a while, mirrored into another format, is
 * for Dovecot the same account, needs no repair, and can be used on. {@code TWINBOX_OPERATIONS} sets how long the histories
 * are, {@code TWINBOX_SEEDS} which they are.
 */
class FormatsTest {
    private static final int OPERATIONS = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_OPERATIONS", "100"));
    private static final int KEYWORDS = 40;

    /** What force-resync says of accounts that only Dovecot has written, too. */
    private static final List<String> ALWAYS_SAID =
            List.of("Rebuilding index", "rebuilding indexes", "fscking index file");

    private static final String MAILDIR = "maildir:~/Maildir";
    private static final List<String> LOCATIONS = List.of(MAILDIR, "sdbox:~/sdbox", "mdbox:~/mdbox");

    /** The words of {@link TwinboxTest} with a sandbox for each pair. */
    private static final class Proof extends TwinboxTest {
        Proof(Sandbox sandbox) {
            super(sandbox);
        }
    }

    @TestFactory
    @Tag("F170")
    @Tag("F310")
    Stream<DynamicTest> everyPairOfFormatsBesideDovecot23() {
        return tests(pairs(), Sandbox::create);
    }

    /** The files are those of 2.3, so pairs with a Maildir are enough to show that 2.4 takes them, too. */
    @TestFactory
    @Tag("F170")
    @Tag("F310")
    Stream<DynamicTest> everyFormatBesideDovecot24() {
        List<Pair> some = pairs().stream()
                .filter(pair -> pair.from.equals(MAILDIR) != pair.to.equals(MAILDIR))
                .toList();
        return tests(some, Sandbox::createNewer);
    }

    private record Pair(String from, String to) {}

    private static List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (String from : LOCATIONS) {
            for (String to : LOCATIONS) {
                pairs.add(new Pair(from, to));
            }
        }
        return pairs;
    }

    private static Stream<DynamicTest> tests(List<Pair> pairs, Supplier<Sandbox> sandboxes) {
        List<DynamicTest> tests = new ArrayList<>();
        for (Pair pair : pairs) {
            for (long seed : RandomLife.seeds(1)) {
                tests.add(DynamicTest.dynamicTest(pair.from + " to " + pair.to + ", seed " + seed, () -> {
                    Proof proof = new Proof(sandboxes.get());
                    try {
                        convert(proof, pair.from, pair.to, seed);
                    } finally {
                        proof.cleanUp();
                    }
                }));
            }
        }
        return tests.stream();
    }

    private static void convert(Proof proof, String from, String to, long seed) {
        Account source = Account.at(proof.sandbox, "source", from);
        RandomLife life = new RandomLife(seed).live(source, OPERATIONS);
        manyKeywords(source);
        Account replica = Account.at(proof.sandbox, "replica", to);
        proof.oneRunMakesItTheSame(source, replica);
        proof.anotherRunWritesNothing(source, replica);
        forceResyncChangesNothing(replica);

        life.live(source, OPERATIONS / 5);
        proof.oneRunMakesItTheSame(source, replica, "--allow-delete");
        // It is used, and put right again.
        new RandomLife(seed + 1_000_000).live(replica, OPERATIONS / 5);
        replica.mustBeSilent();
        proof.oneRunMakesItTheSame(source, replica, "--allow-delete");

        Account back = Account.at(proof.sandbox, "back", from);
        proof.oneRunMakesItTheSame(replica, back);
        source.view().mustEqual(back.view().mustBeSilent(), "there and back");
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
        account.view().mustEqual(copy.view(), "doveadm force-resync", AccountView.Aspect.MODSEQ);
    }
}
