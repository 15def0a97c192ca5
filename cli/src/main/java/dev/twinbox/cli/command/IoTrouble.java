package dev.twinbox.cli.command;

import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.storage.CorruptStoreException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** What a failure outside a run means for the exit code. */
final class IoTrouble {
    private IoTrouble() {}

    static Refusal refusal(IOException e) {
        if (e instanceof AccessDeniedException) {
            return new Refusal(ExitCode.NO_PERMISSION, "permission denied: " + e.getMessage());
        }
        if (e instanceof NoSuchFileException) {
            return new Refusal(ExitCode.NOT_FOUND, "not there: " + e.getMessage());
        }
        if (e instanceof CorruptStoreException) {
            return new Refusal(ExitCode.DATA, String.valueOf(e.getMessage()));
        }
        String message = e.getMessage();
        return Refusal.temporary(message == null ? e.getClass().getSimpleName() : message);
    }
}
