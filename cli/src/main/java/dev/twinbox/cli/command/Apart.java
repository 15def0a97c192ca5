package dev.twinbox.cli.command;

import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import java.io.IOException;

/** Makes sure that two accounts do not lie in each other: a run would copy what it has just written, for ever. */
final class Apart {
    private Apart() {}

    /**
     * @throws Refusal with doveadm's exit code 75 if any folder of one is, holds, or lies in one of the other, or both
     *     keep their attributes in one file; links are followed before they are compared
     */
    static void check(Disk disk, Location source, Location destination) throws Refusal {
        try {
            DiskPath dict = source.account().attributes();
            DiskPath otherDict = destination.account().attributes();
            if (dict != null && otherDict != null && disk.realPath(dict).equals(disk.realPath(otherDict))) {
                throw Refusal.temporary("source and destination would keep their attributes in the same file: " + dict);
            }
            for (DiskPath from : source.folders()) {
                DiskPath realFrom = disk.realPath(from);
                for (DiskPath to : destination.folders()) {
                    DiskPath realTo = disk.realPath(to);
                    if (realFrom.equals(realTo)) {
                        throw Refusal.temporary(
                                "source and destination are the same: " + from + (from.equals(to) ? "" : " and " + to));
                    }
                    if (realFrom.startsWith(realTo) || realTo.startsWith(realFrom)) {
                        DiskPath inner = realFrom.startsWith(realTo) ? from : to;
                        throw Refusal.temporary("source and destination must lie apart, but " + inner + " lies inside "
                                + (inner.equals(from) ? to : from));
                    }
                }
            }
        } catch (IOException e) {
            throw IoTrouble.refusal(e);
        }
    }
}
