package dev.twinbox.cli.args;

import org.jspecify.annotations.Nullable;

/**
 * What {@code sync} can be told; {@code backup} takes the state of it.
 *
 * @param oneWay {@code -1}
 * @param state {@code -s}, as given, or null; the empty text asks for a first run
 * @param stateFile {@code --state-file}, not empty, or null
 * @param runsMax {@code --until-clean}: how many runs there may be in all, 1 to {@link #RUNS_MAX}
 */
public record SyncChoices(
        boolean oneWay, @Nullable String state, @Nullable String stateFile, int runsMax) {
    /** Most runs that {@code --until-clean} can ask for. */
    public static final int RUNS_MAX = 1000;

    /** Two-way, without a state, once. */
    public static final SyncChoices NONE = new SyncChoices(false, null, null, 1);
}
