package dev.twinbox.engine.disk;

/** The process dies here. An Error, so that no code under test takes it for something to handle. */
public final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1;

    SimulatedCrash(String message) {
        super(message);
    }
}
