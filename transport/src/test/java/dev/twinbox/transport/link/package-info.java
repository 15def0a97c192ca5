@NullMarked
package dev.twinbox.transport.link;

import org.jspecify.annotations.NullMarked;
