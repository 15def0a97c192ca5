package dev.twinbox.transport.net;

/** Where a server listens: a host and a port, or a UNIX socket. */
public sealed interface Endpoint {
    /** The highest port there is. */
    int PORT_MAX = 65_535;

    /**
     * A host's port.
     *
     * @param host name or address, IPv6 without brackets
     * @param port 1 to 65535; when listening also 0, for any free one
     */
    record Tcp(String host, int port) implements Endpoint {
        /**
         * Checks the parts.
         *
         * @throws IllegalArgumentException if a part is impossible
         */
        public Tcp {
            if (host.isEmpty() || host.chars().anyMatch(c -> c <= ' ')) {
                throw new IllegalArgumentException("no host name");
            }
            if (port < 0 || port > PORT_MAX) {
                throw new IllegalArgumentException("a port is a number from 1 to " + PORT_MAX);
            }
        }

        @Override
        public String toString() {
            return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
        }
    }

    /**
     * A UNIX socket.
     *
     * @param path of it
     */
    record Unix(String path) implements Endpoint {
        @Override
        public String toString() {
            return path;
        }
    }

    /**
     * Reads what follows {@code tcp:} or {@code tcps:} in a destination: {@code host}, {@code host:port}, {@code [IPv6]:port}
     * or a path, which has a slash in it.
     *
     * @param defaultPort where none is said (Dovecot's {@code doveadm_port}); 0 if there is no default
     * @throws IllegalArgumentException if it is nothing of this; the message says what is wrong
     */
    static Endpoint parse(String text, int defaultPort) {
        if (defaultPort == 0 && text.indexOf('/') < 0 && saysNoPort(text)) {
            throw new IllegalArgumentException("no port in '" + text + "', and doveadm_port is not set");
        }
        Endpoint endpoint = parseListening(text, defaultPort);
        if (endpoint instanceof Tcp tcp && tcp.port() == 0) {
            throw new IllegalArgumentException("'0' is no port: a number from 1 to " + PORT_MAX);
        }
        return endpoint;
    }

    private static boolean saysNoPort(String text) {
        int colon = text.lastIndexOf(':');
        return text.startsWith("[") ? text.endsWith("]") : colon < 0 || text.indexOf(':') != colon;
    }

    /**
     * Reads the same for a server that will listen there: port 0 stands for any free one, also by default.
     *
     * @param defaultPort where none is said
     * @throws IllegalArgumentException if it is nothing of this; the message says what is wrong
     */
    static Endpoint parseListening(String text, int defaultPort) {
        if (text.indexOf('/') >= 0) {
            return new Unix(text);
        }
        String host = text;
        String port = "";
        int colon = text.lastIndexOf(':');
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            if (end < 0 || end + 1 < text.length() && text.charAt(end + 1) != ':') {
                throw new IllegalArgumentException("'" + text + "' is no [address]:port");
            }
            host = text.substring(1, end);
            port = end + 1 < text.length() ? text.substring(end + 2) : "";
            if (end + 1 < text.length() && port.isEmpty()) {
                throw new IllegalArgumentException("'" + text + "' ends where a port should be");
            }
        } else if (colon >= 0 && text.indexOf(':') == colon) {
            host = text.substring(0, colon);
            port = text.substring(colon + 1);
            if (port.isEmpty()) {
                throw new IllegalArgumentException("'" + text + "' ends where a port should be");
            }
        }
        if (port.isEmpty()) {
            return new Tcp(host, defaultPort);
        }
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > PORT_MAX) {
            throw new IllegalArgumentException("'" + port + "' is no port: a number from 1 to " + PORT_MAX);
        }
        return new Tcp(host, Integer.parseInt(port));
    }
}
