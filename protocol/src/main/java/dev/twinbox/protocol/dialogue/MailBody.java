package dev.twinbox.protocol.dialogue;

import java.io.IOException;
import java.io.InputStream;

/**
 * The content of a mail or of a large attribute, to be read as a stream. The bytes are those of the mail itself, never
 * compressed. A body received from a peer can be opened once and is gone when the next item is received.
 */
public interface MailBody {
    /**
     * Opens the content.
     *
     * @throws dev.twinbox.protocol.dialogue.BodyGoneException if the mail has been expunged meanwhile
     */
    InputStream open() throws IOException;
}
