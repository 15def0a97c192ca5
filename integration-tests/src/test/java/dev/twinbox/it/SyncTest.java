package dev.twinbox.it;

import static dev.twinbox.it.AccountView.Aspect.MODSEQ;
import static dev.twinbox.it.AccountView.Aspect.RECENT;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two accounts that a real Dovecot has changed, merged by Twinbox, and compared with what Dovecot's own sync makes of them. */
class SyncTest extends TwinboxTest {
    private static final String SEEN = "\\Seen";
    private static final String FLAGGED = "\\Flagged";
    private static final String ANSWERED = "\\Answered";

    /** A source, and a copy that a first sync has made of it. */
    private record Pair(Account source, Account destination) {
        Pair copy(String name) {
            return new Pair(source.copy(name + "-source"), destination.copy(name + "-destination"));
        }
    }

    private Pair inStep(int mails) {
        Account source = Account.maildir(sandbox, "source");
        for (int i = 1; i <= mails; i++) {
            source.save("INBOX", "Mail " + i);
        }
        source.doveadm("mailbox", "create", "F1", "F2");
        source.save("F1", "In F1");
        source.save("F2", "In F2");
        Account destination = Account.maildir(sandbox, "destination");
        twinbox.sync(source, destination).mustEndWith(0);
        mustBeTheSame(source, destination, "a first sync");
        return new Pair(source, destination);
    }

    private static void flag(Account account, String flag, int uid) {
        account.doveadm("flags", "add", flag, "mailbox", "INBOX", "uid", Integer.toString(uid));
    }

    private static void expunge(Account account, int uid) {
        account.doveadm("expunge", "mailbox", "INBOX", "uid", Integer.toString(uid));
    }

    /** The golden scenario: what happens on both sides between two runs. */
    private Pair golden() {
        Pair pair = inStep(6);
        flag(pair.source, SEEN, 1);
        flag(pair.destination, FLAGGED, 2);
        flag(pair.source, SEEN, 3);
        flag(pair.destination, ANSWERED, 3);
        expunge(pair.source, 4);
        expunge(pair.destination, 5);
        pair.source.save("INBOX", "Mail 7");
        pair.source.doveadm("mailbox", "rename", "F1", "R1");
        pair.destination.doveadm("mailbox", "rename", "F2", "R2");
        pair.source.doveadm("mailbox", "create", "Nsrc");
        pair.destination.doveadm("mailbox", "create", "Ndst");
        return pair;
    }

    private static void mustHave(Account account, Map<Long, String> inbox, String... mailboxes) {
        AccountView view = account.view().mustBeSilent();
        SortedMap<Long, String> flags = new TreeMap<>();
        view.box("INBOX").mails().forEach((uid, mail) -> flags.put(uid, String.join(" ", mail.flags())));
        Expect.equal(new TreeMap<>(inbox), flags, () -> "INBOX of " + account.home());
        List<String> names = new ArrayList<>(List.of(mailboxes));
        names.add("INBOX");
        Expect.equal(
                new TreeSet<>(names), new TreeSet<>(view.boxes().keySet()), () -> "mailboxes of " + account.home());
    }

    /** Nothing is left to do: another run changes nothing at either side. */
    private void mustBeAtRest(Pair pair, Object... options) {
        AccountView source = pair.source.view();
        AccountView destination = pair.destination.view();
        twinbox.sync(pair.source, pair.destination, options).mustEndWith(0);
        source.mustEqual(pair.source.view(), "another run, at the source");
        destination.mustEqual(pair.destination.view(), "another run, at the destination");
    }

    /**
     * Lets Dovecot do the same to a copy of the pair; the outcome must be the same at both sides. In full: Dovecot takes
     * mailboxes whose numbers are equal for unchanged.
     */
    private void mustEndAsWithDovecot(Pair before, Pair after, String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        words.add("-f");
        words.add(before.destination.location());
        before.source.doveadm(words.toArray(String[]::new));
        before.source.view().mustEqual(after.source.view(), "source, by Dovecot and by us", MODSEQ, RECENT);
        before.destination
                .view()
                .mustEqual(after.destination.view(), "destination, by Dovecot and by us", MODSEQ, RECENT);
    }

    @Test
    @Tag("F107")
    void bothSidesGetWhatEitherGot() {
        Pair pair = golden();
        Pair copy = pair.copy("dovecot");
        twinbox.sync(pair.source, pair.destination).mustEndWith(0);
        Map<Long, String> inbox = Map.of(1L, SEEN, 2L, FLAGGED, 3L, ANSWERED + " " + SEEN, 6L, "", 7L, "");
        mustHave(pair.source, inbox, "R1", "R2", "Nsrc", "Ndst");
        mustHave(pair.destination, inbox, "R1", "R2", "Nsrc", "Ndst");
        mustBeTheSame(pair.source, pair.destination, "sync");
        mustBeAtRest(pair);
        mustEndAsWithDovecot(copy, pair, "sync");
    }

