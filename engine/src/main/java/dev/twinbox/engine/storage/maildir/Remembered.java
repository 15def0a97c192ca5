package dev.twinbox.engine.storage.maildir;

/** What a store remembers of its mailboxes while it is open. */
record Remembered(LastTable lastTable, UidlistHeads heads, MessageCounts counts) {
    Remembered() {
        this(new LastTable(), new UidlistHeads(), new MessageCounts());
    }
}
