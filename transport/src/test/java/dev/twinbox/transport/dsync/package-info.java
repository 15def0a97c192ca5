/** Tests of the dsync wire format: recorded conversations, random items, hostile bytes. */
@NullMarked
package dev.twinbox.transport.dsync;

import org.jspecify.annotations.NullMarked;
