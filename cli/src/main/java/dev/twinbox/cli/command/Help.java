package dev.twinbox.cli.command;

import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.Output;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** What {@code help} prints: a text file beside this class for each command. */
final class Help {
    private static final List<String> TOPICS = List.of(
            "backup",
            "sync",
            "convert",
            "verify",
            "status",
            "lock",
            "maildirlock",
            "dsync-server",
            "serve",
            "pair",
            "cert");

    private Help() {}

    /**
     * @param topic a command, or empty for all of them
     */
    static int print(Output output, String topic) throws Refusal {
        if (!topic.isEmpty() && !TOPICS.contains(topic)) {
            throw Refusal.usage("there is no help on '" + topic + "': try twinbox help");
        }
        copy(output, topic.isEmpty() ? "help.txt" : "help-" + topic + ".txt");
        return ExitCode.OK;
    }

    static int printVersion(Output output) {
        copy(output, "version.txt");
        return ExitCode.OK;
    }

    private static void copy(Output output, String name) {
        try (InputStream text = Help.class.getResourceAsStream(name)) {
            if (text == null) {
                throw new IllegalStateException("missing from this build: " + name);
            }
            byte[] bytes = text.readAllBytes();
            output.write(bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
