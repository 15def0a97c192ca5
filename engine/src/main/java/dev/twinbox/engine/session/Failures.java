package dev.twinbox.engine.session;

import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.NotPossibleException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/** What a failure means for the run: status and words for the administrator. */
final class Failures {
    private Failures() {}

    static Status status(IOException failure) {
        if (failure instanceof Conversation.PeerClosedException closed) {
            return closed.status().orElse(Status.TEMPORARY);
        }
        if (failure instanceof SourceSide.SourceMissingException || failure instanceof GuardException) {
            return Status.GUARDED;
        }
        if (failure instanceof DryRunImpossibleException) {
            return Status.NOT_POSSIBLE;
        }
        if (failure instanceof CorruptStoreException || failure instanceof NotPossibleException) {
            return Status.DAMAGED;
        }
        if (failure instanceof AccessDeniedException) {
            return Status.NO_PERMISSION;
        }
        if (failure instanceof MailboxGoneException) {
            return Status.CHANGED;
        }
        String text = failure.getMessage();
        if (text != null && text.endsWith("not a regular file")) {
            return Status.DAMAGED;
        }
        if (text != null && (text.contains("No space left on device") || text.contains("quota exceeded"))) {
            return Status.NO_SPACE;
        }
        if (text != null && (text.contains("Permission denied") || text.contains("Operation not permitted"))) {
            return Status.NO_PERMISSION;
        }
        return Status.TEMPORARY;
    }

    /** Whether going on with other mailboxes is pointless. */
    static boolean endsRun(IOException failure) {
        Status status = status(failure);
        return failure instanceof GuardException
                || failure instanceof dev.twinbox.protocol.dialogue.PeerException
                || status == Status.NO_SPACE;
    }

    static String describe(IOException failure) {
        String text = failure.getMessage();
        if (failure instanceof AccessDeniedException) {
            return "permission denied: " + text;
        }
        if (failure instanceof ClosedByInterruptException || failure instanceof InterruptedIOException) {
            return "interrupted";
        }
        if (failure instanceof java.nio.file.NoSuchFileException) {
            return "not there any more: " + text;
        }
        if (failure instanceof FileSystemException || text != null) {
            return String.valueOf(text);
        }
        return failure.getClass().getSimpleName();
    }

    /** Throws what another thread, or another half, has failed of; nothing if it has not. */
    static void rethrow(@Nullable Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
    }

    /** A mailbox that cannot be closed does no harm: what was to be written is on disk. */
    static void closeQuietly(@Nullable Mailbox box, SyncObserver observer) {
        if (box != null) {
            try {
                box.close();
            } catch (IOException e) {
                observer.debug(box.name(), "closing: " + describe(e));
            }
        }
    }
}
