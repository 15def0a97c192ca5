package dev.twinbox.cli.args;

import dev.twinbox.transport.greeting.Greeting;

/**
 * How another end that is elsewhere is spoken with.
 *
 * @param protocol {@code --protocol}
 * @param bytesPerSecond {@code --limit-rate}: most bytes in a second, 1024 or more; 0: no limit
 * @param mailsPerSecond {@code --limit-mails}: most mails in a second, 1 or more; 0: no limit
 */
public record WireChoices(Greeting.Wanted protocol, long bytesPerSecond, long mailsPerSecond) {
    /** The better protocol that both know, as fast as it goes. */
    public static final WireChoices USUAL = new WireChoices(Greeting.Wanted.EITHER, 0, 0);
}
