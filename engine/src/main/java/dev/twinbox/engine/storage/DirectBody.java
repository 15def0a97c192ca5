package dev.twinbox.engine.storage;

import dev.twinbox.protocol.dialogue.MailBody;
import java.io.IOException;

/** A body that can be read into memory which the caller has, without a stream. */
public interface DirectBody extends MailBody {
    /** What {@link #read} returns if the body has to be read as a stream. */
    int AS_STREAM = -1;

    /** What {@link #read} returns if the body is too long. */
    int TOO_LONG = -2;

    /**
     * Reads the whole body, if it is short enough and stored as it is.
     *
     * @param into may be written to from {@code at} on, whatever is returned; has room for {@code most} bytes and one more
     * @return the body's length in bytes, {@link #AS_STREAM} or {@link #TOO_LONG}
     * @throws dev.twinbox.protocol.dialogue.BodyGoneException if the mail has been expunged meanwhile
     */
    int read(byte[] into, int at, int most) throws IOException;
}
