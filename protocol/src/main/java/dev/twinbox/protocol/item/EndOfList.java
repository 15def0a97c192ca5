package dev.twinbox.protocol.item;

/** The current list is complete; which one follows from the state of the conversation (wire protocol, section 1.4). */
public record EndOfList() implements SyncItem {

    @Override
    public Kind kind() {
        return Kind.END_OF_LIST;
    }
}
