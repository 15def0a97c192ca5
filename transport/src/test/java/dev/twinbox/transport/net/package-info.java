@NullMarked
package dev.twinbox.transport.net;

import org.jspecify.annotations.NullMarked;
