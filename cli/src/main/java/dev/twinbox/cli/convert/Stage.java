package dev.twinbox.cli.convert;

import java.util.Locale;

/** How far a conversion is. What is named here is what is to be done next, or again. */
public enum Stage {
    /** The new mailboxes are made like the old ones, which alone are in use. */
    COPY("copying; the old location is in use"),
    /** All was copied, and the administrator is to switch the user's location. */
    READY("copied; the user's location can be switched"),
    /** The command that switches was begun: from here on nobody can say that the new mailboxes are not in use. */
    SWITCH("the command that switches the location was begun"),
    /** The new mailboxes are in use; sessions of before may still use the old ones. */
    KICK("switched; sessions of before may still use the old location"),
    /** Nobody uses the old mailboxes any more; what came there at the end is taken over. */
    FINAL("the last changes are taken over"),
    /** Everything that was in the old mailboxes is looked for in the new ones. */
    CHECK("taken over; to be compared"),
    /** The old mailboxes can go. */
    DONE("done");

    private final String text;

    Stage(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }

    /** For programs: the record, and JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
