package dev.twinbox.engine.storage;

import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A store whose tree, and the numbers of whose mailboxes, can be read before anybody asks for them, while its user would only
 * wait. What was read serves once, and not when it has become old. As thread-safe as the other store.
 */
public final class TreeAhead extends ForwardingStore {
    /** How old a tree may be when it is used, in nanoseconds: somebody may have typed a password meanwhile. */
    static final long AGE_MAX = TimeUnit.SECONDS.toNanos(5);

    private final MailStore store;
    private final Clock clock;
    /** For how long mailboxes are looked at, in nanoseconds: where that takes long, nobody waits for it. */
    static final long LOOK_MAX = TimeUnit.MILLISECONDS.toNanos(500);

    private @Nullable MailboxTree ahead;
    private long readAt;
    private final Map<MailboxName, MailboxStatus> numbers = new ConcurrentHashMap<>();

    /** Hands on to {@code store}, and closes it when it is closed. */
    public TreeAhead(MailStore store, Clock clock) {
        super(store);
        this.store = store;
        this.clock = clock;
    }

    /** Reads the tree now, if there is anything. What fails will fail again for whoever asks for it. */
    public void look() {
        try {
            if (store.exists()) {
                ahead = store.tree();
                readAt = clock.monotonicNanos();
            }
        } catch (IOException e) {
            ahead = null;
        }
    }

    /** Reads numbers of mailboxes as well, after {@link #look}, as many as there is time for. */
    public void lookInside() {
        MailboxTree tree = ahead;
        if (tree == null) {
            return;
        }
        for (MailboxNode node : tree.mailboxes()) {
            if (clock.monotonicNanos() - readAt > LOOK_MAX) {
                return;
            }
            if (node.guid() != null) {
                try (Mailbox box = store.open(node.name())) {
                    numbers.put(node.name(), box.status());
                } catch (IOException e) {
                    // Whoever asks for it will be told.
                }
            }
        }
    }

    /** Something has happened since which makes all of it worth reading again. */
    public void forget() {
        ahead = null;
        forgetNumbers();
    }

    /** The numbers are not to be used: their user goes on with the mailbox at once, and it is to be as they say. */
    public void forgetNumbers() {
        numbers.clear();
    }

    @Override
    public Mailbox open(MailboxName name) throws IOException {
        Mailbox box = store.open(name);
        MailboxStatus known = numbers.remove(name);
        return known == null || clock.monotonicNanos() - readAt > AGE_MAX ? box : new Known(box, known);
    }

    /** Says once what was read ahead. */
    private static final class Known extends ForwardingMailbox {
        private @Nullable MailboxStatus known;

        Known(Mailbox box, MailboxStatus known) {
            super(box);
            this.known = known;
        }

        @Override
        public MailboxStatus status() throws IOException {
            MailboxStatus once = known;
            known = null;
            return once == null ? super.status() : once;
        }
    }

    private @Nullable MailboxTree fresh() {
        if (ahead != null && clock.monotonicNanos() - readAt > AGE_MAX) {
            ahead = null;
        }
        return ahead;
    }

    @Override
    public MailboxTree tree() throws IOException {
        MailboxTree known = fresh();
        ahead = null;
        return known != null ? known : store.tree();
    }

    @Override
    public boolean holdsMail() throws IOException {
        MailboxTree known = fresh();
        if (known == null) {
            return store.holdsMail();
        }
        for (MailboxNode node : known.mailboxes()) {
            if (node.uidNext() > 1) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void apply(TreeChange change) throws IOException {
        forget();
        store.apply(change);
    }
}
