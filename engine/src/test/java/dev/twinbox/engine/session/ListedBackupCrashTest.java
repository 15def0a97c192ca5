package dev.twinbox.engine.session;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.dbox.OpenDbox;

/** The same into an sdbox with LAYOUT=index, whose names are in one file alone. */
class ListedBackupCrashTest extends BackupCrashTest {
    @Override
    MailStore open(Disk disk, boolean readOnly, Clock time, Host host) {
        return OpenDbox.on(disk, AccountLocation.listed(AccountLocation.Format.SDBOX, ROOT), readOnly, time, host);
    }

    @Override
    boolean isLeftover(DiskPath folder, String name) {
        return super.isLeftover(folder, name) || name.startsWith(".temp.") || name.startsWith("kept-");
    }
}
