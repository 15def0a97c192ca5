/**
 * The contract every store has to meet: {@link dev.twinbox.engine.storage.MailStoreContract}. A store's test extends it
 * and says by a {@link dev.twinbox.engine.storage.StoreFixture} how its stores are opened.
 */
@NullMarked
package dev.twinbox.engine.storage;

import org.jspecify.annotations.NullMarked;
