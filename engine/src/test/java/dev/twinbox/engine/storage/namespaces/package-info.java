@NullMarked
package dev.twinbox.engine.storage.namespaces;

import org.jspecify.annotations.NullMarked;
