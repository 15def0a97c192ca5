/**
 * Dovecot's text protocol for two ends of a run, dsync 3.5: bytes to items and items to bytes, without any I/O. {@link
 * dev.twinbox.transport.dsync.DsyncDecoder} reads, {@link dev.twinbox.transport.dsync.DsyncEncoder} writes; which item may
 * come when is not known here (that is {@link dev.twinbox.protocol.dialogue.Dialogue}).
 *
 * <h2>Lines</h2>
 *
 * <p>Both ends write their greeting at once: the version, one header line for each kind of item, a dot.
 *
 * <pre>
 * VERSION TAB dsync TAB 3 TAB 5 LF
 * Hhostname TAB sync_ns_prefix TAB ... LF       letter, then the keys in the order in which this end says them
 * Smailbox_guid TAB ... LF
 * ...
 * . LF
 * </pre>
 *
 * <p>Then items, one a line: the letter, then the values in the order of the header line <em>that the same end announced</em>,
 * joined by TAB. A dot alone ends a list, {@code X} alone says that the speaker closes. The major version must be 3; the
 * minor of the other end, whatever it is, says what it knows ({@link dev.twinbox.transport.dsync.DsyncVersion}). A reader
 * ignores letters in the greeting and keys that it does not know, misses optional keys without complaint, and drops one CR
 * before the LF. The letters and keys are in {@link dev.twinbox.transport.dsync.Formats} and the classes it lists.
 *
 * <h2>Values</h2>
 *
 * <ul>
 *   <li>Absent: the byte 0x02. Absent values at the end of a line are left out. Empty is not absent: a yes is an empty value.
 *   <li>A value that begins with 0x02 gets another 0x02 in front.
 *   <li>0x01, TAB, LF, CR and NUL are written as 0x01 with {@code 1}, {@code t}, {@code n}, {@code r}, {@code 0}. 0x01 before
 *       another byte stands for that byte.
 *   <li>A list within a value: its parts escaped and joined by TAB, and the whole escaped again, as any value.
 *   <li>Numbers are decimal, flags, received dates and sizes of mail_change hexadecimal; times are seconds since 1970;
 *       GUIDs of mailboxes and hashes are 32 lower-case hex digits; text is UTF-8.
 * </ul>
 *
 * <h2>Bodies</h2>
 *
 * <p>After the line of a mail or attribute with the key {@code stream} come the bytes of the content as they are, with a dot
 * doubled at the beginning of each line, then always CR LF dot CR LF. A line begins after an LF, and at the very first byte:
 * there older Dovecots (all up to 2.4.4, unless patched) do not double the dot. Their mail that begins with a line of one
 * dot would end its body there, and make whatever the mail says next look like items. So here a body ends at CR LF dot CR LF
 * only and never at its first line, and a dot at the beginning of a line that is not doubled is content. A sender that
 * doubles its dots never writes either, so nothing of what it says is read otherwise. (Of a mail that begins with two dots, one
 * that does not double them is still robbed of one: it cannot be told from one that does.)
 *
 * <h2>What is not said</h2>
 *
 * <p>Twinboxes say more to each other than dsync can: hints, digests, planning passes, the modseq of each flag, mailboxes
 * that cannot be read. That is left out when writing, and not there after reading. Only for the last there is no way of
 * saying less: {@link dev.twinbox.transport.dsync.DsyncEncoder#item} refuses it.
 */
@NullMarked
package dev.twinbox.transport.dsync;

import org.jspecify.annotations.NullMarked;
