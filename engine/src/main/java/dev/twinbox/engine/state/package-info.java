/** What is remembered from one run to the next: how far both sides agreed in each mailbox. Pure but for its file. */
@NullMarked
package dev.twinbox.engine.state;

import org.jspecify.annotations.NullMarked;
