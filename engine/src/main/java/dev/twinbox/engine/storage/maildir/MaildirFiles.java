package dev.twinbox.engine.storage.maildir;

import dev.twinbox.protocol.item.Flags;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The files of a {@link MaildirTable}, by its rows: those that are in the uidlist first, in its order. A mail has a file name of some 60 bytes, but its base is in the uidlist
 * already, and what follows the base is the same for most mails: so a row costs eight bytes. Only names of files that are not
 * in the uidlist are kept whole. Immutable. Names are strings of one byte per character.
 */
final class MaildirFiles {
    private final @Nullable Uidlist uidlist;
    private final int size;
    private final int[] listRows;
    private final int[] ends;
    private final List<MaildirName> endings;
    private final byte[][] endingBytes;
    private final int[] endingFlags;
    private final int[] endingLetters;
    private final List<MaildirName> unlisted;
    private final BitSet inNew;
    private final int usedLetters;

    private MaildirFiles(Builder from) {
        this.uidlist = from.uidlist;
        this.size = from.size;
        boolean full = from.ends.length == size;
        this.listRows = full ? from.listRows : Arrays.copyOf(from.listRows, size);
        this.ends = full ? from.ends : Arrays.copyOf(from.ends, size);
        this.endings = List.copyOf(from.endings);
        this.endingBytes = new byte[endings.size()][];
        this.endingFlags = new int[endings.size()];
        this.endingLetters = new int[endings.size()];
        for (int i = 0; i < endingBytes.length; i++) {
            endingFlags[i] = endings.get(i).flags().bits();
            endingLetters[i] = endings.get(i).keywordLetters();
            byte[] name = endings.get(i).toBytes();
            endingBytes[i] = Arrays.copyOfRange(name, STAND_IN.length(), name.length);
        }
        this.unlisted = List.copyOf(from.unlisted);
        this.inNew = from.inNew;
        this.usedLetters = from.usedLetters;
    }

    /** The uidlist's row of a mail, or -1 if it has none yet. */
    int listRow(int row) {
        return listRows[Objects.checkIndex(row, size)];
    }

    /** Whether the file lies in {@code new/}. */
    boolean isInNew(int row) {
        return inNew.get(row);
    }

    String name(int row) {
        int listRow = listRow(row);
        return listRow < 0
                ? unlisted.get(ends[row]).name()
                : list().base(listRow) + ending(row).substring(STAND_IN.length());
    }

    String base(int row) {
        int listRow = listRow(row);
        return listRow < 0 ? unlisted.get(ends[row]).base() : list().base(listRow);
    }

    /**
     * The row of a base name, or -1.
     *
     * @param listRow the name's row in the uidlist, or -1
     */
    int rowOfBase(String base, int listRow) {
        int listed = size - unlisted.size();
        int row = listRow < 0 ? -1 : Arrays.binarySearch(listRows, 0, listed, listRow);
        for (int i = 0; row < 0 && i < unlisted.size(); i++) {
            row = unlisted.get(i).base().equals(base) ? listed + i : -1;
        }
        return row;
    }

    /** Adds the name of the row's file to a sum. */
    void addTo(NameSum sum, int row) {
        int listRow = listRow(row);
        if (listRow >= 0) {
            list().addBase(listRow, sum);
        }
        byte[] rest = listRow < 0 ? unlisted.get(ends[row]).toBytes() : endingBytes[ends[row]];
        sum.next(rest, 0, rest.length);
        sum.end(isInNew(row));
    }

    private String ending(int row) {
        return endings.get(ends[row]).name();
    }

    private Uidlist list() {
        return Objects.requireNonNull(uidlist);
    }

    /** The system flags that the row's name says, as bits; never \Recent. */
    int flagBits(int row) {
        return listRow(row) < 0 ? unlisted.get(ends[row]).flags().bits() : endingFlags[ends[row]];
    }

    /** The keyword letters in the row's name: bit 0 for {@code a} to bit 25 for {@code z}. */
    int keywordLetters(int row) {
        return listRow(row) < 0 ? unlisted.get(ends[row]).keywordLetters() : endingLetters[ends[row]];
    }

    /** Keyword letters that occur in any name, as a bit mask. */
    int usedLetters() {
        return usedLetters;
    }

    /** A base, for endings to be parsed as names. */
    private static final String STAND_IN = "1";

    /** Collects rows. */
    static final class Builder {
        private final @Nullable Uidlist uidlist;
        private final int[] listRows;
        private final int[] ends;
        private final List<MaildirName> endings = new ArrayList<>();
        private final Map<String, Integer> endingIndex = new HashMap<>();
        private final List<MaildirName> unlisted = new ArrayList<>();
        private final BitSet inNew = new BitSet();
        private int usedLetters;
        private int size;

        /** Of names without keyword letters, by their flags; 0 if there was none yet. */
        private final int[] plainEndings = new int[Flags.SETTABLE + 1];

        Builder(@Nullable Uidlist uidlist, int capacity) {
            this.uidlist = uidlist;
            this.listRows = new int[capacity];
            this.ends = new int[capacity];
        }

        int size() {
            return size;
        }

        /** A file whose base is in that row of the uidlist. */
        void add(int listRow, byte[] file, boolean fresh) {
            int colon = 0;
            while (colon < file.length && file[colon] != ':') {
                colon++;
            }
            add(listRow, ending(new String(file, colon, file.length - colon, StandardCharsets.ISO_8859_1)), fresh);
        }

        /** A file in {@code cur/} whose base is in that row of the uidlist, under the name that says these flags. */
        void believe(int listRow, int flags, int keywordMask) {
            int settable = flags & Flags.SETTABLE;
            int known = keywordMask == 0 ? plainEndings[settable] - 1 : -1;
            if (known < 0) {
                known = ending(MaildirName.ofBase(STAND_IN, new Flags(settable), keywordMask)
                        .substring(STAND_IN.length()));
                if (keywordMask == 0) {
                    plainEndings[settable] = known + 1;
                }
            }
            add(listRow, known, false);
        }

        private int ending(String ending) {
            Integer known = endingIndex.get(ending);
            if (known == null) {
                known = endings.size();
                MaildirName parsed = MaildirName.parse(STAND_IN + ending).orElseThrow();
                endings.add(parsed);
                endingIndex.put(ending, known);
                usedLetters |= parsed.keywordLetters();
            }
            return known;
        }

        /** A file that is not in the uidlist. */
        void add(MaildirName file, boolean fresh) {
            unlisted.add(file);
            usedLetters |= file.keywordLetters();
            add(-1, unlisted.size() - 1, fresh);
        }

        private void add(int listRow, int end, boolean fresh) {
            listRows[size] = listRow;
            ends[size] = end;
            inNew.set(size, fresh);
            size++;
        }

        MaildirFiles build() {
            return new MaildirFiles(this);
        }
    }
}
