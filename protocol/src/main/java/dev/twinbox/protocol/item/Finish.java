package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/** The responder's last word: how the run ended on its side. */
public record Finish(@Nullable String error, int mailError, boolean requireFullResync) implements SyncItem {

    @Override
    public Kind kind() {
        return Kind.FINISH;
    }
}
