package dev.twinbox.it;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The layouts beside Dovecot 2.4. */
class LayoutNewerTest extends TwinboxTest {
    LayoutNewerTest() {
        super(Sandbox.createNewer());
    }

    @ParameterizedTest
    @CsvSource({
        "maildir:~/Maildir:LAYOUT=fs, maildir:~/Maildir:UTF-8:INDEX=~/index:CONTROL=~/control",
        "maildir:~/Maildir:INBOX=~/Maildir/.INBOX, sdbox:~/sdbox:LAYOUT=index",
        "sdbox:~/sdbox:LAYOUT=index, maildir:~/Maildir:LAYOUT=index:INBOX=~/elsewhere",
        "maildir:~/Maildir:LAYOUT=index:INDEX=~/index:CONTROL=~/control, mdbox:~/mdbox:LAYOUT=index",
        "mdbox:~/mdbox:LAYOUT=index, maildir:~/Maildir:LAYOUT=fs"
    })
    @Tag("F214")
    void oneLayoutIsMirroredIntoAnother(String from, String to) {
        LayoutTest.mirror(this, from, to);
    }
}
