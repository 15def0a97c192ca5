package dev.twinbox.cli.convert;

import dev.twinbox.cli.exit.Refusal;

/** What the steps of a conversion do. Each returns an exit code. */
public interface Steps {
    /**
     * Makes the new mailboxes like the old ones.
     *
     * @param first whether no copy was completed so far, so that the new mailboxes should not hold anything of their own
     */
    int copy(boolean first) throws Refusal, InterruptedException;

    /** Takes over what the old mailboxes got; what the new ones have of their own stays. */
    int merge() throws Refusal, InterruptedException;

    /** Whether the new mailboxes are just like the old ones. */
    int compare() throws Refusal, InterruptedException;

    /** Whether all of the old mailboxes is in the new ones, or went away there. */
    int lookForAll() throws Refusal, InterruptedException;

    /** Runs the command that switches the user's location. */
    int switchLocation() throws Refusal, InterruptedException;

    /** Waits until everybody asks for the new location. */
    void settle() throws InterruptedException;

    /** Runs the command that ends the user's sessions. */
    int kick() throws Refusal, InterruptedException;

    /** Remembers how far it is; on the disk when it returns. */
    void remember(ConversionRecord record) throws Refusal;

    /** Says something to the administrator. */
    void say(String line);

    /** Seconds from an arbitrary point that never goes back. */
    long seconds();
}
