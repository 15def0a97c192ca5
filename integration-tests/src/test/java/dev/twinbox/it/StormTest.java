package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A backup beside a live server. {@code TWINBOX_STORM_SECONDS} says how long it blows: 10 by default, 60 for the full
 * proof.
 */
class StormTest extends TwinboxTest {
    private static final Duration LENGTH =
            Duration.ofSeconds(Long.parseLong(System.getenv().getOrDefault("TWINBOX_STORM_SECONDS", "10")));
    private static final int KEPT = 300;

    @Test
    @Tag("F001")
    @Tag("F003")
    @Tag("F019")
    void noMailThatStayedAtTheSourceIsEverMissingAtTheReplica() {
        Account source = Account.maildir(sandbox, "source");
        Storm.prepare(source, KEPT);
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        Set<String> kept = kept(replica);
        assertEquals(KEPT, kept.size());

        int runs = 0;
        try (Storm storm = new Storm(source, 1).start()) {
            Instant end = Instant.now().plus(LENGTH);
            while (Instant.now().isBefore(end)) {
                Ran run = twinbox.backup(source, replica, "--allow-delete").mustEndWithOneOf(0, 2);
                runs++;
                Set<String> missing = new TreeSet<>(kept);
                missing.removeAll(kept(replica));
                assertEquals(Set.of(), missing, "missing at the replica after run " + runs + ": " + run);
            }
            System.out.println("storm: " + storm.changes() + " changes by Dovecot, " + runs + " backups");
        }
        List<String> errors = source.log().stream()
                .filter(line -> line.contains("Error") || line.contains("Panic"))
                .toList();
        assertEquals(List.of(), errors, "Dovecot's log during the storm");
        // What the storm left unnoticed in new/ has no modseq until Dovecot looks.
        source.doveadm("fetch", "uid", "all");
        oneRunMakesItTheSame(source, replica, "--allow-delete");
        anotherRunWritesNothing(source, replica);
    }

    @Test
    @Tag("F018")
    @Tag("F210")
    void renamesOfFlagsAloneNeverLookLikeDeletions() {
        Account source = filled("source", 400);
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        Process flipper = flip(source);
        try {
            for (int i = 0; i < 8; i++) {
                Ran run = twinbox.backup(source, replica, "--max-delete", "0");
                run.mustEndWithOneOf(0, 2);
                assertTrue(flipper.isAlive());
            }
        } finally {
            flipper.destroyForcibly();
        }
    }

    /** Another program, such as mutt, that sets and clears a flag by renaming, without any lock. */
    private Process flip(Account account) {
        String loop = "cd \"$1\"; while :; do for f in *:2,*; do case $f in *S) mv \"$f\" \"${f%S}\";;"
                + " *) mv \"$f\" \"${f}S\";; esac; done; done 2>/dev/null";
        List<String> command = sandbox.asUserCommand(List.of("sh", "-c", loop, "sh", account.maildir() + "/cur"));
        try {
            return Shell.start(sandbox.root(), sandbox.environment(), command);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The mails that stay, as they are in any mailbox of the account now. */
    private Set<String> kept(Account account) {
        Ran grep = sandbox.asMyself(
                "grep",
                "-rhaoE",
                "--include=*.*",
                "^X-Twin: " + Storm.KEPT + "[0-9]+",
                account.home().toString());
        Set<String> found = new TreeSet<>(List.of(new String(grep.bytes(), StandardCharsets.UTF_8).split("\n")));
        found.remove("");
        return found;
    }
}
