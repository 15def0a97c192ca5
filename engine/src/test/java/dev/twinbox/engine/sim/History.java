package dev.twinbox.engine.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * What happens to two accounts that begin with nothing but an INBOX each, as a list that can be printed, read and shortened.
 * Immutable. As text it has one {@link Operation} a line; lines that begin with {@code #} and empty ones say nothing.
 */
public record History(List<Operation> operations) {
    public History {
        operations = List.copyOf(operations);
    }

    /**
     * Reads a text.
     *
     * @throws IllegalArgumentException if a line cannot be understood
     */
    public static History parse(String text) {
        List<Operation> operations = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (!line.isBlank() && !line.startsWith("#")) {
                operations.add(Operation.parse(line.trim()));
            }
        }
        return new History(operations);
    }

    /** The text. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        operations.forEach(operation -> text.append(operation.line()).append('\n'));
        return text.toString();
    }
}
