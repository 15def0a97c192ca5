package dev.twinbox.engine.sim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes from a failing history whatever it fails without. */
public final class Shrinker {
    /** What happens between two threads may differ from run to run: only what fails once in so many runs has failed. */
    private static final int TRIES = 3;

    private final SimWorld.Setting setting;

    private Shrinker(SimWorld.Setting setting) {
        this.setting = setting;
    }

    /** A history that is as short as can be, and what is wrong with it. */
    public record Shrunk(History history, String wrong) {}

    /**
     * Shortens a history: parts of half its length are left out, then of a quarter and so on, as long as it fails.
     *
     * @param wrong what is wrong with the whole
     */
    public static Shrunk shrink(History history, String wrong, SimWorld.Setting setting) throws InterruptedException {
        return new Shrinker(setting).shrink(new Shrunk(history, wrong));
    }

    private Shrunk shrink(Shrunk whole) throws InterruptedException {
        Shrunk best = whole;
        int part = Math.max(1, best.history().operations().size() / 2);
        while (true) {
            boolean shorter = false;
            for (int at = 0; at < best.history().operations().size(); ) {
                List<Operation> rest = new ArrayList<>(best.history().operations());
                rest.subList(at, Math.min(rest.size(), at + part)).clear();
                Shrunk candidate = failing(new History(rest));
                if (candidate != null) {
                    best = candidate;
                    shorter = true;
                } else {
                    at += part;
                }
            }
            if (part == 1 && !shorter) {
                return best;
            }
            part = Math.max(1, part / 2);
        }
    }

    private @Nullable Shrunk failing(History history) throws InterruptedException {
        for (int i = 0; i < TRIES; i++) {
            String wrong = Simulation.fails(history, setting);
            if (wrong != null) {
                return new Shrunk(history, wrong);
            }
        }
        return null;
    }
}
