@NullMarked
package dev.twinbox.transport.tls;

import org.jspecify.annotations.NullMarked;
