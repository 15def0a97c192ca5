@NullMarked
package dev.twinbox.protocol.item;

import org.jspecify.annotations.NullMarked;
