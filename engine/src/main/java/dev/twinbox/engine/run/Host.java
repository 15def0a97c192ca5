package dev.twinbox.engine.run;

import java.time.ZoneId;
import java.time.ZoneOffset;

/** Who this process is, in the words Dovecot's lock files use. */
public interface Host {
    /** The host name exactly as gethostname(2) gives it. */
    String name();

    /** This process's id. */
    long pid();

    /** Whether a process of that id exists on this host. */
    boolean isAlive(long pid);

    /**
     * When this process started, wall-clock milliseconds since 1970, give or take a second; {@link Long#MIN_VALUE} if
     * that is not known. A lock that bears our own process id but is older was left by an earlier process: in a
     * container every run may have the same id.
     */
    default long startedEpochMillis() {
        return Long.MIN_VALUE;
    }

    /** The zone of this host's local time, in which mbox files say when a mail was received. */
    default ZoneId zone() {
        return ZoneOffset.UTC;
    }
}
