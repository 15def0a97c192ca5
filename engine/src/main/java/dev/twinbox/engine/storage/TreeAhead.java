package dev.twinbox.engine.storage;

import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A store whose tree can be read before it is asked for, while its user would only wait. What was read serves once, and not
 * when it has become old. As thread-safe as the other store.
 */
public final class TreeAhead extends ForwardingStore {
    /** How old a tree may be when it is used, in nanoseconds: somebody may have typed a password meanwhile. */
    static final long AGE_MAX = TimeUnit.SECONDS.toNanos(5);

    private final MailStore store;
    private final Clock clock;
    private @Nullable MailboxTree ahead;
    private long readAt;

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

    /** Something has happened since which makes the tree worth reading again. */
    public void forget() {
        ahead = null;
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
        ahead = null;
        store.apply(change);
    }
}
