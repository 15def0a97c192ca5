package dev.twinbox.it;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Few changes in a mailbox of many mails, beside Dovecot 2.4. */
class LongMailboxNewerTest extends TwinboxTest {
    LongMailboxNewerTest() {
        super(Sandbox.createNewer());
    }

    @Test
    @Tag("F106")
    void aDovecotGoesOnFromWhatWasAppended() {
        LongMailboxTest.goesOn(this);
    }
}
