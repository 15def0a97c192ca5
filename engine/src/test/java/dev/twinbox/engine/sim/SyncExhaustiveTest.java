package dev.twinbox.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.sim.SimWorld.Setting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Every pair of operation sequences up to length 2 a side, over ancestors of no to two mails and one or two mailboxes, from
 * either side. Without {@code TWINBOX_ALL=1} only each {@value #SLICE}th of them.
 */
class SyncExhaustiveTest {
    private static final int SLICE = 97;
    private static final int FAILURES_MAX = 5;

    private static final String[] ACTIONS = {
        "deliver %s INBOX",
        "deliver %s Work",
        "flag m1 INBOX \\Seen",
        "clear m1 INBOX \\Flagged",
        "flag m2 Work work",
        "expunge m1 INBOX",
        "expunge m2 Work",
        "move m1 INBOX Work",
        "copy m2 Work INBOX",
        "create Work",
        "create Work/Sub",
        "rename Work Job",
        "delete Work",
        "subscribe Work"
    };

    private static List<String> sequences(String side) {
        List<String> sequences = new ArrayList<>(List.of(""));
        for (String one : ACTIONS) {
            String first = side + ": " + String.format(one, side) + "\n";
            sequences.add(first);
            for (String two : ACTIONS) {
                sequences.add(first + side + ": " + String.format(two, side + "2") + "\n");
            }
        }
        return sequences;
    }

    private static List<String> ancestors() {
        List<String> ancestors = new ArrayList<>();
        for (String folders : List.of("", "left: create Work\n")) {
            ancestors.add(folders + "sync\n");
            ancestors.add(folders + "left: deliver m1 INBOX\nleft: flag m1 INBOX \\Flagged\nsync\n");
            ancestors.add(folders + "left: deliver m1 INBOX\nright: deliver m2 Work\nsync\n");
        }
        return ancestors;
    }

    @Test
    void allShortHistoriesEndWell() throws Exception {
        boolean all = SyncSimulatorTest.number("TWINBOX_ALL", 0) > 0;
        List<String> left = sequences("left");
        List<String> right = sequences("right");
        List<String> ancestors = ancestors();
        int total = ancestors.size() * left.size() * right.size();
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger next = new AtomicInteger();
        AtomicInteger played = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = Runtime.getRuntime().availableProcessors(); i > 0; i--) {
            Thread thread = new Thread(() -> {
                Crew crew = new Crew();
                Setting setting = Setting.MEMORY.in(crew);
                int step = all ? 1 : SLICE;
                for (int n = next.getAndAdd(step);
                        n < total && failures.size() < FAILURES_MAX;
                        n = next.getAndAdd(step)) {
                    int rest = n / ancestors.size();
                    History history = History.parse(ancestors.get(n % ancestors.size())
                            + left.get(rest % left.size())
                            + right.get(rest / left.size())
                            + "sync\n");
                    both(history, setting, failures);
                    played.incrementAndGet();
                }
                crew.goHome();
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println("exhaustive: " + played + " of " + total + " histories, each from either side");
        assertEquals("", String.join("\n\n", failures));
    }

    private static void both(History history, Setting setting, List<String> failures) {
        try {
            for (Setting each : List.of(setting, setting.swap())) {
                String wrong = Simulation.fails(history, each);
                if (wrong != null) {
                    Shrinker.Shrunk shrunk = Shrinker.shrink(history, wrong, each);
                    failures.add((each.swapped() ? "(sides swapped) " : "") + shrunk.wrong() + "\n" + shrunk.history());
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
