package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.link.Link;
import java.io.IOException;

/** What a {@link DoveadmServer} does for clients that have logged in. Called by many worker threads at once. */
@FunctionalInterface
public interface DoveadmService {
    /**
     * Begins a command: looks the user up and prepares what can fail.
     *
     * @param command as the client sent it; nothing in it has been checked
     * @param client where it comes from, for messages
     * @param log takes lines to be shown at the client, if it shows them
     * @return what is done next, once the client has been told that the command is accepted
     * @throws RefusedException if it is not; the client gets the word, and the message as a log line
     */
    Session open(DoveadmCommand command, String client, RemoteLog log) throws RefusedException;

    /** A command that runs. */
    @FunctionalInterface
    interface Session {
        /**
         * Speaks with the client until all is said. The link is closed afterwards in any case.
         *
         * @throws IOException if the link breaks; the server logs it
         */
        void run(Link link) throws IOException;
    }
}
