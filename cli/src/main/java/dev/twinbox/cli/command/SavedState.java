package dev.twinbox.cli.command;

import dev.twinbox.cli.args.SyncChoices;
import dev.twinbox.cli.config.Paths;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.state.StateFile;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.state.SyncStateText;
import dev.twinbox.protocol.item.Handshake.SyncType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered from one {@code sync} to the next, and where: {@code -s} (given as a word, handed back on standard
 * output), {@code --state-file}, or nowhere. A state that cannot be used costs a warning and a full run. Only a run that
 * did everything (exit code 0 or 2) brings a new state; after any other the old one stands. Used by one thread.
 */
final class SavedState {
    private final Context context;
    private final boolean printed;
    private final @Nullable StateFile file;
    private final String fileName;
    private SyncState state = SyncState.EMPTY;
    private boolean broken;

    private SavedState(Context context, boolean printed, @Nullable StateFile file, String fileName) {
        this.context = context;
        this.printed = printed;
        this.file = file;
        this.fileName = fileName;
    }

    /**
     * Reads it.
     *
     * @throws Refusal if there is a file that cannot be read: it could not be replaced either
     */
    static SavedState load(Context context, SyncChoices choices) throws Refusal {
        String text = choices.state();
        String path = choices.stateFile();
        if (text != null) {
            SavedState saved = new SavedState(context, true, null, "");
            saved.take(SyncStateText.decode(text), "Saved sync state is invalid");
            return saved;
        }
        if (path == null) {
            return new SavedState(context, false, null, "");
        }
        try {
            DiskPath place = Paths.absolute(path, context.cwd(), context.disk());
            StateFile file = new StateFile(context.disk(), place);
            SavedState saved = new SavedState(context, false, file, path);
            saved.take(file.read(), "Saved sync state in " + place + " is invalid");
            return saved;
        } catch (IllegalArgumentException e) {
            throw Refusal.usage("--state-file " + path + ": " + e.getMessage());
        } catch (IOException e) {
            throw unusable("read", path, e);
        }
    }

    private void take(SyncStateText.Result result, String complaint) {
        if (result instanceof SyncStateText.Read read) {
            state = read.state();
        } else if (result instanceof SyncStateText.Problem problem) {
            broken = true;
            context.messages().warning(complaint + ", falling back to full sync: " + problem.text());
        }
    }

    private static Refusal unusable(String what, String path, IOException e) {
        Refusal refusal = IoTrouble.refusal(e);
        return new Refusal(refusal.exitCode(), "cannot " + what + " the state file " + path + ": " + refusal.text());
    }

    /** The state a run starts from. */
    SyncState state() {
        return state;
    }

    /**
     * What kind of run this state allows.
     *
     * @param full whether a full run was asked for
     */
    SyncType type(boolean full) {
        if (full || broken) {
            return SyncType.FULL;
        }
        return state.isEmpty() ? SyncType.CHANGED : SyncType.STATE;
    }

    /**
     * A run has ended: what the next one starts from, also in the file.
     *
     * @throws Refusal if the file cannot be written; the old one is there still
     */
    void ended(Outcome outcome) throws Refusal {
        if (outcome.status().compareTo(Status.CHANGED) > 0) {
            return;
        }
        state = outcome.state();
        broken = false;
        if (file != null) {
            try {
                file.write(state);
            } catch (IOException e) {
                throw unusable("write", fileName, e);
            }
        }
    }

    /** The last run has ended: with {@code -s}, prints the state; an empty line says that it knows nothing, as doveadm's. */
    void print() {
        if (printed) {
            context.output().line(state.isEmpty() ? "" : SyncStateText.encode(state));
        }
    }
}
