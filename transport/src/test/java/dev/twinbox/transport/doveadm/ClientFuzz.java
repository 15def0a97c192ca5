package dev.twinbox.transport.doveadm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * Whatever a server says: the client gives up with a reason, or hears a conversation, or what a command prints, that is no longer than
 * what was said.
 */
public final class ClientFuzz {
    private static final int EXIT_MAX = 255;
    private static final DoveadmCommand COMMAND =
            DoveadmCommand.handedOver(false, false, "ann", "sync", List.of("--", "maildir:/replica"));

    private ClientFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        hear(data, dialogue -> dialogue.begin(DoveadmCommand.dsyncServer("ann"))
                .input()
                .readAllBytes());
        hear(data, dialogue -> {
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            int code = dialogue.run(COMMAND).finish(printed);
            if (code < 0 || code > EXIT_MAX) {
                throw new AssertionError("no exit code: " + code);
            }
            for (byte b : printed.toByteArray()) {
                if (b >= 0 && b < ' ' && b != '\n' && b != '\t') {
                    throw new AssertionError("harms the terminal: " + b);
                }
            }
            return printed.toByteArray();
        });
    }

    private interface Talk {
        byte[] with(ClientDialogue dialogue) throws IOException;
    }

    private static void hear(byte[] data, Talk talk) {
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
            byte[] heard = talk.with(dialogue);
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
