package dev.twinbox.engine.run;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A host on which processes live and die as told. Safe for use by several threads. */
public final class SimHost implements Host {
    private final String name;
    private final long pid;
    private final long startedEpochMillis;
    private final Set<Long> alive;

    private SimHost(String name, long pid, long startedEpochMillis, Set<Long> alive) {
        this.name = name;
        this.pid = pid;
        this.startedEpochMillis = startedEpochMillis;
        this.alive = alive;
        alive.add(pid);
    }

    /** The first process on a host of its own. */
    public SimHost(String name, long pid) {
        this(name, pid, Long.MIN_VALUE, ConcurrentHashMap.newKeySet());
    }

    /** Another process on the same host, which lives from now on. */
    public SimHost process(long otherPid) {
        return new SimHost(name, otherPid, Long.MIN_VALUE, alive);
    }

    /** The same process, of which is known when it started. */
    public SimHost startedAt(long epochMillis) {
        return new SimHost(name, pid, epochMillis, alive);
    }

    /** A process dies. */
    public void kill(long deadPid) {
        alive.remove(deadPid);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public boolean isAlive(long somePid) {
        return alive.contains(somePid);
    }

    @Override
    public long startedEpochMillis() {
        return startedEpochMillis;
    }
}