    /** Each side has changed one flag: UIDNEXT and HIGHESTMODSEQ are equal, and dsync sees nothing without -f. */
    @ParameterizedTest
    @ValueSource(strings = {"fast", "full"})
    @Tag("F118")
    @Tag("F121")
    void flagsThatEqualNumbersHideAreFound(String mode) {
        Pair pair = inStep(3);
        flag(pair.source, FLAGGED, 1);
        flag(pair.destination, ANSWERED, 2);
        Expect.equal(
                pair.source.view().box("INBOX").status(),
                pair.destination.view().box("INBOX").status(),
                () -> "numbers that hide the difference");
        Object[] options = mode.equals("full") ? new Object[] {"-f"} : new Object[0];
        twinbox.sync(pair.source, pair.destination, options).mustEndWith(0);
        Map<Long, String> inbox = Map.of(1L, FLAGGED, 2L, ANSWERED, 3L, "");
        mustHave(pair.source, inbox, "F1", "F2");
        mustHave(pair.destination, inbox, "F1", "F2");
        mustBeTheSame(pair.source, pair.destination, "sync");
        mustBeAtRest(pair);
    }

    @Test
    @Tag("F108")
    @Tag("F111")
    void theDestinationOfAOneWaySyncKeepsItsOwn() {
        Pair pair = golden();
        Pair copy = pair.copy("dovecot");
        FileTree before = FileTree.of(sandbox, pair.source.home());
        twinbox.sync(pair.source, pair.destination, "-1").mustEndWith(0);
        before.mustStillBe(FileTree.of(sandbox, pair.source.home()), "the source of sync -1");
        mustHave(pair.source, Map.of(1L, SEEN, 2L, "", 3L, SEEN, 5L, "", 6L, "", 7L, ""), "R1", "F2", "Nsrc");
        mustHave(
                pair.destination,
                Map.of(1L, SEEN, 2L, FLAGGED, 3L, ANSWERED + " " + SEEN, 6L, "", 7L, ""),
                "R1",
                "R2",
                "Nsrc",
                "Ndst");
        mustBeAtRest(pair, "-1");
        mustEndAsWithDovecot(copy, pair, "sync", "-1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("F109")
    void whatAOneWaySyncCannotMakeLikeTheSourceIsInItsReport(boolean dryRun) {
        Pair pair = golden();
        pair.source.doveadm("mailbox", "create", "Gone");
        twinbox.sync(pair.source, pair.destination, "-1").mustEndWith(0);
        pair.destination.doveadm("mailbox", "delete", "Gone");
        pair.destination.doveadm("mailbox", "subscribe", "Nsrc");
        Map<String, String> reasons = Map.of(
                "INBOX", "differs from the source in mails: 1 only at the source, 2 with other flags",
                "R2", "differs from the source in its name, which is F2 there",
                "Ndst", "differs from the source: only here",
                "Gone", "differs from the source: only there, deleted here",
                "Nsrc", "differs from the source: subscribed only here");
        List<Object> words =
                new ArrayList<>(List.of("sync", "-1", "--from", pair.source.location(), pair.destination.location()));
        if (dryRun) {
            words.add(1, "--dry-run");
        }
        words.add(0, "-v");
        Ran text = twinbox.run(words.toArray()).mustEndWith(0);
        words.set(0, "sync");
        words.set(1, "--json");
        Ran json = twinbox.run(words.toArray()).mustEndWith(0);
        reasons.forEach((mailbox, reason) -> {
            text.mustSay(pair.destination.location() + ": " + mailbox + ": ", reason);
            String field = "\"mailbox\":\"" + mailbox + "\",\"status\":\"done\",\"reason\":\"[^\"]*" + reason + "\"";
            Expect.that(Pattern.compile(field).matcher(json.out()).find(), () -> "no " + field + " in " + json);
        });
        Expect.that(!text.err().contains(" R1: "), text::toString);
        Expect.equal(reasons.size(), json.out().split("differs from the source", -1).length - 1, json::toString);
    }

    @Test
    void aOneWaySyncGoesTheOtherWayWithReverse() {
        Pair pair = golden();
        Pair copy = pair.copy("other");
        twinbox.sync(pair.source, pair.destination, "-1").mustEndWith(0);
        twinbox.run("-o", "mail_location=" + copy.destination.location(), "sync", "-1", "-R", copy.source.location())
                .mustEndWith(0);
        pair.destination.view().mustEqual(copy.destination.view(), "-1 and -1 -R", MODSEQ, RECENT);
        pair.source.view().mustEqual(copy.source.view(), "-1 and -1 -R");
    }

    @Test
    void aBackupReverts() {
        Pair pair = golden();
        twinbox.backup(pair.source, pair.destination).mustEndWith(0);
        mustBeTheSame(pair.source, pair.destination, "backup");
        mustHave(pair.destination, Map.of(1L, SEEN, 2L, "", 3L, SEEN, 5L, "", 6L, "", 7L, ""), "R1", "F2", "Nsrc");
    }

    @Test
    @Tag("F114")
    void theManualsMailThatWasExpungedAtTheDestinationStaysGone() {
        Pair pair = inStep(5);
        expunge(pair.destination, 1);
        pair.source.save("INBOX", "Mail 6");
        twinbox.sync(pair.source, pair.destination, "-1").mustEndWith(0);
        mustHave(pair.destination, Map.of(2L, "", 3L, "", 4L, "", 5L, "", 6L, ""), "F1", "F2");
        mustHave(pair.source, Map.of(1L, "", 2L, "", 3L, "", 4L, "", 5L, "", 6L, ""), "F1", "F2");
        mustBeAtRest(pair, "-1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("F112")
    @Tag("F116")
    void theManualsConflictOfTwoMailsWithUidSixGivesSevenAndEight(boolean oneWay) {
        Pair pair = inStep(5);
        pair.source.save("INBOX", "Six at the source");
        pair.destination.save("INBOX", "Six at the destination");
        Pair copy = pair.copy("dovecot");
        Object[] options = oneWay ? new Object[] {"-1"} : new Object[0];
        twinbox.sync(pair.source, pair.destination, options).mustEndWith(0);
        Map<Long, String> merged = Map.of(1L, "", 2L, "", 3L, "", 4L, "", 5L, "", 7L, "", 8L, "");
        Map<Long, String> alone = Map.of(1L, "", 2L, "", 3L, "", 4L, "", 5L, "", 6L, "");
        mustHave(pair.destination, merged, "F1", "F2");
        mustHave(pair.source, oneWay ? alone : merged, "F1", "F2");
        mustBeAtRest(pair, options);
        if (oneWay) {
            mustEndAsWithDovecot(copy, pair, "sync", "-1");
        } else {
            mustEndAsWithDovecot(copy, pair, "sync");
        }
    }

    /** The destination's HIGHESTMODSEQ is left to its storage then, which is nobody's change. */
    @Test
    @Tag("F109")
    void aMovedMailAndAConflictInOneMailboxAreNoReasonToRunAgain() {
        Pair pair = inStep(3);
        pair.source.doveadm("move", "F1", "mailbox", "INBOX", "uid", "1");
        pair.source.save("INBOX", "Here");
        pair.destination.save("INBOX", "There");
        twinbox.sync(pair.source, pair.destination, "-1").mustEndWith(0);
        mustHave(pair.destination, Map.of(2L, "", 3L, "", 5L, "", 6L, ""), "F1", "F2");
        mustBeAtRest(pair, "-1");
    }

    @Test
    @Tag("F117")
    void sidesThatGrowApartAreToldToRunBackup() {
        Pair pair = inStep(1);
        for (int round = 1; round <= 3; round++) {
            pair.source.save("INBOX", "Here " + round);
            pair.destination.save("INBOX", "There " + round);
            Ran run = twinbox.sync(pair.source, pair.destination, "-1").mustEndWith(0);
            if (round > 1) {
                run.mustSay(round + " mails have other UIDs than at the source", "run backup");
            }
        }
        twinbox.backup(pair.source, pair.destination, "--allow-delete").mustEndWith(0);
        mustBeTheSame(pair.source, pair.destination, "backup");
        pair.source.save("INBOX", "In step again");
        twinbox.sync(pair.source, pair.destination, "-1").mustEndWith(0);
        // One way, modseqs of the destination may be ahead.
        pair.source.view().mustEqual(pair.destination.view(), "sync -1", MODSEQ);
    }

    @Test
    void aDryRunPrintsBothPlansAndChangesNothing() {
        Pair pair = golden();
        FileTree source = FileTree.of(sandbox, pair.source.home());
        FileTree destination = FileTree.of(sandbox, pair.destination.home());
        Ran plan = twinbox.sync(pair.source, pair.destination, "--dry-run").mustEndWith(0);
        Ran json = twinbox.sync(pair.source, pair.destination, "--dry-run", "--json")
                .mustEndWith(0);
        source.mustStillBe(FileTree.of(sandbox, pair.source.home()), "a dry run, at the source");
        destination.mustStillBe(FileTree.of(sandbox, pair.destination.home()), "a dry run, at the destination");
        String a = pair.source.location() + ": ";
        String b = pair.destination.location() + ": ";
        for (String line : List.of(
                a + "INBOX: update UID 2 flags (\\Flagged): ",
                a + "INBOX: expunge UID 5 GUID ",
                a + "F2: rename to R2",
                a + "Ndst: create mailbox ",
                b + "INBOX: update UID 1 flags (\\Seen): ",
                b + "INBOX: expunge UID 4 GUID ",
                b + "INBOX: save UID 7 GUID ",
                b + "F1: rename to R1",
                b + "Nsrc: create mailbox ")) {
            Expect.that(plan.out().contains(line), () -> "the plan lacks '" + line + "': " + plan);
        }
        Expect.that(json.out().contains("\"account\":\"" + pair.source.location() + "\""), json::toString);
        Expect.that(json.out().contains("\"step\":\"save\",\"new_uid\":7,"), json::toString);
    }

    @Test
    void theResultObjectCountsForEachAccount() {
        Pair pair = golden();
        Ran ran = twinbox.sync(pair.source, pair.destination, "--json").mustEndWith(0);
        for (Account account : List.of(pair.source, pair.destination)) {
            String begin = "{\"account\":\"" + account.location() + "\",\"mailbox\":\"INBOX\",\"status\":\"done\",";
            Expect.that(ran.out().contains(begin), () -> "no " + begin + " in " + ran);
        }
        Expect.that(ran.out().contains("\"saved\":1,\"expunged\":1,\"flagged\":2,"), ran::toString);
    }

    @Test
    @Tag("F122")
    @Tag("F124")
    @Tag("F168")
    void goesOnFromAStateAndHandsItToDovecotAndBack() {
        Pair pair = inStep(5);
        String state = stateOf(twinbox.sync(pair.source, pair.destination, "-s", ""));
        pair.source.save("INBOX", "Mail 6");
        flag(pair.destination, SEEN, 1);
        state = stateOf(twinbox.sync(pair.source, pair.destination, "-s", state));
        mustBeTheSame(pair.source, pair.destination, "a stateful sync");
        pair.source.save("INBOX", "Mail 7");
        state = stateOf(pair.source.doveadm("sync", "-s", state, pair.destination.location()));
        pair.source.view().mustEqual(pair.destination.view(), "Dovecot, with our state", MODSEQ, RECENT);
        pair.destination.save("INBOX", "Mail 8");
        stateOf(twinbox.sync(pair.source, pair.destination, "-s", state));
        mustBeTheSame(pair.source, pair.destination, "we, with Dovecot's state");
    }

    private static String stateOf(Ran ran) {
        ran.mustEndWith(0);
        Expect.that(ran.out().matches("[A-Za-z0-9+/]{80,}=*\n"), () -> "no state on stdout: " + ran);
        return ran.out().strip();
    }

    @Test
    @Tag("F123")
    void aBrokenStateCostsAWarningAndAFullRun() {
        Pair pair = inStep(2);
        pair.source.save("INBOX", "Mail 3");
        twinbox.sync(pair.source, pair.destination, "-s", "nonsense")
                .mustEndWith(0)
                .mustSay("Saved sync state is invalid, falling back to full sync: ");
        mustBeTheSame(pair.source, pair.destination, "a sync with a broken state");
        sandbox.file("state", new byte[] {1, 2, 3});
        twinbox.sync(pair.source, pair.destination, "--state-file", sandbox.path("state"))
                .mustEndWith(0)
                .mustSay("is invalid, falling back to full sync: ");
        twinbox.sync(pair.source, pair.destination, "--state-file", sandbox.path("state"))
                .mustEndWith(0);
    }

    @Test
    void accountsThatLieInEachOtherAreRefused() {
        Account account = filled("account", 1);
        sandbox.shell("ln -s account/Maildir \"$1\"", sandbox.path("link"));
        twinbox.run("sync", "--from", account.location(), "maildir:" + sandbox.path("link"))
                .mustEndWith(75)
                .mustSay("are the same");
        twinbox.run("sync", "--from", account.location(), account.location() + "/inside")
                .mustEndWith(75)
                .mustSay("must lie apart");
    }
}
