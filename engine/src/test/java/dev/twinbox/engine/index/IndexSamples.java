package dev.twinbox.engine.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.protocol.item.Keywords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/** Index states and file bytes for tests. */
final class IndexSamples {
    /** The snapshot of storage-formats.md, section 2.1, which Dovecot 2.3.19 accepted silently. */
    static final byte[] SNAPSHOT = hex("""
            0703 7800 1001 0000 1000 0000 0100 0000
            271d 026b 0000 0000 b1cb 7400 0900 0000
            0300 0000 0000 0000 0100 0000 0000 0000
            0800 0000 0000 0000 0000 0000 0200 0000
            2800 0000 2800 0000 0000 0000 ffff ffff
            0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000
            1800 0000 0000 0000 0000 0000 0000 0800
            6462 6f78 2d68 6472 0000 0000 ffee ddcc bbaa 9988 7766 5544 3322 1100 0000 0000
            1000 0000 0000 0000 0800 0800 0800 0600
            6d6f 6473 6571 0000 2c01 0000 0000 0000 0200 0000 2800 0000
            2400 0000 0000 0000 0500 0200 0100 0800
            6b65 7977 6f72 6473 0200 0000 0000 0000 0000 0000 0000 0000 0b00 0000
            2446 6f72 7761 7264 6564 00 4a75 6e6b 00 0000 0000
            0300 0000 08 0000 00 6400 0000 0000 0000
            0700 0000 03 0300 00 fa00 0000 0000 0000
            0800 0000 00 0200 00 2c01 0000 0000 0000
            """);

    /** The beginning of a log as Dovecot writes it for sdbox (storage-formats.md, section 2.3). */
    static final byte[] LOG = hex("""
            0103 2800 891b026b 02000000 00000000 00000000 891b026b 0100000000000000 01000000 00000000
            80808089 40000000 ffffffff 00000000 18000000 0000 0000 0000 0800 64626f782d686472
            80808089 00010000 0000 1800 00000000 0d769b07891b026bcb52000083ecc375 00000000
            80808084 20000010 5000 0400 891b026b
            80808083 00000810 60000000
            80808084 02000010 01000000 08000000
            80808086 00040010 0000 0400 4a756e6b 01000000 01000000
            80808089 40000000 ffffffff 00000000 10000000 0800 0800 0000 0600 6d6f64736571 0000
            80808085 04000000 01000000 01000000 02000000
            80808088 00800010 01000000 0900000000000000 00000000 1400000000000000
            """);

    private static final String[] NAMES = {"$Forwarded", "Junk", "NonJunk", "a", "b", "c", "work", "später", "x9", "y"};

    private IndexSamples() {}

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }

    /** A random state with up to {@code mails} mails. */
    static IndexState random(SplittableRandom random, int mails) throws IndexFormatException {
        IndexState.Builder builder = IndexState.builder().uidValidity(1 + random.nextInt(1 << 30));
        boolean tracking = random.nextBoolean();
        long uid = 0;
        long highest = 20;
        for (int i = random.nextInt(mails + 1); i > 0; i--) {
            uid += random.nextInt(4) == 0 ? random.nextLong(1, 1000) : 1L;
            long modSeq = 12L + random.nextInt(5000);
            highest = Math.max(highest, modSeq);
            builder.add(uid, random.nextInt(32), keywords(random), tracking ? modSeq : 0);
        }
        long next = uid + 1 + random.nextInt(5);
        builder.tracking(tracking)
                .nextUid(next)
                .firstRecentUid(1 + random.nextLong(next))
                .highestModSeq(highest + random.nextInt(3));
        if (random.nextBoolean()) {
            builder.extension(IndexExtension.ofHeader("maildir", new byte[] {1, 2, 3, 4, 5, (byte) random.nextInt()}));
        }
        return builder.build();
    }

    static Keywords keywords(SplittableRandom random) {
        List<String> names = new ArrayList<>();
        while (random.nextInt(3) == 0) {
            names.add(NAMES[random.nextInt(NAMES.length)]);
        }
        return Keywords.of(names);
    }

    /** Rows, numbers and modseqs are the same. */
    static void assertSame(IndexState expected, IndexState actual, String message) {
        assertEquals(text(expected), text(actual), message);
    }

    static String text(IndexState state) {
        StringBuilder text = new StringBuilder();
        text.append(state.header().uidValidity()).append(' ');
        text.append(state.header().nextUid()).append(' ');
        text.append(state.header().firstRecentUid()).append(' ');
        text.append(state.highestModSeq()).append('\n');
        text.append(rows(state, true));
        return text.toString();
    }

    static String rows(IndexState state, boolean modSeqs) {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < state.size(); row++) {
            text.append(state.uid(row)).append(' ').append(state.flags(row)).append(" [");
            text.append(state.keywords(row)).append("] ");
            text.append(modSeqs ? state.modSeq(row) : "").append('\n');
        }
        return text.toString();
    }

    /** What {@link IndexSnapshotCodec#encode} writes, in one piece. */
    static byte[] snapshot(IndexState state, long indexId, long logSeq, long logOffset, long rotatedAt)
            throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        WritableByteChannel channel = Channels.newChannel(file);
        IndexSnapshotCodec.encode(state, indexId, logSeq, logOffset, rotatedAt, channel::write);
        return file.toByteArray();
    }
}
