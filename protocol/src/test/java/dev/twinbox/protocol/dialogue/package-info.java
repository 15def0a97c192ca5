@NullMarked
package dev.twinbox.protocol.dialogue;

import org.jspecify.annotations.NullMarked;
