package dev.twinbox.engine.storage;

/** How much a store cares for power loss: Dovecot's {@code mail_fsync}. */
public enum Durability {
    /** No sync at all ({@code never}). */
    NEVER,
    /** Everything is durable when a run returns, bodies before they are visible ({@code optimized}, {@code always}). */
    DURABLE
}
