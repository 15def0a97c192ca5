package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.tls.Fingerprint;
import java.io.IOException;
import java.io.OutputStream;

/** What a {@link DoveadmServer} does for clients that have logged in. Called by many worker threads at once. */
@FunctionalInterface
public interface DoveadmService {
    /**
     * Begins a command: looks the user up and prepares what can fail.
     *
     * @param command as the client sent it; nothing in it has been checked
     * @param caller who sent it
     * @param log takes lines to be shown at the client, if it shows them
     * @return what is done next, once the client has been told that the command is accepted
     * @throws RefusedException if it is not; the client gets the word, and the message as a log line
     */
    Session open(DoveadmCommand command, Caller caller, RemoteLog log) throws RefusedException;

    /**
     * Prepares a command that is not {@link DoveadmCommand#DSYNC_SERVER}, to be run here on the client's behalf.
     *
     * @param command as the client sent it; nothing in it has been checked
     * @param caller who sent it
     * @param log takes lines to be shown at the client, if it shows them
     * @throws RefusedException if it is not run; the client gets the word, and the message as a log line
     */
    default Work take(DoveadmCommand command, Caller caller, RemoteLog log) throws RefusedException {
        throw new RefusedException(Refusal.UNNAMED, "there is no command " + LogLines.clean(command.name()) + " here");
    }

    /**
     * Decides about a client that wants to log in with its certificate. It has proved to have the key. On a thread for logins,
     * one at a time.
     *
     * @param client where it comes from, for messages
     * @throws RefusedException if it may not come in: {@link Refusal#UNTRUSTED} if it may still try a password. The client and
     *     the server's log get the message
     */
    default void admit(String client, Fingerprint certificate) throws RefusedException {
        throw new RefusedException(Refusal.UNTRUSTED, "nobody logs in with a certificate here");
    }

    /**
     * Trusts a client's certificate from now on if it has the right code. It has proved to have the key. On the thread for logins.
     *
     * @param client where it comes from, for messages
     * @param code as it was sent, of any length
     * @param name what the client calls itself; nothing in it has been checked
     * @throws RefusedException if it is not trusted; the client and the server's log get the message
     */
    default void pair(String client, Fingerprint certificate, byte[] code, String name) throws RefusedException {
        throw new RefusedException(Refusal.NOPERM, "nobody is paired with here");
    }

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

    /** A command that the server runs for a client. */
    interface Work {
        /**
         * Runs it, on the thread that calls.
         *
         * @param output takes what it prints
         * @return its exit code
         */
        int run(OutputStream output);

        /** The client has gone: nobody waits for the end. Any thread, at any time, also before and after the run. */
        void cancel();
    }
}
