package dev.twinbox.engine.verify;

import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Which mail of one table is which of another. Pure. First by UID, if UIDs mean the same on both sides and the GUIDs agree;
 * then what is left by GUID, copies in the order of their UIDs; then what is still left by UID alone.
 */
final class Pairing {
    /** "Has no partner". */
    static final int NONE = -1;

    private final int[] partnerOfA;
    private final boolean[] takenOfB;

    private Pairing(int sizeA, int sizeB) {
        partnerOfA = new int[sizeA];
        Arrays.fill(partnerOfA, NONE);
        takenOfB = new boolean[sizeB];
    }

    /**
     * Pairs all rows of two tables.
     *
     * @param byUid whether equal UIDs mean anything
     */
    static Pairing of(MailboxSnapshot a, MailboxSnapshot b, boolean byUid) {
        Pairing pairing = new Pairing(a.size(), b.size());
        if (byUid) {
            pairing.pairByUid(a, b, true);
        }
        pairing.pairByGuid(a, b);
        if (byUid) {
            pairing.pairByUid(a, b, false);
        }
        return pairing;
    }

    /** The row of the second table that belongs to a row of the first, or {@link #NONE}. */
    int partner(int rowOfA) {
        return partnerOfA[rowOfA];
    }

    /** Whether a row of the second table belongs to any of the first. */
    boolean isTaken(int rowOfB) {
        return takenOfB[rowOfB];
    }

    private void pairByUid(MailboxSnapshot a, MailboxSnapshot b, boolean sameGuid) {
        int i = 0;
        int j = 0;
        while (i < a.size() && j < b.size()) {
            int order = Long.compare(a.uid(i), b.uid(j));
            if (order == 0) {
                if (partnerOfA[i] == NONE && !takenOfB[j] && (!sameGuid || a.sameGuid(i, b, j))) {
                    pair(i, j);
                }
                i++;
                j++;
            } else if (order < 0) {
                i++;
            } else {
                j++;
            }
        }
    }

    private void pairByGuid(MailboxSnapshot a, MailboxSnapshot b) {
        Map<MailGuid, Deque<Integer>> left = new HashMap<>();
        for (int j = 0; j < b.size(); j++) {
            if (!takenOfB[j]) {
                left.computeIfAbsent(b.guid(j), guid -> new ArrayDeque<>(1)).add(j);
            }
        }
        if (left.isEmpty()) {
            return;
        }
        for (int i = 0; i < a.size(); i++) {
            if (partnerOfA[i] == NONE) {
                Deque<Integer> rows = left.get(a.guid(i));
                Integer row = rows == null ? null : rows.poll();
                if (row != null) {
                    pair(i, row);
                }
            }
        }
    }

    private void pair(int i, int j) {
        partnerOfA[i] = j;
        takenOfB[j] = true;
    }
}
