package dev.twinbox.engine.storage.account;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a file, but not without end. Messages say where, and never what the file holds. */
public final class Problems {
    /** Most problems of one file that are spelled out. */
    public static final int SPELLED_MAX = 20;

    private final List<String> messages = new ArrayList<>();
    private int more;

    public void add(String message) {
        if (messages.size() < SPELLED_MAX) {
            messages.add(message);
        } else {
            more++;
        }
    }

    public void line(int line, String what) {
        if (messages.size() < SPELLED_MAX) {
            messages.add("line " + line + ": " + what);
        } else {
            more++;
        }
    }

    /** Whether there are none so far. */
    public boolean isEmpty() {
        return toList().isEmpty();
    }

    public List<String> toList() {
        if (more == 0) {
            return List.copyOf(messages);
        }
        List<String> all = new ArrayList<>(messages);
        all.add("and " + more + " more");
        return List.copyOf(all);
    }
}
