package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A migration as the manual has it: {@code backup} again and again while mail arrives at the old side, then it arrives at the new
 * side, whose user begins to work, and {@code sync -1} brings what came late to the old one.
 */
class MigrationTest extends TwinboxTest {
    private static final int BACKUPS = 4;

    /** How many mails arrive during each step, at least. */
    private static final int STEP = 5;

    private final Account old = Account.maildir(sandbox, "old");
    private final AtomicInteger delivered = new AtomicInteger();

    /** Delivers to whatever account is the current one, until told to stop. */
    private final class Deliveries implements AutoCloseable {
        private volatile Account to;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final Thread thread;
        private volatile boolean stop;

        Deliveries(Account first) {
            to = first;
            thread = new Thread(this::run, "deliveries");
            thread.start();
        }

        private void run() {
            try {
                while (!stop) {
                    deliver(to);
                }
            } catch (RuntimeException | AssertionError e) {
                failure.set(e);
            }
        }

        /** Until some more have come. */
        void some() {
            int enough = delivered.get() + STEP;
            while (delivered.get() < enough && thread.isAlive()) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void close() {
            stop = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Throwable first = failure.get();
            if (first != null) {
                throw new AssertionError("deliveries", first);
            }
        }
    }

    private void deliver(Account account) {
        int number = delivered.get() + 1;
        account.save(number % 3 == 0 ? "Lists" : "INBOX", Mails.simple("Delivery " + number));
        delivered.incrementAndGet();
    }

    @ParameterizedTest
    @ValueSource(strings = {"maildir:~/Maildir", "mdbox:~/mdbox"})
    @Tag("F110")
    void everyMailIsAtTheNewSideOnceWhenDeliveryIsSwitchedInTheMiddle(String location) {
        Account fresh = Account.at(sandbox, "new", location);
        old.doveadm("mailbox", "create", "-s", "Lists", "Kept");
        int last;
        try (Deliveries deliveries = new Deliveries(old)) {
            for (int i = 0; i < BACKUPS; i++) {
                deliveries.some();
                flag(old, "\\Seen", i + 1);
                twinbox.backup(old, fresh).mustEndWithOneOf(0, 2);
            }
            deliveries.some();
            deliveries.to = fresh;
            deliveries.some();
            // The user is at the new side now; what was on its way comes to the old one.
            last = delivered.get();
            flag(fresh, "\\Answered", 1);
            fresh.doveadm("move", "Kept", "mailbox", "INBOX", "uid", "2");
            fresh.doveadm("expunge", "mailbox", "INBOX", "uid", "3");
            deliveries.some();
        }
        int late = delivered.get() + 1;
        deliver(old);
        flag(old, "\\Flagged", 1);
        FileTree before = FileTree.of(sandbox, old.home());
        twinbox.sync(old, fresh, "-1").mustEndWith(0);
        before.mustStillBe(FileTree.of(sandbox, old.home()), "the source of sync -1");
        assertTrue(last < late);

        SortedMap<String, List<String>> places = places(fresh);
        List<String> expected = new ArrayList<>();
        List<String> actual = new ArrayList<>();
        String expunged = subjectOf(old, 3);
        for (int number = 1; number <= delivered.get(); number++) {
            String subject = "Delivery " + number;
            expected.add(subject + (subject.equals(expunged) ? " 0" : " 1"));
            actual.add(subject + " " + places.getOrDefault(subject, List.of()).size());
        }
        assertEquals(expected, actual, "how often each mail is at the new side");
        assertEquals(List.of("Kept"), places.get(subjectOf(old, 2)), "the mail that was moved there");
        AccountView.Mail first =
                Objects.requireNonNull(fresh.view().box("INBOX").mails().get(1L));
        assertEquals(List.of("\\Answered", "\\Flagged", "\\Seen"), List.copyOf(first.flags()));
        fresh.mustBeSilent();
        // Again, and nothing comes twice.
        twinbox.sync(old, fresh, "-1").mustEndWith(0);
        assertEquals(places, places(fresh));
    }

    private static void flag(Account account, String flag, int uid) {
        account.doveadm("flags", "add", flag, "mailbox", "INBOX", "uid", Integer.toString(uid));
    }

    private static String subjectOf(Account account, int uid) {
        return account
                .doveadm("fetch", "hdr.subject", "mailbox", "INBOX", "uid", Integer.toString(uid))
                .lines()
                .stream()
                .filter(line -> line.startsWith("hdr.subject: "))
                .map(line -> line.substring("hdr.subject: ".length()))
                .findFirst()
                .orElseThrow();
    }

    /** In which mailboxes each mail is. */
    private static SortedMap<String, List<String>> places(Account account) {
        SortedMap<String, List<String>> places = new TreeMap<>();
        List<String> lines = account.doveadm("-f", "tab", "fetch", "mailbox hdr.subject", "all")
                .lines();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\t", -1);
            if (cells.length == 2) {
                places.computeIfAbsent(cells[1], subject -> new ArrayList<>()).add(cells[0]);
            }
        }
        return places;
    }
}
