package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.storage.AttributeContract;
import dev.twinbox.engine.storage.StoreFixture;

/** METADATA entries of the memory store. */
final class MemoryAttributesTest extends AttributeContract {
    private final MemoryAccount account = new MemoryAccount("test", new SimClock());

    @Override
    protected StoreFixture newFixture() {
        return new MemoryFixture(account);
    }
}
