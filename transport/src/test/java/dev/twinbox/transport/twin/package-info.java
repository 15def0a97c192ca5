/** Tests of Twinbox's own protocol. */
@NullMarked
package dev.twinbox.transport.twin;

import org.jspecify.annotations.NullMarked;
