package dev.twinbox.it;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Real Dovecot processes that change an account as fast as they can until told to stop: flags, moves, deliveries, expunges.
 * Mails whose {@code X-Twin} begins with {@code keep-} are flagged and moved, but never expunged.
 */
final class Storm implements AutoCloseable {
    static final String KEPT = "keep-";
    private static final List<String> BOXES = List.of("INBOX", "Work", "Work/Deep", "R&-D");
    private static final List<String> FLAGS = List.of("\\Seen", "\\Flagged", "\\Answered", "to-do", "later");
    /** Marks the mails that may be expunged. */
    private static final String CHURN = "churn";

    private static final int PER_VISIT = 40;

    private final Account account;
    private final long seed;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();

    Storm(Account account, long seed) {
        this.account = account;
        this.seed = seed;
    }

    /** Makes the mailboxes and the mails that stay. */
    static void prepare(Account account, int kept) {
        try (ImapSession imap = account.imap()) {
            imap.must("ENABLE CONDSTORE");
            for (String box : BOXES.subList(1, BOXES.size())) {
                imap.must("CREATE \"" + box + "\"");
            }
            for (int i = 0; i < kept; i++) {
                byte[] mail = Mails.random(new SplittableRandom(i), KEPT + i);
                imap.append(BOXES.get(i % BOXES.size()), "", "06-Jan-2025 08:00:00 +0000", mail);
            }
        }
    }

    Storm start() {
        actor("flags", this::changeFlags);
        actor("moves", this::move);
        actor("churn", this::appendAndExpunge);
        Thread deliveries = new Thread(this::deliver, "storm deliveries");
        deliveries.start();
        threads.add(deliveries);
        return this;
    }

    long changes() {
        return changes.get();
    }

    private interface Step {
        /** Does one thing; false if the session's view of the mailbox is stale and it must select it again. */
        boolean in(ImapSession imap, String box, int mails, SplittableRandom random);
    }

    private void actor(String name, Step step) {
        SplittableRandom random = new SplittableRandom(seed + name.hashCode());
        Thread thread = new Thread(
                () -> {
                    try (ImapSession imap = account.imap()) {
                        while (!stop.get()) {
                            String box = BOXES.get(random.nextInt(BOXES.size()));
                            int mails = imap.select(box);
                            boolean fresh = true;
                            for (int i = 0; i < PER_VISIT && fresh && !stop.get(); i++) {
                                fresh = step.in(imap, box, mails, random);
                                changes.incrementAndGet();
                            }
                        }
                    } catch (RuntimeException | AssertionError e) {
                        failure.compareAndSet(null, e);
                    }
                },
                "storm " + name);
        thread.start();
        threads.add(thread);
    }

    private boolean changeFlags(ImapSession imap, String box, int mails, SplittableRandom random) {
        if (mails > 0) {
            int from = 1 + random.nextInt(mails);
            String sign = random.nextBoolean() ? "+" : "-";
            String flag = FLAGS.get(random.nextInt(FLAGS.size()));
            return understood(imap.send(
                    "STORE " + from + ":" + (from + random.nextInt(4)) + " " + sign + "FLAGS.SILENT (" + flag + ")"));
        }
        return false;
    }

    /** Dovecot hangs up on who uses sequence numbers of mails that are gone too often in a row. */
    private static boolean understood(List<String> answer) {
        return !answer.get(answer.size() - 1).startsWith("BAD");
    }

    private boolean move(ImapSession imap, String box, int mails, SplittableRandom random) {
        String to = BOXES.get(random.nextInt(BOXES.size()));
        if (mails > 0 && !to.equals(box)) {
            return understood(imap.send("MOVE " + (1 + random.nextInt(mails)) + " \"" + to + "\""));
        }
        return mails > 0;
    }

    private boolean appendAndExpunge(ImapSession imap, String box, int mails, SplittableRandom random) {
        if (random.nextInt(4) > 0) {
            byte[] mail = Mails.random(random, CHURN + "-" + changes.get());
            imap.append(box, CHURN, "08-Jan-2025 08:00:00 +0000", mail);
            return true;
        }
        for (String line : imap.send("UID SEARCH KEYWORD " + CHURN)) {
            String[] words = line.split(" ");
            if (line.startsWith("* SEARCH") && words.length > 2) {
                String uid = words[2 + random.nextInt(words.length - 2)];
                imap.send("UID STORE " + uid + " +FLAGS.SILENT (\\Deleted)");
                imap.send("UID EXPUNGE " + uid);
            }
        }
        return true;
    }

    private void deliver() {
        SplittableRandom random = new SplittableRandom(seed);
        try {
            while (!stop.get()) {
                account.save("INBOX", Mails.random(random, "delivered-" + changes.incrementAndGet()));
            }
        } catch (RuntimeException | AssertionError e) {
            failure.compareAndSet(null, e);
        }
    }

    /** Ends the storm and fails if Dovecot failed in it. */
    @Override
    public void close() {
        stop.set(true);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Throwable first = failure.get();
        if (first != null) {
            throw new AssertionError("the storm itself failed: " + first.getMessage(), first);
        }
    }
}
