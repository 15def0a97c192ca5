package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.disk.SystemHost;
import dev.twinbox.engine.run.SystemClock;
import dev.twinbox.engine.storage.MailStoreContract;
import dev.twinbox.engine.storage.StoreFixture;
import dev.twinbox.engine.storage.account.AccountLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Sdbox on a real file system keeps the contract of every store. */
class SdboxRealDiskTest extends MailStoreContract {
    @TempDir
    Path folder;

    @Override
    protected StoreFixture newFixture() throws IOException {
        Path root = Files.createTempDirectory(folder, "account").resolve("mail");
        SystemClock clock = new SystemClock();
        return new DboxFixture(
                new RealDisk(clock),
                AccountLocation.of(AccountLocation.Format.SDBOX, DiskPath.of(root.toString())),
                clock,
                new SystemHost());
    }
}
