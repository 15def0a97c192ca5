package dev.twinbox.engine.session;

/** Which side of a run a session is. */
enum Direction {
    /** Is read, never written. */
    SOURCE,
    /** Is made like the source. */
    DESTINATION,
    /** Both at once: two-way. */
    BOTH
}
