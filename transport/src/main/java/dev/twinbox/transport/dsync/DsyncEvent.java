package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.SyncItem;
import java.nio.ByteBuffer;

/** What {@link DsyncDecoder} finds in the bytes of a peer. */
public sealed interface DsyncEvent {
    /** The greeting is complete and good. Always the first event. */
    record Greeting(DsyncVersion version) implements DsyncEvent {}

    /** An item. If it has a stream, pieces of a body and the body's end come next. */
    record Item(SyncItem item) implements DsyncEvent {}

    /**
     * Some bytes of a body, at least one.
     *
     * @param bytes may be read until the decoder is called again
     */
    record Body(ByteBuffer bytes) implements DsyncEvent {}

    /** The body that was begun is complete. */
    record BodyEnd() implements DsyncEvent {}
}
