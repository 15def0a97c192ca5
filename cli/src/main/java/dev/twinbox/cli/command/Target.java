package dev.twinbox.cli.command;

import java.util.List;

/** Where the other end of a run is (dovecot-compatibility, section E2). */
sealed interface Target {
    /** As it was typed, for messages. */
    String text();

    /** A mail location on this machine. */
    record Local(String text) implements Target {}

    /**
     * A program whose standard input and output lead there.
     *
     * @param words the program and its arguments; the last one is {@code dsync-server}
     */
    record Command(String text, List<String> words) implements Target {
        public Command {
            words = List.copyOf(words);
        }
    }

    /**
     * A doveadm server.
     *
     * @param address host, host and port, or the path of a socket
     * @param tls whether TLS begins with the first byte
     */
    record Server(String text, String address, boolean tls) implements Target {}

    /**
     * A host that {@code dsync_remote_cmd} leads to.
     *
     * @param login empty if none was given
     * @param prefixed {@code remoteprefix:}: the command must first be told whose mail it is
     */
    record Host(String text, String login, String host, boolean prefixed) implements Target {}
}
