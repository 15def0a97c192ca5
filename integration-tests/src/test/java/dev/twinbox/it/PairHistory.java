package dev.twinbox.it;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One random history of two accounts that were equal once, made by a real Dovecot: how it came about, and who has to judge
 * its end.
 */
record PairHistory(Pair pair, List<String> steps, PairJudge judge, ClientView left, ClientView right) {
    private static final int CHANGES_MAX = 6;

    /** A pair that was equal once, and what became of it. */
    record Pair(Account left, Account right) {
        Pair copy(String name) {
            return new Pair(left.copy(name + "-left"), right.copy(name + "-right"));
        }

        ClientView[] look() {
            return new ClientView[] {ClientView.take(left), ClientView.take(right)};
        }
    }

    static PairHistory of(Sandbox sandbox, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> steps = new ArrayList<>();
        Pair pair = new Pair(Account.maildir(sandbox, "left"), Account.maildir(sandbox, "right"));
        PairLife left = new PairLife(random, "left", steps);
        PairLife right = new PairLife(random, "right", steps);
        left.begin(pair.left);
        ClientView.take(pair.left);
        pair.left.doveadm("backup", pair.right.location());
        if (random.nextBoolean()) {
            left.live(pair.left, random.nextInt(CHANGES_MAX));
            right.live(pair.right, random.nextInt(CHANGES_MAX));
            pair.left.tryDoveadm("sync", "-f", pair.right.location());
            steps.add("doveadm sync -f");
        }
        ClientView[] base = pair.look();
        if (!base[0].differences(base[1]).isEmpty()) {
            sandbox.shell("rm -rf \"$2\"; cp -a \"$1\" \"$2\"", pair.left.maildir(), pair.right.maildir());
            base = pair.look();
            steps.add("cp -a left right");
        }
        steps.add("-- equal; then:");
        left.forget();
        right.forget();
        nextSecond();
        left.live(pair.left, 1 + random.nextInt(CHANGES_MAX));
        right.live(pair.right, random.nextInt(CHANGES_MAX));
        ClientView[] now = pair.look();
        PairJudge judge = new PairJudge(base[0], now[0], now[1], left::touched, right::touched);
        return new PairHistory(pair, steps, judge, now[0], now[1]);
    }

    /** Dovecot notes in seconds when a mailbox was renamed or subscribed: what comes after the base must not look as old. */
    static void nextSecond() {
        long second = Instant.now().getEpochSecond();
        while (Instant.now().getEpochSecond() == second) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
