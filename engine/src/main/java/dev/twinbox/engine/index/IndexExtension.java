package dev.twinbox.engine.index;

import java.util.Arrays;

/**
 * One extension of an index: a header and a record per mail, either of which may be empty. Twinbox understands
 * {@code keywords} and {@code modseq}; all others are bytes. Immutable.
 */
public final class IndexExtension {
    /** Name of the extension that holds keywords. */
    public static final String KEYWORDS = "keywords";

    /** Name of the extension that holds modseqs; where it is missing, modseqs of single mails are not tracked. */
    public static final String MODSEQ = "modseq";

    /** Name of the extension that points into {@code dovecot.index.cache}. */
    public static final String CACHE = "cache";

    /** Longest name, header and record, in bytes (all but the header are 16 bits wide in the files). */
    public static final int SIZE_MAX = 0xFFFF;

    private final String name;
    private final long resetId;
    private final int recordSize;
    private final int recordAlign;
    private final byte[] header;
    private final byte[] records;

    /** Takes the arrays as they are; {@code records} is empty if every record is zero. */
    IndexExtension(String name, long resetId, int recordSize, int recordAlign, byte[] header, byte[] records) {
        this.name = name;
        this.resetId = resetId;
        this.recordSize = recordSize;
        this.recordAlign = recordAlign;
        this.header = header;
        this.records = records;
    }

    /** An extension with a header and no records. */
    public static IndexExtension ofHeader(String name, byte[] header) {
        return new IndexExtension(name, 0, 0, 0, header.clone(), new byte[0]);
    }

    /**
     * An extension with records for the mails of an index in their order.
     *
     * @param recordAlign 1, 2, 4 or 8
     * @param records the records, {@code recordSize} bytes each
     */
    public static IndexExtension of(
            String name, long resetId, byte[] header, int recordSize, int recordAlign, byte[] records) {
        if (recordSize < 0 || recordSize > SIZE_MAX || Integer.bitCount(recordAlign) != 1 || recordAlign > 8) {
            throw new IllegalArgumentException("record size " + recordSize + ", alignment " + recordAlign);
        }
        return new IndexExtension(name, resetId, recordSize, recordAlign, header.clone(), records.clone());
    }

    /** The name, one character per byte. */
    public String name() {
        return name;
    }

    /** Changes whenever the records lose their meaning. */
    public long resetId() {
        return resetId;
    }

    /** Bytes per mail. */
    public int recordSize() {
        return recordSize;
    }

    /** What the records' place in the file is a multiple of. */
    public int recordAlign() {
        return recordAlign;
    }

    /** A copy of the header. */
    public byte[] header() {
        return header.clone();
    }

    /** A copy of a mail's record. */
    public byte[] record(int row) {
        return records.length == 0
                ? new byte[recordSize]
                : Arrays.copyOfRange(records, row * recordSize, (row + 1) * recordSize);
    }

    byte[] rawHeader() {
        return header;
    }

    byte[] rawRecords() {
        return records;
    }
}
