package dev.twinbox.protocol.dialogue;

/** Replaced in the next commit. */
final class Dialogue {
    private Dialogue() {}
}
