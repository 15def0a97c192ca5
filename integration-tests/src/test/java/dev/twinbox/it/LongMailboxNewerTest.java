package dev.twinbox.it;

/** The same beside Dovecot 2.4. */
class LongMailboxNewerTest extends LongMailboxTest {
    LongMailboxNewerTest() {
        super(Sandbox.createNewer());
    }
}
