@NullMarked
package dev.twinbox.transport.doveadm;

import org.jspecify.annotations.NullMarked;
