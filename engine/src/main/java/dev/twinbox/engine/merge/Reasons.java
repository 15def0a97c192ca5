package dev.twinbox.engine.merge;

/** Why a step of a two-way plan is taken, in the words of those who run mail servers. */
final class Reasons {
    static final String NEW = "new at the other side";
    static final String SECOND = "is there once more at the other side";
    static final String MOVED = "has a new UID at the other side";
    static final String EXPUNGED = "was expunged at the other side";
    static final String GAP = "is gone from the other side, whose log does not go back far enough to tell when";
    static final String CONFLICT = "another mail has, or may have had, its UID at the other side";
    static final String NUMBERS = "nobody had recorded its UID";
    static final String SURPLUS = "is there fewer times at the other side";
    static final String FLAGS = "flags were changed at the other side";
    static final String MODSEQ = "modseq differs from the other side";

    private Reasons() {}
}
