package dev.twinbox.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs from a state ({@code -s}) between Twinbox and a real Dovecot, 2.3 and 2.4, over a pipe. Now the one begins and now the
 * other, always at the left account, each from the state that the other has printed. {@code TWINBOX_STATES} sets how many
 * states each of them gets from the other.
 */
class InteropStatesTest {
    private static final int STATES = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_STATES", "3"));
    private static final long SEED = 203;
    private static final int CHANGES_MAX = 4;
    private static final String STATE = "[A-Za-z0-9+/]{60,}=*\n";

    /** What is asked for. Dovecot's {@code -s} lets a run see only what changed at the side of the one who begins. */
    private enum Mode {
        SYNC("sync"),
        ONE_WAY("sync", "-1"),
        BACKUP("backup"),
        /** So a Dovecot that pulls from a state gets nothing: only Twinbox begins. */
        BACKUP_REVERSE("backup", "-R"),
        ONE_WAY_REVERSE("sync", "-1", "-R");

        final List<String> words;

        Mode(String... words) {
            this.words = List.of(words);
        }

        List<BothEnds.Role> roles() {
            return pulls() ? List.of(BothEnds.Role.TWINBOX_BEGINS) : List.of(BothEnds.Role.values());
        }

        boolean pulls() {
            return words.contains("-R");
        }
    }

    @TestFactory
    @Tag("F124")
    Stream<DynamicTest> twinboxAndDovecotGoOnFromEachOthersStatesOverAPipe() {
        return each(Sandbox::create);
    }

    @TestFactory
    @Tag("F124")
    Stream<DynamicTest> twinboxAndDovecot24GoOnFromEachOthersStatesOverAPipe() {
        return each(Sandbox::createNewer);
    }

    private static Stream<DynamicTest> each(Supplier<Sandbox> sandboxes) {
        return Arrays.stream(Mode.values())
                .map(mode -> DynamicTest.dynamicTest(mode.name(), () -> goOn(sandboxes, mode)));
    }

    private static void goOn(Supplier<Sandbox> sandboxes, Mode mode) {
        try (Sandbox sandbox = sandboxes.get()) {
            SplittableRandom random = new SplittableRandom(SEED);
            List<String> history = new ArrayList<>();
            Account left = Account.maildir(sandbox, "left");
            Account right = Account.maildir(sandbox, "right");
            Account source = mode.pulls() ? right : left;
            PairLife life = new PairLife(random, mode.pulls() ? "right" : "left", history);
            life.begin(source);
            ClientView.take(source);
            BothEnds ends = new BothEnds(new Twinbox(sandbox), left, right, BothEnds.Settings.NONE);
            String state = "";
            for (int round = 0; round <= STATES; round++) {
                for (BothEnds.Role role : mode.roles()) {
                    history.add("round " + round + ": " + role + " " + mode.words);
                    List<String> words = new ArrayList<>(mode.words);
                    words.addAll(List.of("-s", state));
                    Ran ran = ends.run(role, words);
                    state = stateOf(ran, history);
                    List<String> differences = ClientView.take(left).differences(ClientView.take(right));
                    Expect.equal(List.of(), differences, () -> ran + "\n" + String.join("\n", history));
                    life.changeMails(source, 1 + random.nextInt(CHANGES_MAX));
                }
            }
            source.mustBeSilent();
        }
    }

    /** What cannot be used is said, and everything is compared; what is not known any more is left out of the new state. */
    @Test
    @Tag("F124")
    void backupGoesOnWithoutAStateThatIsBroken() {
        for (Supplier<Sandbox> sandboxes : List.<Supplier<Sandbox>>of(Sandbox::create, Sandbox::createNewer)) {
            try (Sandbox sandbox = sandboxes.get()) {
                Account left = Account.maildir(sandbox, "left");
                Account right = Account.maildir(sandbox, "right");
                left.save("INBOX", "First");
                BothEnds ends = new BothEnds(new Twinbox(sandbox), left, right, BothEnds.Settings.NONE);
                for (String state : List.of("nonsense", "AQAAAHm4+Jk", "AQAAAHm4+Jx=")) {
                    left.save("INBOX", "More");
                    Ran ran = ends.run(BothEnds.Role.TWINBOX_BEGINS, List.of("backup", "-s", state));
                    ran.mustEndWith(0).mustSay("Saved sync state is invalid, falling back to full sync");
                    Expect.that(ran.out().matches(STATE), ran::toString);
                    mustBeEqual(left, right);
                }
            }
        }
    }

    /** Somebody deletes a mail of the copy: from the state alone nobody would find that. */
    @Test
    @Tag("F124")
    void backupMendsACopyThatSomebodyTouched() {
        for (BothEnds.Role role : BothEnds.Role.values()) {
            try (Sandbox sandbox = Sandbox.create()) {
                Account left = Account.maildir(sandbox, "left");
                Account right = Account.maildir(sandbox, "right");
                boolean pulls = role == BothEnds.Role.TWINBOX_BEGINS;
                List<String> words = pulls ? List.of("backup", "-R") : List.of("backup");
                Account source = pulls ? right : left;
                Account copy = pulls ? left : right;
                for (String mail : List.of("First", "Second", "Third")) {
                    source.save("INBOX", mail);
                }
                BothEnds ends = new BothEnds(new Twinbox(sandbox), left, right, BothEnds.Settings.NONE);
                String state =
                        ends.run(role, with(words, "")).mustEndWith(0).out().strip();
                copy.doveadm("expunge", "mailbox", "INBOX", "uid", "1");
                source.save("INBOX", "Fourth");
                Ran second = ends.run(role, with(words, state));
                // Who begins gives the state up in time; who is called can only say so.
                second.mustEndWith(pulls ? 0 : 2);
                ends.run(role, with(words, second.out().strip())).mustEndWith(0);
                mustBeEqual(left, right);
            }
        }
    }

    private static List<String> with(List<String> words, String state) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of("-s", state));
        return all;
    }

    private static void mustBeEqual(Account left, Account right) {
        Expect.equal(List.of(), ClientView.take(left).differences(ClientView.take(right)), () -> "afterwards");
    }

    /** The new state. Whoever finds the old one invalid or stale says so, or says in the new one that he did. */
    private static String stateOf(Ran ran, List<String> history) {
        Expect.equal(0, ran.exit(), () -> ran + "\n" + String.join("\n", history));
        for (String complaint : List.of("state is invalid", "incremental", "full")) {
            Expect.that(!ran.err().contains(complaint), () -> ran + "\n" + String.join("\n", history));
        }
        Expect.that(ran.out().matches(STATE), () -> "no state: " + ran + "\n" + String.join("\n", history));
        return ran.out().strip();
    }
}
