package dev.twinbox.engine.disk;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Objects;
import java.util.RandomAccess;

/** Names of files, one behind the other in one array: a folder may hold a million. */
final class NameList extends AbstractList<byte[]> implements RandomAccess {
    private byte[] text = new byte[512];
    private int[] ends = new int[16];
    private int size;

    /** Adds a name at the end. */
    void append(byte[] name) {
        int start = size == 0 ? 0 : ends[size - 1];
        int end = Math.addExact(start, name.length);
        if (end > text.length) {
            text = Arrays.copyOf(text, (int) Math.min(Integer.MAX_VALUE - 16, end + text.length / 2L));
        }
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size + size / 2);
        }
        System.arraycopy(name, 0, text, start, name.length);
        ends[size++] = end;
    }

    @Override
    public byte[] get(int index) {
        int start = Objects.checkIndex(index, size) == 0 ? 0 : ends[index - 1];
        return Arrays.copyOfRange(text, start, ends[index]);
    }

    @Override
    public int size() {
        return size;
    }
}
