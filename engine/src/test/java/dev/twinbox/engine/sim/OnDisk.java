package dev.twinbox.engine.sim;

import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.SimDisk;
import org.jspecify.annotations.Nullable;

/** An account on a disk in memory, which can be exchanged, and through which syncs may be harmed. */
interface OnDisk extends SimAccount {
    SimDisk disk();

    /** Another disk in the place of this one; syncs use it through something that may do harm. */
    void use(SimDisk other, @Nullable FaultDisk through);
}
