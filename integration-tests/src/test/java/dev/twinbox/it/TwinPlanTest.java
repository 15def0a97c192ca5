package dev.twinbox.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --dry-run} with a Twinbox at the other end: the plan of both ends, by whoever calls, and not a byte written. */
class TwinPlanTest extends TwinboxTest {
    private static final Pattern PLANNED = Pattern.compile("\"mailbox\":\"([^\"]*)\",\"status\":\"done\",[^{}]*"
            + "\"saved\":(\\d+),\"expunged\":(\\d+),\"flagged\":(\\d+),\"renumbered\":(\\d+)");
    private static final Pattern DONE = Pattern.compile("Info: (.*): \\d+ mails, (\\d+) saved \\(\\d+ bytes\\), "
            + "(\\d+) expunged, (\\d+) with other flags, (\\d+) renumbered");

    private final List<Account> accounts = new ArrayList<>();

    private Ran run(Account own, Account other, String... words) {
        List<Object> all = new ArrayList<>(List.of("-O", "-o", "mail_location=" + own.location()));
        all.addAll(Arrays.asList(words));
        all.addAll(twinbox.nestedCommand("-O", "-o", "mail_location=" + other.location(), "dsync-server"));
        return twinbox.run(all.toArray());
    }

    /** The same run with both accounts on this machine. */
    private Ran here(Account own, Account other, String... words) {
        List<Object> all = new ArrayList<>(List.of("-O", "-o", "mail_location=" + own.location()));
        all.addAll(Arrays.asList(words));
        all.add(other.location());
        return twinbox.run(all.toArray());
    }

    /** Two accounts that were the same, and that were both used since. */
    private void prepare() {
        Account left = filled("left", 8);
        Account right = Account.maildir(sandbox, "right");
        left.doveadm("mailbox", "create", "Old");
        left.doveadm("mailbox", "create", "Doomed");
        run(left, right, "sync").mustEndWith(0);
        left.save("INBOX", "New at the left");
        left.doveadm("expunge", "mailbox", "Work", "1");
        left.doveadm("mailbox", "create", "-s", "Made/Below");
        left.doveadm("mailbox", "rename", "Old", "Renamed");
        left.doveadm("mailbox", "delete", "Doomed");
        right.save("Work", "New at the right");
        right.doveadm("flags", "add", "\\Flagged", "mailbox", "INBOX", "2");
        right.doveadm("expunge", "mailbox", "INBOX", "3");
        right.doveadm("mailbox", "create", "Only right");
        accounts.addAll(List.of(left, right));
    }

    private List<FileTree> trees() {
        return accounts.stream().map(each -> FileTree.of(sandbox, each.home())).toList();
    }

    private void mustBeUntouched(List<FileTree> before, Ran after) {
        List<FileTree> now = trees();
        for (int i = 0; i < now.size(); i++) {
            before.get(i).mustStillBe(now.get(i), after.toString());
        }
    }

    private static List<String> sorted(Ran ran, String from, String to) {
        return ran.out().replace(from, to).lines().sorted().toList();
    }

    /** Of each mailbox that changes how many mails are saved, expunged, flagged and renumbered, in all rounds. */
    private static Map<String, List<Integer>> counts(Pattern pattern, String text) {
        Map<String, List<Integer>> all = new TreeMap<>();
        Matcher found = pattern.matcher(text);
        while (found.find()) {
            List<Integer> sum = new ArrayList<>(all.getOrDefault(found.group(1), List.of(0, 0, 0, 0)));
            for (int i = 0; i < sum.size(); i++) {
                sum.set(i, sum.get(i) + Integer.parseInt(found.group(i + 2)));
            }
            all.put(found.group(1), sum);
        }
        all.values().removeIf(List.of(0, 0, 0, 0)::equals);
        return all;
    }

