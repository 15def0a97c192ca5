package dev.twinbox.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A {@code dsync-server} whose initiator has stopped reading, in the middle of a long list: it ends when it is told to. */
class SilentPeerTest extends TwinboxTest {
    /** So many that the list of them fills any pipe. */
    private static final int MAILS = 4000;

    private static final long END_SECONDS = 120;

    /** What an initiator says that wants all of the account, as recorded by {@code tee}. */
    private Account account() {
        Account account = Account.maildir(sandbox, "account");
        Account other = Account.maildir(sandbox, "other");
        sandbox.shell(
                "mkdir -p \"$1\"/cur \"$1\"/new \"$1\"/tmp; cd \"$1\"/cur; i=0; while [ $i -lt \"$2\" ]; do"
                        + " printf 'Subject: %s\\n\\nsmall\\n' $i > $i.small; i=$((i + 1)); done",
                account.maildir(), MAILS);
        sandbox.file(
                "server",
                ("#!/bin/sh\ntee " + sandbox.path("said") + " | " + twinbox.program() + " -O -o mail_location="
                                + account.location() + " dsync-server\n")
                        .getBytes(StandardCharsets.UTF_8));
        sandbox.shell("chmod 755 \"$1\"", sandbox.path("server"));
        twinbox.run(
                        "-O",
                        "-o",
                        "mail_location=" + other.location(),
                        "backup",
                        "-R",
                        "--dry-run",
                        "--protocol",
                        "dsync",
                        sandbox.path("server"),
                        "-")
                .mustEndWithOneOf(0, 2, 75);
        return account;
    }

    /** Says what was recorded and then nothing, and reads nothing. */
    private Process silent(Account account, int seconds) {
        return twinbox.open("-O", "-o", "mail_location=" + account.location(), "dsync-server", "-T", seconds);
    }

    private Ran end(Account account, int seconds, boolean signal) throws IOException, InterruptedException {
        Process server = silent(account, seconds);
        byte[] said = Files.readAllBytes(sandbox.path("said"));
        server.getOutputStream().write(said);
        server.getOutputStream().flush();
        awaitFullPipe(server);
        if (signal) {
            server.toHandle().destroy(); // destroy() of the process itself would close its pipes
        }
        Expect.that(server.waitFor(END_SECONDS, TimeUnit.SECONDS), () -> "the server goes on for ever");
        String err = new String(server.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(List.of("dsync-server"), server.exitValue(), new byte[0], err);
    }

    /** Until it has nothing more to say that fits. */
    private static void awaitFullPipe(Process server) throws IOException, InterruptedException {
        int before = -1;
        while (server.isAlive() && (before == 0 || server.getInputStream().available() != before)) {
            before = server.getInputStream().available();
            TimeUnit.SECONDS.sleep(1);
        }
    }

    @Test
    @Tag("F175")
    @Timeout(300)
    void endsAfterItsTimeout() throws Exception {
        end(account(), 3, false).mustEndWith(75).mustSay("no activity for 3 seconds");
    }

    @Test
    @Tag("F175")
    @Timeout(300)
    void endsOnASignal() throws Exception {
        end(account(), 600, true).mustEndWith(75).mustSay("cut off");
    }
}
