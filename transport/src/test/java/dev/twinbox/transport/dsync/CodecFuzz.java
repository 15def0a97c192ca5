package dev.twinbox.transport.dsync;

import dev.twinbox.transport.dsync.Wire.Said;
import java.util.List;
import java.util.SplittableRandom;

/** Whatever bytes there are: they are refused, or understood; and what was understood is understood again when it is written. */
public final class CodecFuzz {
    private static final int PIECE_MAX = 40;

    private CodecFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        List<Said> heard;
        try {
            SplittableRandom random = new SplittableRandom(data.length);
            heard = Wire.said(data, () -> 1 + random.nextInt(PIECE_MAX));
        } catch (DsyncFormatException e) {
            return;
        }
        try {
            List<Said> again = Wire.heard(Wire.written(heard)).said();
            if (!again.equals(heard)) {
                throw new AssertionError("written otherwise: " + heard + " became " + again);
            }
        } catch (DsyncFormatException e) {
            throw new AssertionError("cannot be read any more: " + heard, e);
        }
    }
}
