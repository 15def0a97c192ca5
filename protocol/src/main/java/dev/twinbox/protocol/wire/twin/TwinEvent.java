package dev.twinbox.protocol.wire.twin;

import dev.twinbox.protocol.item.SyncItem;
import java.nio.ByteBuffer;

/** What {@link TwinDecoder} finds in a stream. */
public sealed interface TwinEvent {
    /** An item. If it has a stream, pieces of a body and the body's end come next. */
    record Item(SyncItem item) implements TwinEvent {}

    /** Some bytes of a body, at least one. */
    record Body(ByteBuffer bytes) implements TwinEvent {}

    /**
     * The body that was begun is complete.
     *
     * @param check what the sender knows of it
     */
    record BodyEnd(BodyCheck check) implements TwinEvent {}

    /** The body that was begun will never be complete; what came of it is worth nothing. */
    record BodyBroken(TwinFailure failure) implements TwinEvent {}

    /** On a branch: it will not be gone on with. On the control stream: nor will the conversation. */
    record Failed(TwinFailure failure) implements TwinEvent {}

    /**
     * Control stream only: nothing more is said on a branch.
     *
     * @param branch 1 or more
     */
    record BranchEnd(int branch) implements TwinEvent {}

    /** Control stream only: the peer's first words. */
    record Hello(TwinHello hello) implements TwinEvent {}

    /**
     * Control stream only: there is room for more.
     *
     * @param branch 0 or more
     * @param bytes for the branch, 0 or more
     * @param connectionBytes for the connection, 0 or more
     */
    record Credit(int branch, int bytes, int connectionBytes) implements TwinEvent {}
}
