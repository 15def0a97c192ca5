package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.CorruptStoreException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * What an account's {@code subscriptions} file says, or why nobody knows. An account we write to is put right: there a file
 * that is not one counts as empty, and is replaced. One we only read from must not look as if nothing were subscribed.
 *
 * @param file what it says; empty if that is not known
 * @param dropped how many entries cannot be understood, each a line or the whole file
 * @param unknown why it is not known what is subscribed; null if it is known
 * @param denied whether the reason is a lack of permission
 */
public record Subscriptions(
        SubscriptionFile file, int dropped, @Nullable String unknown, boolean denied) {
    /** Reads the file of an account; one that is not there is empty. */
    static Subscriptions read(AccountContext context, FolderNames folders) throws IOException {
        SubscriptionFile empty = SubscriptionFile.empty(
                folders.storageSeparator(), context.location().utf8());
        DiskPath path = folders.subscriptionsFile();
        try {
            SubscriptionFile file = SubscriptionFile.parse(
                    context.disk().readAll(path, SubscriptionFile.FILE_BYTES_MAX),
                    folders.storageSeparator(),
                    context.location().utf8());
            if (file.isGarbage() && context.readOnly()) {
                return new Subscriptions(empty, 1, path + " cannot be understood: it is no list of names", false);
            }
            return new Subscriptions(file, file.unreadable(), null, false);
        } catch (NoSuchFileException e) {
            return new Subscriptions(empty, 0, null, false);
        } catch (CorruptStoreException e) {
            String why = path + " cannot be understood: " + e.getMessage();
            return new Subscriptions(empty, 1, context.readOnly() ? why : null, false);
        } catch (AccessDeniedException e) {
            return new Subscriptions(empty, 0, path.toString(), true);
        } catch (ClosedByInterruptException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            return new Subscriptions(empty, 0, path + " cannot be read: " + e.getMessage(), false);
        }
    }
}
