package dev.twinbox.engine.sim;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Plays many histories and makes what fails short. */
public final class Simulation {
    /** After so many failures there is no need for more. */
    private static final int FAILURES_MAX = Integer.getInteger("twinbox.failures", 3);

    private static final int FRAMES_MAX = 8;

    private Simulation() {}

    /** What is wrong with a history, null if nothing is. */
    public static @Nullable String fails(History history, SimWorld.Setting setting) throws InterruptedException {
        try {
            if (setting.twice()) {
                return SwappedSides.differs(history, setting);
            }
            SimWorld.play(history, setting);
            return null;
        } catch (AssertionError e) {
            return String.valueOf(e.getMessage());
        } catch (IOException | RuntimeException | Error e) {
            return text(e);
        }
    }

    private static String text(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        String[] lines = text.toString().split("\n");
        return String.join("\n", List.of(lines).subList(0, Math.min(lines.length, FRAMES_MAX)));
    }

    /**
     * Plays the histories of so many numbers, from one on, in as many threads as there are processors; every second one with
     * the sides swapped.
     *
     * @return for each failure a text with the number, the shortened history and what is wrong
     */
    public static List<String> play(long firstSeed, long seeds, SimWorld.Setting setting) throws InterruptedException {
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        AtomicLong next = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = Runtime.getRuntime().availableProcessors(); i > 0; i--) {
            Thread thread = new Thread(() -> work(next, firstSeed, seeds, setting, failures), "simulation-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(failures);
    }

    private static void work(
            AtomicLong next, long firstSeed, long seeds, SimWorld.Setting usual, List<String> failures) {
        Crew crew = new Crew();
        SimWorld.Setting setting = usual.in(crew);
        try {
            for (long n = next.getAndIncrement(); n < seeds; n = next.getAndIncrement()) {
                if (failures.size() >= FAILURES_MAX) {
                    return;
                }
                // If a history does not come to an end, this tells which.
                Thread.currentThread().setName("seed-" + (firstSeed + n));
                String failure = play(firstSeed + n, setting);
                if (failure != null) {
                    failures.add(failure);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            crew.goHome();
        }
    }

    /** Plays the history of a number; null if all is well, otherwise a text as from {@link #play(long, long, SimWorld.Setting)}. */
    public static @Nullable String play(long seed, SimWorld.Setting usual) throws InterruptedException {
        SimWorld.Setting setting = (seed & 1) == 0 ? usual : usual.swap();
        History history = HistoryMaker.make(seed);
        String wrong = fails(history, setting);
        if (wrong == null) {
            return null;
        }
        Shrinker.Shrunk shrunk = Shrinker.shrink(history, wrong, setting);
        return "seed " + seed + (setting.swapped() ? " (sides swapped)" : "") + ": " + shrunk.wrong() + "\n"
                + shrunk.history();
    }
}
