package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.StoreReport;

/** What every part of one open Maildir account works with. */
record MaildirContext(
        Disk disk,
        MaildirLocation location,
        boolean readOnly,
        Durability durability,
        long lockWaitMillis,
        Clock clock,
        Host host,
        StoreReport report,
        UniqueNames names) {
    /** Stops a bug before it becomes a write to somebody's source. */
    void checkWritable() {
        if (readOnly) {
            throw new IllegalStateException("store was opened for reading only");
        }
    }
}
