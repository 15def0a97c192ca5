package dev.twinbox.protocol.item;

/**
 * The UIDVALIDITY of a mailbox (RFC 3501, section 2.3.1.1): while it stays, a UID keeps its meaning.
 *
 * @param value 1 to 4,294,967,295
 */
public record UidValidity(long value) {
    /**
     * @throws IllegalArgumentException if the value is out of range
     */
    public UidValidity {
        if (value < 1 || value > Uid.MAX) {
            throw new IllegalArgumentException("UIDVALIDITY out of range: " + value);
        }
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
