package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.dialogue.PeerException;

/**
 * What the peer sent is no dsync, or beyond a limit. Reach: the session. The message says which item in which line and what
 * is wrong with it, and never repeats what was sent.
 */
public final class DsyncFormatException extends PeerException {
    private static final long serialVersionUID = 1L;

    private final String item;
    private final long line;

    DsyncFormatException(String item, long line, String reason) {
        super("line " + line + " from the peer (" + item + "): " + reason);
        this.item = item;
        this.line = line;
    }

    /** The kind of item as Dovecot names it, like {@code mail_change}; {@code greeting} or {@code item} before it is known. */
    public String item() {
        return item;
    }

    /** The number of the line from the start of the conversation, from 1; the lines of bodies do not count. */
    public long line() {
        return line;
    }
}
