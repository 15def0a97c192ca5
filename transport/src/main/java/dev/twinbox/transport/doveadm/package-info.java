/**
 * Dovecot's doveadm-server protocol over a connection, at both ends: log in, ask for {@code dsync-server}, and hand over a
 * {@link dev.twinbox.transport.link.Link} on which dsync is spoken. Known to work with Dovecot 2.3 and 2.4.
 *
 * <h2>The conversation</h2>
 *
 * <p>Lines end with LF, their fields are parted by TAB and escaped as in dsync. The names are the wrong way round: the client
 * says what it wants to speak with.
 *
 * <pre>
 * C: VERSION  doveadm-server  1  MINOR
 * S: VERSION  doveadm-client  1  MINOR      if the client's minor is 1 or more
 * S: -                                      log in; or + where that is not needed
 * C: STARTTLS                               if both minors are 2 or more; no answer, TLS begins
 * C: PLAIN  base64(NUL user NUL password)   the user is called doveadm unless configured otherwise
 * S: +                                      or - and the end
 * C: (empty)  (empty)  OPTION  log-passthrough          minor 3 and more: the client wants log lines
 * C: FLAGS  USER  dsync-server  -uUSER ...              FLAGS: of D (debug), v (verbose), x (a field with extras follows)
 * S: (output, none)
 * S: +                                      or - with NOUSER, NOPERM, TEMPFAIL, USAGE, DATAERR, NOTFOUND, PROTOCOL or nothing
 * </pre>
 *
 * <p>After the last line dsync begins, in both directions, and nothing follows it. The minors of the releases: 2.2.36 to 2.3.8
 * say 1, 2.3.9 to 2.3.21 say 2, 2.4 says 3.
 *
 * <p>Any other command is run by the server itself ({@code doveadm -S}). Its arguments are a field each, {@code --} before the words
 * that are no options:
 *
 * <pre>
 * C: FLAGS  USER  sync  -u  USER  -s  STATE  --  DESTINATION
 * S: value TAB ... LF                       what it prints: escaped, a TAB behind each value
 * S: +                                      or - and a word (see CommandStatus)
 * </pre>
 *
 * <p>Two Twinboxes have two more ways to log in, in place of PLAIN, about the certificate that the client has shown when TLS began
 * (its key is proved by TLS itself), once in a connection:
 *
 * <pre>
 * C: EXTERNAL                               with that certificate
 * S: +                                      or -WORD TAB reason; after UNTRUSTED the client may still say PLAIN
 * C: PAIR  base64(code)  NAME               trust that certificate from now on; NAME is of letters, digits, dot, hyphen, _
 * S: +                                      or -WORD TAB reason; the end in either case
 * </pre>
 *
 * <h2>Channels</h2>
 *
 * <p>From the login on, what the server says is in packets, if both minors are 1 or more: a byte that names the channel, 0
 * for the command's output and dsync, {@code L} for log lines; the length in four bytes, high byte first; the data. Where a
 * packet ends means nothing. A log line is a byte for its severity (1 debug, 2 info, 3 warning, 4 error, 5 fatal, 6 panic),
 * text, LF. Log lines come unasked at minors 1 and 2. What the client says is never in packets.
 *
 * <p>A packet may be empty. Our server sends such ones over TLS to a client whom it waits for: a doveadm up to 2.4.4 takes from the network
 * what comes while it writes, and looks at it only when more comes.
 *
 * <p>{@code doveadm_api_key} has no place in this protocol: it belongs to Dovecot's HTTP interface.
 */
@NullMarked
package dev.twinbox.transport.doveadm;

import org.jspecify.annotations.NullMarked;
