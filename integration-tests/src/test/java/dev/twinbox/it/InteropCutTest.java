package dev.twinbox.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Large runs between Twinbox and a real Dovecot, 2.3 and 2.4, whose pipe breaks at any byte: both ends fail with a reason, the
 * next run completes, and no mail is lost or doubled. {@code TWINBOX_CUTS} sets how many, {@code TWINBOX_SEED} where to begin.
 */
class InteropCutTest {
    private static final int CUTS = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_CUTS", "4"));
    private static final long SEED = Long.parseLong(System.getenv().getOrDefault("TWINBOX_SEED", "4711"));
    private static final int MAILS = 2_000;
    private static final int MAILBOXES = 4;
    private static final int OTHERS = 20;

    /** A whole conversation; what went each way is counted in two files. */
    private static final String COUNTED = "out=$1 in=$2; shift 2; tee \"$out\" | \"$@\" | tee \"$in\"";

    /** The words of the one who began break off after so many bytes. No shell may be left that holds the other end open. */
    private static final String CUT_OUT = "bytes=$1; shift; exec \"$@\" < <(exec stdbuf -o0 head -c \"$bytes\")";

    /** The words of the one who was called break off. */
    private static final String CUT_IN = "bytes=$1; shift; exec stdbuf -o0 head -c \"$bytes\" < <(exec \"$@\")";

    /** What is asked for. */
    private enum Mode {
        SYNC("sync"),
        PUSH("backup"),
        PULL("backup", "-R");

        final List<String> words;

        Mode(String... words) {
            this.words = List.of(words);
        }

        /** As the destination of a backup a Dovecot may delete and make again what it has (docs/interop.md). */
        boolean isFor(BothEnds.Role role) {
            return this == SYNC || (this == PULL) == (role == BothEnds.Role.TWINBOX_BEGINS);
        }
    }

    private record Kind(boolean newer, BothEnds.Role role, Mode mode) {}

    /** How many bytes a whole run takes, each way. */
    private final Map<Kind, long[]> sizes = new HashMap<>();

    @TestFactory
    @Tag("F176")
    Stream<DynamicTest> largeRunsThatAreCutAreCompletedByTheNext() {
        SplittableRandom random = new SplittableRandom(SEED);
        return IntStream.range(0, CUTS).mapToObj(i -> {
            BothEnds.Role role = i % 2 == 0 ? BothEnds.Role.TWINBOX_BEGINS : BothEnds.Role.DOVECOT_BEGINS;
            List<Mode> modes = Arrays.stream(Mode.values())
                    .filter(mode -> mode.isFor(role))
                    .toList();
            Kind kind = new Kind(i / 4 % 2 == 1, role, modes.get(random.nextInt(modes.size())));
            boolean out = i / 2 % 2 == 0;
            double where = random.nextDouble();
            String name = String.format("%d: %s, %s side, at %.6f", i, kind, out ? "calling" : "called", where);
            return DynamicTest.dynamicTest(name, () -> cut(kind, out, where));
        });
    }

    private void cut(Kind kind, boolean out, double where) {
        long[] sizes = this.sizes.computeIfAbsent(kind, InteropCutTest::measured);
        long at = (long) (where * sizes[out ? 0 : 1]);
        try (Sandbox sandbox = sandbox(kind)) {
            Pair pair = Pair.in(sandbox, kind);
            Ran cut = pair.run(List.of("bash", "-c", out ? CUT_OUT : CUT_IN, "bash", String.valueOf(at)));
            System.out.println("cut: " + kind + " at " + at + " of " + sizes[out ? 0 : 1] + ": " + cut.exit() + " "
                    + cut.err().replace("\n", " | "));
            cut.mustEndWith(75);
            Expect.that(!cut.err().isBlank(), () -> "no reason: " + cut);
            Ran next = pair.run(List.of());
            next.mustEndWith(0);
            pair.mustBeWhole(cut + "\n" + next);
        }
    }

    private static Sandbox sandbox(Kind kind) {
        return kind.newer ? Sandbox.createNewer() : Sandbox.create();
    }

    private static long[] measured(Kind kind) {
        try (Sandbox sandbox = sandbox(kind)) {
            Pair pair = Pair.in(sandbox, kind);
            Path directory = sandbox.directory("counted");
            Path out = directory.resolve("out");
            Path in = directory.resolve("in");
            pair.run(List.of("sh", "-c", COUNTED, "sh", out.toString(), in.toString()))
                    .mustEndWith(0);
            pair.mustBeWhole("uncut");
            return new long[] {Files.size(out), Files.size(in)};
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one who begins is the left one. */
    private record Pair(Account left, Account right, Twinbox twinbox, Kind kind) {
        static Pair in(Sandbox sandbox, Kind kind) {
            boolean fromRight = kind.mode == Mode.PULL;
            Account source = Account.maildir(sandbox, fromRight ? "right" : "left");
            Account other = Account.maildir(sandbox, fromRight ? "left" : "right");
            if (kind.mode == Mode.SYNC) {
                shareAnInbox(source, other);
                for (int i = 0; i < OTHERS; i++) {
                    other.save("INBOX", "Other " + i);
                }
            }
            new BenchAccount("C", MAILS, MAILBOXES, 1_000, 0.5, 0.002).writeTo(source.maildir());
            sandbox.asMyself("chown", "-R", sandbox.owner(), source.home().toString())
                    .mustEndWith(0);
            source.doveadm("mailbox", "status", "all", "*");
            Account left = fromRight ? other : source;
            return new Pair(left, fromRight ? source : other, new Twinbox(sandbox), kind);
        }

        /** 2.3 exchanges the GUIDs of two Maildir INBOXes on every run (docs/interop.md). */
        private static void shareAnInbox(Account source, Account other) {
            source.doveadm("mailbox", "status", "all", "INBOX");
            source.sandbox().shell("cp -a \"$1\" \"$2\"", source.maildir(), other.maildir());
        }

        /**
         * @param between the words that start the other end's command, which follows them
         */
        Ran run(List<String> between) {
            List<String> words = new ArrayList<>(kind.mode.words);
            if (kind.role == BothEnds.Role.TWINBOX_BEGINS) {
                List<Object> all = new ArrayList<>(List.of("-O", "-o", "mail_location=" + left.location()));
                all.addAll(words);
                all.addAll(between);
                all.addAll(right.nestedDoveadmCommand("dsync-server"));
                return twinbox.run(all.toArray());
            }
            words.addAll(between);
            words.addAll(twinbox.nestedCommand("-O", "-o", "mail_location=" + right.location(), "dsync-server"));
            Ran ran = left.tryDoveadm(words.toArray(String[]::new));
            Expect.that(!ran.err().contains("Exception"), ran::toString);
            return ran;
        }

        void mustBeWhole(String when) {
            Expect.equal(List.of(), ClientView.take(left).differences(ClientView.take(right)), () -> when);
            int expected = MAILS + (kind.mode == Mode.SYNC ? OTHERS : 0);
            for (Account account : List.of(left, right)) {
                String counted = account.doveadm("-f", "flow", "mailbox", "status", "-t", "messages", "*")
                        .out();
                Expect.equal("messages=" + expected, counted.strip(), () -> account.home() + " " + when);
            }
        }
    }
}
