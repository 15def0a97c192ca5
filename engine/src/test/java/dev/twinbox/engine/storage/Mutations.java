package dev.twinbox.engine.storage;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Damages files: cuts, flips, doubles, fills in. */
public final class Mutations {
    /** Random inputs per parser. */
    static final int ROUNDS = 10_000;

    private static final byte[] TELLING =
            "\n\r\t :,./&-\0\u0001GNVSWPO0129".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private Mutations() {}

    /** Something to be tried on damaged bytes. */
    public interface Check {
        void check(byte[] damaged) throws Exception;
    }

    /** Tries every truncation of the file, and many random damages. */
    public static void tryAll(byte[] good, Check check) {
        for (int length = 0; length <= good.length; length++) {
            run(check, Arrays.copyOf(good, length), "length " + length);
        }
        for (long seed = 0; seed < ROUNDS; seed++) {
            run(check, damage(good, new SplittableRandom(seed)), "seed " + seed);
        }
    }

    private static void run(Check check, byte[] damaged, String what) {
        try {
            check.check(damaged);
        } catch (Exception | AssertionError e) {
            throw new AssertionError(what, e);
        }
    }

    static byte[] damage(byte[] good, SplittableRandom random) {
        byte[] bytes = good.clone();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            int at = random.nextInt(bytes.length + 1);
            switch (random.nextInt(5)) {
                case 0 -> bytes = Arrays.copyOf(bytes, at);
                case 1 -> bytes = splice(bytes, at, at, new byte[] {TELLING[random.nextInt(TELLING.length)]});
                case 2 -> bytes = splice(bytes, at, Math.min(bytes.length, at + random.nextInt(8)), new byte[0]);
                case 3 -> {
                    byte[] noise = new byte[random.nextInt(40)];
                    random.nextBytes(noise);
                    bytes = splice(bytes, at, at, noise);
                }
                default -> {
                    int from = random.nextInt(at + 1);
                    bytes = splice(bytes, at, at, Arrays.copyOfRange(bytes, from, Math.min(at, from + 60)));
                }
            }
        }
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] added) {
        byte[] out = new byte[bytes.length - (to - from) + added.length];
        System.arraycopy(bytes, 0, out, 0, from);
        System.arraycopy(added, 0, out, from, added.length);
        System.arraycopy(bytes, to, out, from + added.length, bytes.length - to);
        return out;
    }
}
