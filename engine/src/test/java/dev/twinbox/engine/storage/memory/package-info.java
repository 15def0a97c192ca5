@NullMarked
package dev.twinbox.engine.storage.memory;

import org.jspecify.annotations.NullMarked;
