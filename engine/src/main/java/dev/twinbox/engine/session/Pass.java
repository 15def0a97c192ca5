package dev.twinbox.engine.session;

/** How often and for what the mailboxes are gone through. */
enum Pass {
    /** Nothing is changed: every plan is made, counted and shown. */
    PLAN,
    /** The plans are made and carried out. */
    APPLY
}
