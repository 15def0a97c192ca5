package dev.twinbox.transport.doveadm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Whatever a server says: the client gives up with a reason, or hears a conversation that is no longer than what was said. */
public final class ClientFuzz {
    private ClientFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        try {
            ClientDialogue dialogue = new ClientDialogue(
                    Recorded.saying(Recorded.latin(data), new ByteArrayOutputStream()),
                    Recorded.LOGIN,
                    data.length % 2 == 1,
                    (severity, text) -> {
                        if (text.indexOf('\n') >= 0 || text.indexOf('\033') >= 0) {
                            throw new AssertionError("harms the terminal: " + text);
                        }
                    });
            dialogue.greet();
            dialogue.login();
            byte[] heard =
                    dialogue.begin(DoveadmCommand.dsyncServer("ann")).input().readAllBytes();
            if (heard.length > data.length) {
                throw new AssertionError("heard more than was said");
            }
        } catch (IOException e) {
            if (e.getMessage() == null || e.getMessage().isEmpty()) {
                throw new AssertionError("no reason", e);
            }
        }
    }
}
