package dev.twinbox.engine.run;

/** Who this process is, in the words Dovecot's lock files use. */
public interface Host {
    /** The host name exactly as gethostname(2) gives it. */
    String name();

    /** This process's id. */
    long pid();

    /** Whether a process of that id exists on this host. */
    boolean isAlive(long pid);
}
