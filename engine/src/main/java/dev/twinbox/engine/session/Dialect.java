package dev.twinbox.engine.session;

/** What the other end of a run understands. */
enum Dialect {
    /** All items, with hints and planning passes: it is a Twinbox, and follows the same rules. */
    TWINBOX,
    /** What dsync can say; it is taken for a Dovecot, which follows dsync's rules. */
    DSYNC
}
