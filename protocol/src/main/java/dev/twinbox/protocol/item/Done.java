package dev.twinbox.protocol.item;

/** The peer closes and has already said or logged why; nothing follows (wire protocol, section 1.4). */
public record Done() implements SyncItem {

    @Override
    public Kind kind() {
        return Kind.DONE;
    }
}
