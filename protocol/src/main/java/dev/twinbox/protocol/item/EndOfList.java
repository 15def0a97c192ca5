package dev.twinbox.protocol.item;

/** The current list is complete. */
public record EndOfList() implements SyncItem {

    @Override
    public Kind kind() {
        return Kind.END_OF_LIST;
    }
}
