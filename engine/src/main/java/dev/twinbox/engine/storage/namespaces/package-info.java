/**
 * An account made of several namespaces, each of them a store of its own: a name's prefix says in which one it lies. Entry:
 * {@link dev.twinbox.engine.storage.namespaces.NamespaceStore}. Knows nothing of what the stores are.
 */
@NullMarked
package dev.twinbox.engine.storage.namespaces;

import org.jspecify.annotations.NullMarked;
