package dev.twinbox.transport.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows {@code tcp:} in a destination. */
class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "mail.example,        mail.example, 4711",
        "mail.example:12345,  mail.example, 12345",
        "10.0.0.1:1,          10.0.0.1, 1",
        "[::1],               ::1, 4711",
        "[::1]:65535,         ::1, 65535",
        "::1,                 ::1, 4711",
        "2001:db8::7:12345,   2001:db8::7:12345, 4711"
    })
    void isAHostAndItsPort(String text, String host, int port) {
        assertEquals(new Endpoint.Tcp(host, port), Endpoint.parse(text, 4711));
    }

    @Test
    void isASocketIfThereIsASlash() {
        assertEquals(
                new Endpoint.Unix("/run/dovecot/doveadm-server"), Endpoint.parse("/run/dovecot/doveadm-server", 0));
        assertEquals(new Endpoint.Unix("./a:b"), Endpoint.parse("./a:b", 0));
    }

    @ParameterizedTest
    @CsvSource({
        "'',          no host",
        "':1',        no host",
        "'a b:1',     no host",
        "a:,          ends where a port should be",
        "[::1]:,      ends where a port should be",
        "[::1,        is no [address]:port",
        "[::1]1,      is no [address]:port",
        "a:0,         is no port",
        "a:65536,     from 1 to 65535",
        "a:99999999999999, is no port",
        "a:-1,        is no port",
        "a:+1,        is no port"
    })
    void saysWhatIsWrong(String text, String part) {
        String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(text, 4711))
                .getMessage());
        assertTrue(message.contains(part), message);
    }

    @Test
    void saysThatThereIsNoPort() {
        String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> Endpoint.parse("a", 0))
                .getMessage());
        assertTrue(message.contains("doveadm_port"), message);
    }

    @Test
    void mayBeAnyFreePortWhenListening() {
        assertEquals(new Endpoint.Tcp("a", 0), Endpoint.parseListening("a", 0));
        assertEquals(new Endpoint.Tcp("::1", 0), Endpoint.parseListening("[::1]:0", 4711));
        assertEquals(new Endpoint.Tcp("a", 4711), Endpoint.parseListening("a", 4711));
    }

    @Test
    void isShownAsItIsWritten() {
        assertEquals("[::1]:4", new Endpoint.Tcp("::1", 4).toString());
        assertEquals("a.example:4", new Endpoint.Tcp("a.example", 4).toString());
    }
}