    private static List<String> withoutTotals(List<String> lines) {
        return lines.stream().filter(line -> !line.contains("total:")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"backup", "sync -1", "sync", "backup -R", "sync -1 -R"})
    @Tag("F178")
    void thePlanIsThatOfTwoAccountsHereAndTheRunDoesIt(String command) {
        prepare();
        Account left = accounts.get(0);
        Account right = accounts.get(1);
        String[] dry = (command + " --dry-run").split(" ");
        List<FileTree> before = trees();
        Ran plan = run(left, right, dry).mustEndWith(0);
        mustBeUntouched(before, plan);
        Ran planned =
                run(left, right, (command + " --dry-run --json").split(" ")).mustEndWith(0);
        mustBeUntouched(before, planned);
        // Of two accounts here each line of a merge has the account, elsewhere only where both are changed.
        Ran local = here(left, right, dry).mustEndWith(0);
        String one = (command.endsWith("-R") ? left : right).location() + ": ";
        Expect.equal(
                withoutTotals(sorted(local, command.startsWith("sync -1") ? one : "nothing", "")),
                withoutTotals(sorted(plan, "env …", right.location())),
                () -> plan + "\n" + local);
        Expect.that(plan.out().lines().count() >= 5, plan::toString);
        boolean pulls = command.endsWith("-R");
        List<Object> real = new ArrayList<>(List.of("-O", "-o", "mail_location=" + left.location()));
        if (pulls || command.equals("sync")) {
            real.add(0, "-v");
        }
        real.addAll(Arrays.asList(command.split(" ")));
        List<String> server = new ArrayList<>(twinbox.nestedCommand("-O"));
        server.addAll(pulls ? List.of() : List.of("-v"));
        server.addAll(List.of("-o", "mail_location=" + right.location(), "dsync-server"));
        real.addAll(server);
        Ran done = twinbox.run(real.toArray()).mustEndWith(0);
        Expect.equal(counts(PLANNED, planned.out()), counts(DONE, done.err()), () -> planned + "\n" + done);
        Ran nothing = run(left, right, dry).mustEndWith(0);
        Expect.equal(List.of(), withoutTotals(nothing.out().lines().toList()), nothing::toString);
    }

    @Test
    @Tag("F178")
    void aServerPlansToo() {
        prepare();
        Account left = accounts.get(0);
        Account right = accounts.get(1);
        var certificate = NetworkPeer.Certificate.make(sandbox, twinbox, "good");
        List<FileTree> before = trees();
        try (NetworkPeer peer = NetworkPeer.twinbox(twinbox, right, certificate)) {
            List<Object> all = new ArrayList<>(List.of("-O", "-o", "mail_location=" + left.location()));
            all.addAll(List.of("-o", "mail_home=" + left.home(), "-o", "doveadm_password=" + NetworkPeer.PASSWORD));
            all.addAll(List.of("backup", "-u", "user", "-l", "5", "-P", "--dry-run", peer.plain()));
            Ran plan = twinbox.run(all.toArray()).mustEndWith(0);
            mustBeUntouched(before, plan);
            Expect.equal(
                    sorted(here(left, right, "backup", "--dry-run"), "", ""), sorted(plan, "", ""), plan::toString);
        }
    }

    /** The limit of deletions holds for plans as it does here. */
    @Test
    @Tag("F178")
    void theDeleteGuardOfTheOtherEndStandsInThePlan() {
        prepare();
        Account left = accounts.get(0);
        Account right = accounts.get(1);
        left.doveadm("expunge", "mailbox", "INBOX", "all");
        List<FileTree> before = trees();
        for (String limit : List.of("--max-delete=1", "--allow-delete")) {
            Ran plan = run(left, right, "backup", "--dry-run", limit);
            Ran local = here(left, right, "backup", "--dry-run", limit);
            plan.mustEndWith(local.exit());
            mustBeUntouched(before, plan);
            Expect.equal(withoutTotals(sorted(local, "", "")), withoutTotals(sorted(plan, "", "")), plan::toString);
        }
    }

    @Test
    @Tag("F178")
    void aDovecotThatWouldBeChangedIsRefusedBeforeItHearsAnything() {
        Account left = filled("left", 2);
        Account right = filled("right", 1);
        AccountView before = right.view();
        for (String command : List.of("backup", "sync", "sync -1")) {
            List<Object> all = new ArrayList<>(List.of("-O", "-o", "mail_location=" + left.location()));
            all.addAll(Arrays.asList((command + " --dry-run").split(" ")));
            all.addAll(right.nestedDoveadmCommand("dsync-server"));
            twinbox.run(all.toArray()).mustEndWith(64).mustSay("begins to write at once");
        }
        before.mustEqual(right.view(), "dry runs that were refused");
    }
}
