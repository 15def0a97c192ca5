package dev.twinbox.engine.disk;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/** Names of files, many of them one behind the other in one array: a folder may hold a million. */
final class NameList extends AbstractList<byte[]> implements RandomAccess {
    /** Names in one array; a power of two. */
    private static final int CHUNK = 1024;

    private final List<byte[]> texts = new ArrayList<>();
    private final List<int[]> ends = new ArrayList<>();
    private byte[] text = new byte[512];
    private int[] lastEnds = new int[CHUNK];
    private int size;

    /** Adds a name at the end. */
    void append(byte[] name) {
        int at = size % CHUNK;
        if (at == 0 && size > 0) {
            texts.add(Arrays.copyOf(text, lastEnds[CHUNK - 1]));
            ends.add(lastEnds);
            lastEnds = new int[CHUNK];
        }
        int start = at == 0 ? 0 : lastEnds[at - 1];
        int end = start + name.length;
        if (end > text.length) {
            text = Arrays.copyOf(text, end + text.length / 2);
        }
        System.arraycopy(name, 0, text, start, name.length);
        lastEnds[at] = end;
        size++;
    }

    @Override
    public byte[] get(int index) {
        int chunk = Objects.checkIndex(index, size) / CHUNK;
        int at = index % CHUNK;
        int[] those = chunk < ends.size() ? ends.get(chunk) : lastEnds;
        int start = at == 0 ? 0 : those[at - 1];
        return Arrays.copyOfRange(chunk < texts.size() ? texts.get(chunk) : text, start, those[at]);
    }

    @Override
    public int size() {
        return size;
    }
}
