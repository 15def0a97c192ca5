package dev.twinbox.engine.merge;

import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * The GUIDs under which the mails of one side go to the other where mails are told apart by their header hashes. A mail
 * that has a GUID takes it along. One that has none is given one: 128 bits of a SHA-256 over mailbox, UIDVALIDITY, UID and
 * hash. So two mails with the same hash never share a GUID, and a mail that is fetched twice gets the same one again.
 *
 * @param mailbox the mailbox the mails lie in
 * @param uidValidity its UIDVALIDITY at the side that has them
 * @param known GUIDs of those mails that have one, by UID
 */
public record CopyNames(MailboxGuid mailbox, long uidValidity, Map<Long, MailGuid> known) {
    private static final int GUID_BYTES = 16;

    public CopyNames {
        known = Map.copyOf(known);
    }

    /** The GUID that a copy of a mail gets. */
    public MailGuid of(long uid, MailGuid hash) {
        MailGuid guid = known.get(uid);
        if (guid != null) {
            return guid;
        }
        String text = mailbox + " " + uidValidity + " " + uid + " " + hash;
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return new MailGuid(HexFormat.of().formatHex(sum, 0, GUID_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
