/**
 * An account in memory: the executable specification of the storage port, for tests of the engine and of the contract
 * that every other store has to meet. Entry: {@link dev.twinbox.engine.storage.memory.MemoryAccount}, which is what a disk
 * is to other formats; stores are opened on it, and {@link dev.twinbox.engine.storage.memory.MemoryClient} changes it the
 * way a mail server does for its users.
 */
@NullMarked
package dev.twinbox.engine.storage.memory;

import org.jspecify.annotations.NullMarked;
