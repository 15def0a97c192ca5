package dev.twinbox.protocol.item;

/**
 * SHA-1 (FIPS 180-4), which Dovecot names mailboxes and mails by; nothing here relies on it for security. Our own, since
 * Java's brings the whole of its providers along, which costs every short run more than all its names. Pure.
 */
public final class Sha1 {
    private static final int BLOCK = 64;
    private static final int ROUNDS = 80;

    private Sha1() {}

    /** The twenty bytes. */
    public static byte[] of(byte[] bytes) {
        int[] state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
        byte[] padded = padded(bytes);
        int[] words = new int[ROUNDS];
        for (int at = 0; at < padded.length; at += BLOCK) {
            for (int i = 0; i < BLOCK / 4; i++) {
                int from = at + 4 * i;
                words[i] = padded[from] << 24
                        | (padded[from + 1] & 0xFF) << 16
                        | (padded[from + 2] & 0xFF) << 8
                        | (padded[from + 3] & 0xFF);
            }
            for (int i = BLOCK / 4; i < ROUNDS; i++) {
                words[i] = rotated(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
            }
            mix(state, words);
        }
        byte[] digest = new byte[4 * state.length];
        for (int i = 0; i < digest.length; i++) {
            digest[i] = (byte) (state[i / 4] >>> 24 - 8 * (i % 4));
        }
        return digest;
    }

    /** Filled up to whole blocks: one bit that is set, zeros, and the length in bits. */
    private static byte[] padded(byte[] bytes) {
        int blocks = (bytes.length + 1 + Long.BYTES + BLOCK - 1) / BLOCK;
        byte[] padded = new byte[blocks * BLOCK];
        System.arraycopy(bytes, 0, padded, 0, bytes.length);
        padded[bytes.length] = (byte) 0x80;
        long bits = 8L * bytes.length;
        for (int i = 0; i < Long.BYTES; i++) {
            padded[padded.length - 1 - i] = (byte) (bits >>> 8 * i);
        }
        return padded;
    }

    private static void mix(int[] state, int[] words) {
        int a = state[0];
        int b = state[1];
        int c = state[2];
        int d = state[3];
        int e = state[4];
        for (int i = 0; i < ROUNDS; i++) {
            int mixed;
            if (i < 20) {
                mixed = (b & c | ~b & d) + 0x5A827999;
            } else if (i < 40) {
                mixed = (b ^ c ^ d) + 0x6ED9EBA1;
            } else if (i < 60) {
                mixed = (b & c | b & d | c & d) + 0x8F1BBCDC;
            } else {
                mixed = (b ^ c ^ d) + 0xCA62C1D6;
            }
            int next = rotated(a, 5) + mixed + e + words[i];
            e = d;
            d = c;
            c = rotated(b, 30);
            b = a;
            a = next;
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }

    private static int rotated(int word, int bits) {
        return word << bits | word >>> 32 - bits;
    }
}
