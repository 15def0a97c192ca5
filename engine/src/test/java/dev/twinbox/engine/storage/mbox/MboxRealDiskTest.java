package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.disk.SystemHost;
import dev.twinbox.engine.run.SystemClock;
import dev.twinbox.engine.storage.MailStoreContract;
import dev.twinbox.engine.storage.StoreFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** mbox on a real file system keeps the contract of every store. */
class MboxRealDiskTest extends MailStoreContract {
    @TempDir
    Path folder;

    @Override
    protected StoreFixture newFixture() throws IOException {
        Path root = Files.createTempDirectory(folder, "account");
        SystemClock clock = new SystemClock();
        return new MboxFixture(new RealDisk(clock), OpenMbox.at(DiskPath.of(root.toString())), clock, new SystemHost());
    }
}
