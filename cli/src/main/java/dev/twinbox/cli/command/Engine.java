package dev.twinbox.cli.command;

import dev.twinbox.cli.config.Location;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.SyncObserver;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.StoreReport;
import java.io.IOException;

/** What the commands have done for them. */
public interface Engine {
    /** Opens an account. */
    MailStore open(Location location, boolean readOnly, StoreReport report) throws IOException;

    /** Makes the destination like the source; both stores belong to the caller. */
    Outcome backup(MailStore source, MailStore destination, SyncOptions options, SyncObserver observer)
            throws InterruptedException;

    /**
     * Merges two accounts; both stores belong to the caller.
     *
     * @param oneWay whether the first is a source that is not written
     */
    Outcome sync(
            MailStore first,
            MailStore second,
            boolean oneWay,
            SyncOptions options,
            SyncObserver firstObserver,
            SyncObserver secondObserver)
            throws InterruptedException;
}
