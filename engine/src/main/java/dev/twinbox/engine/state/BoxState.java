package dev.twinbox.engine.state;

import dev.twinbox.protocol.item.Uid;

/**
 * How far both sides agreed in one mailbox when its last exchange ended. Immutable.
 *
 * @param uidValidity the UIDVALIDITY then, 1 to 2<sup>32</sup>-1; 0 if everything must be compared anew
 * @param commonUid up to this UID both sides had the same mails, 0 to 2<sup>32</sup>-1
 * @param commonModSeq up to this modseq both sides had the same changes, 0 to 2<sup>63</sup>-1
 * @param commonPrivateModSeq the same of private flags in shared mailboxes
 * @param messages number of mails, 0 to 2<sup>32</sup>-1
 */
public record BoxState(long uidValidity, long commonUid, long commonModSeq, long commonPrivateModSeq, long messages) {
    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public BoxState {
        unsigned32("UIDVALIDITY", uidValidity);
        unsigned32("common UID", commonUid);
        unsigned32("number of mails", messages);
        if (commonModSeq < 0 || commonPrivateModSeq < 0) {
            throw new IllegalArgumentException(
                    "common modseq out of range: " + commonModSeq + ", private " + commonPrivateModSeq);
        }
    }

    private static void unsigned32(String what, long value) {
        if (value < 0 || value > Uid.MAX) {
            throw new IllegalArgumentException(what + " out of range: " + value);
        }
    }
}
