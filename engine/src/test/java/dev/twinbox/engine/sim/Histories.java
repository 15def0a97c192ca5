package dev.twinbox.engine.sim;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Histories that are kept as texts: the resources {@code histories/*.txt} of the kit, several in each. */
public final class Histories {
    private Histories() {}

    /**
     * Reads a resource.
     *
     * @param name {@code known} or {@code regressions}
     * @return the histories by their names, in order
     * @throws IllegalArgumentException if there is no such resource, or it cannot be understood
     */
    public static Map<String, History> read(String name) {
        try (InputStream in = Histories.class.getResourceAsStream("/histories/" + name + ".txt")) {
            if (in == null) {
                throw new IllegalArgumentException("no histories " + name);
            }
            Map<String, History> histories = new LinkedHashMap<>();
            String[] parts = new String(in.readAllBytes(), StandardCharsets.UTF_8).split("(?m)^== ");
            for (int i = 1; i < parts.length; i++) {
                int end = parts[i].indexOf('\n');
                histories.put(parts[i].substring(0, end), History.parse(parts[i].substring(end + 1)));
            }
            return histories;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
