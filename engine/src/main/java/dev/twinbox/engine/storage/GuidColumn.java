package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.MailGuid;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The GUIDs of a {@link MailboxSnapshot}'s rows, in UTF-8: in a text that somebody has in memory anyway, or in one of its own. */
final class GuidColumn {
    /** An odd number with many bits. */
    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

    private final byte[] lent;
    private final byte[] own;

    /** Where a row's GUID begins in the lent text, or the complement of its place in the other one. */
    private final int[] starts;

    private final char[] lengths;

    private GuidColumn(Builder from, int size) {
        this.lent = from.lent;
        this.own = Arrays.copyOf(from.own, from.ownEnd);
        boolean full = from.starts.length == size;
        this.starts = full ? from.starts : Arrays.copyOf(from.starts, size);
        this.lengths = full ? from.lengths : Arrays.copyOf(from.lengths, size);
    }

    private byte[] text(int row) {
        return starts[row] >= 0 ? lent : own;
    }

    private int start(int row) {
        return starts[row] >= 0 ? starts[row] : ~starts[row];
    }

    MailGuid guid(int row) {
        return new MailGuid(new String(text(row), start(row), lengths[row], StandardCharsets.UTF_8));
    }

    boolean same(int row, GuidColumn other, int otherRow) {
        int start = start(row);
        int otherStart = other.start(otherRow);
        return lengths[row] == other.lengths[otherRow]
                && Arrays.equals(
                        text(row),
                        start,
                        start + lengths[row],
                        other.text(otherRow),
                        otherStart,
                        otherStart + lengths[row]);
    }

    int hash(int row) {
        return hash(text(row), start(row), start(row) + lengths[row]);
    }

    static int hash(MailGuid guid) {
        byte[] text = guid.value().getBytes(StandardCharsets.UTF_8);
        return hash(text, 0, text.length);
    }

    private static int hash(byte[] bytes, int start, int end) {
        long hash = (long) end - start;
        int at = start;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            hash = (hash ^ Words.at(bytes, at)) * FACTOR;
            hash ^= hash >>> Integer.SIZE;
        }
        for (; at < end; at++) {
            hash = (hash ^ bytes[at]) * FACTOR;
        }
        return (int) (hash ^ hash >>> Integer.SIZE);
    }

    void say(int row, MailboxDigest digest) {
        byte[] text = text(row);
        int start = start(row);
        int end = start + lengths[row];
        if (!digest.asciiGuid(text, start, end)) {
            for (int i = start; i < end; i++) {
                digest.guid(text[i]);
            }
        }
    }

    /** Collects GUIDs. Those at hand as bytes must not be longer than {@link MailGuid#MAX_LENGTH} characters. */
    static final class Builder {
        private final byte[] lent;
        private byte[] own = new byte[64];
        private int ownEnd;
        private int[] starts;
        private char[] lengths;

        /** Some rows may be in that text, which must not change any more. */
        Builder(byte[] lent, int room) {
            this.lent = lent;
            this.starts = new int[room];
            this.lengths = new char[room];
        }

        void lent(int row, int start, int end) {
            room(row);
            starts[row] = start;
            lengths[row] = (char) (end - start);
        }

        void own(int row, MailGuid guid) {
            byte[] text = guid.value().getBytes(StandardCharsets.UTF_8);
            if (text.length > own.length - ownEnd) {
                own = Arrays.copyOf(own, Math.max(Math.addExact(ownEnd, text.length), own.length + own.length / 2));
            }
            System.arraycopy(text, 0, own, ownEnd, text.length);
            room(row);
            starts[row] = ~ownEnd;
            lengths[row] = (char) text.length;
            ownEnd += text.length;
        }

        private void room(int row) {
            if (row >= starts.length) {
                starts = Arrays.copyOf(starts, row + row / 2 + 16);
                lengths = Arrays.copyOf(lengths, row + row / 2 + 16);
            }
        }

        GuidColumn build(int size) {
            return new GuidColumn(this, size);
        }
    }
}
