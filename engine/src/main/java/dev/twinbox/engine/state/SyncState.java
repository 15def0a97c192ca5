package dev.twinbox.engine.state;

import dev.twinbox.protocol.item.MailboxGuid;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The state of a pair of accounts: of each mailbox, how far both sides agreed. Immutable; keeps the order of entering. */
public final class SyncState {
    /** Nothing is known: what a first run starts from. */
    public static final SyncState EMPTY = new SyncState(Map.of());

    private final Map<MailboxGuid, BoxState> boxes;

    private SyncState(Map<MailboxGuid, BoxState> boxes) {
        this.boxes = boxes;
    }

    /** The state of these mailboxes, in the order of the map. */
    public static SyncState of(Map<MailboxGuid, BoxState> boxes) {
        return boxes.isEmpty() ? EMPTY : new SyncState(Collections.unmodifiableMap(new LinkedHashMap<>(boxes)));
    }

    /** What is known of a mailbox. */
    public Optional<BoxState> find(MailboxGuid guid) {
        return Optional.ofNullable(boxes.get(guid));
    }

    /** The same with one mailbox entered or replaced. Copies the whole; for many see {@link #withAll}. */
    public SyncState with(MailboxGuid guid, BoxState state) {
        return withAll(Map.of(guid, state));
    }

    /** The same with these mailboxes entered or replaced; those replaced keep their place. */
    public SyncState withAll(Map<MailboxGuid, BoxState> added) {
        Map<MailboxGuid, BoxState> next = new LinkedHashMap<>(boxes);
        next.putAll(added);
        return of(next);
    }

    /** The same without one mailbox. */
    public SyncState without(MailboxGuid guid) {
        Map<MailboxGuid, BoxState> next = new LinkedHashMap<>(boxes);
        return next.remove(guid) == null ? this : of(next);
    }

    /** The same without mailboxes that are not among these: those that no longer exist are forgotten. */
    public SyncState only(Set<MailboxGuid> existing) {
        Map<MailboxGuid, BoxState> next = new LinkedHashMap<>(boxes);
        return next.keySet().retainAll(existing) ? of(next) : this;
    }

    /** All of them, in order; unmodifiable. */
    public Map<MailboxGuid, BoxState> boxes() {
        return boxes;
    }

    /** Whether nothing is known. */
    public boolean isEmpty() {
        return boxes.isEmpty();
    }

    /** The same mailboxes with the same numbers; their order does not matter. */
    @Override
    public boolean equals(Object other) {
        return other instanceof SyncState state && boxes.equals(state.boxes);
    }

    @Override
    public int hashCode() {
        return boxes.hashCode();
    }

    @Override
    public String toString() {
        return "state of " + boxes.size() + " mailboxes";
    }
}
