package dev.twinbox.engine.storage.namespaces;

import dev.twinbox.engine.storage.BodyStarts;
import dev.twinbox.engine.storage.Capabilities;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Several stores as one: each name lies in the namespace with the longest prefix that it has. Only namespaces that were chosen
 * are seen and written; what lies in another one is not there, and nothing can be made in it. Names as in Dovecot, where a
 * mailbox that another namespace's prefix covers is seen by nobody.
 */
public final class NamespaceStore implements MailStore {
    private final String description;
    private final List<Namespace> all;
    private List<Namespace> chosen;

    /**
     * All of them are chosen at first.
     *
     * @param description the account, for messages
     * @param all all namespaces that users have, with distinct prefixes; the stores are closed with this one
     */
    public NamespaceStore(String description, List<Namespace> all) {
        this.description = description;
        this.all = List.copyOf(all);
        this.chosen = taking(this.all);
    }

    private static List<Namespace> taking(List<Namespace> namespaces) {
        List<Namespace> some = new ArrayList<>();
        for (Namespace namespace : namespaces) {
            if (namespace.store() != null) {
                some.add(namespace);
            }
        }
        return some;
    }

    /**
     * From now on only these take part.
     *
     * @param prefixes of namespaces with a store, null for none; at least one
     */
    public void choose(List<@Nullable MailboxName> prefixes) {
        List<Namespace> some = new ArrayList<>();
        for (Namespace namespace : taking(all)) {
            if (prefixes.contains(namespace.prefix())) {
                some.add(namespace);
            }
        }
        if (some.isEmpty()) {
            throw new IllegalArgumentException("no such namespace");
        }
        chosen = some;
    }

    private static MailStore store(Namespace namespace) {
        return Objects.requireNonNull(namespace.store());
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public Capabilities capabilities() {
        Capabilities sum = store(chosen.get(0)).capabilities();
        for (Namespace namespace : chosen) {
            Capabilities one = store(namespace).capabilities();
            sum = new Capabilities(
                    sum.hasGuids() && one.hasGuids(),
                    sum.keepsGuidOnSave() && one.keepsGuidOnSave(),
                    sum.onlyGuid128() || one.onlyGuid128(),
                    sum.separator(),
                    sum.folders() && one.folders());
        }
        return sum;
    }

    @Override
    public boolean keepsAttributes() {
        for (Namespace namespace : chosen) {
            if (!store(namespace).keepsAttributes()) {
                return false;
            }
        }
        return true;
    }

    /** One place for all: what is kept there says nothing of where it belongs. */
    @Override
    public BodyStarts bodyStarts() {
        return store(chosen.get(0)).bodyStarts();
    }

    @Override
    public boolean exists() throws IOException {
        for (Namespace namespace : chosen) {
            if (store(namespace).exists()) {
                return true;
            }
        }
        return false;
    }

    /** In any of them: who asks has perhaps not said yet what takes part. */
    @Override
    public boolean holdsMail() throws IOException {
        for (Namespace namespace : taking(all)) {
            if (store(namespace).holdsMail()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public MailboxTree tree() throws IOException {
        TreeJoin join = new TreeJoin(this);
        for (Namespace namespace : taking(all)) {
            if (chosen.contains(namespace) || isAsked(namespace)) {
                join.add(namespace, store(namespace).tree());
            }
        }
        return join.tree();
    }

    /** Whether it keeps the subscriptions of one that was chosen. */
    private boolean isAsked(Namespace namespace) {
        for (Namespace one : chosen) {
            if (subscriptions(one).equals(namespace)) {
                return true;
            }
        }
        return false;
    }

    boolean isChosen(Namespace namespace) {
        return chosen.contains(namespace);
    }

    /** The namespace that keeps the subscriptions of another one's names. */
    Namespace subscriptions(Namespace namespace) {
        if (namespace.ownSubscriptions() || namespace.prefix() == null) {
            return namespace;
        }
        Namespace host = null;
        for (Namespace other : all) {
            boolean around = other.prefix() == null || namespace.prefix().isBelow(other.prefix());
            if (other.store() != null
                    && other.ownSubscriptions()
                    && around
                    && (host == null || other.depth() > host.depth())) {
                host = other;
            }
        }
        return host == null ? namespace : host;
    }

    /** The namespace of a name as users see it; null if there is none. */
    @Nullable
    Namespace of(MailboxName name) {
        Namespace found = null;
        for (Namespace namespace : all) {
            if (namespace.spans(name) && (found == null || namespace.depth() > found.depth())) {
                found = namespace;
            }
        }
        return found;
    }

    @Override
    public boolean knowsSubscriptions() throws IOException {
        for (Namespace namespace : chosen) {
            if (!store(subscriptions(namespace)).knowsSubscriptions()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Mailbox open(MailboxName name) throws IOException {
        Namespace namespace = require(name);
        Mailbox box = store(namespace).open(stored(namespace, name));
        return namespace.prefix() == null || name.isInbox() ? box : new NamedMailbox(box, name);
    }

    /** Where a name lies that takes part. */
    private Namespace require(MailboxName name) throws NotPossibleException {
        Namespace namespace = of(name);
        if (namespace == null) {
            throw new NotPossibleException(
                    "mailbox " + name + ": no namespace here has room for it; leave it out (-x)");
        }
        if (!chosen.contains(namespace)) {
            throw new NotPossibleException("mailbox " + name + " lies in the namespace " + namespace.describe()
                    + ", which takes no part; choose it with -n or -N, or leave the mailbox out (-x)");
        }
        if (isOnlyFolder(name)) {
            throw new NotPossibleException(
                    "mailbox " + name + " has the name of a namespace; give it another name or" + " leave it out (-x)");
        }
        return namespace;
    }

    @Override
    public boolean isOnlyFolder(MailboxName name) {
        for (Namespace namespace : all) {
            if (name.equals(namespace.prefix()) && !name.isInbox()) {
                return true;
            }
        }
        return false;
    }

    private static MailboxName stored(Namespace namespace, MailboxName name) throws NotPossibleException {
        MailboxName stored = namespace.stored(name);
        if (stored == null) {
            throw new NotPossibleException("mailbox " + name
                    + ": the first name of a namespace cannot be INBOX; give it another name or leave it out (-x)");
        }
        return stored;
    }

    @Override
    public void apply(TreeChange change) throws IOException {
        boolean folder = change instanceof TreeChange.CreateFolder || change instanceof TreeChange.DeleteFolder;
        if (folder && isOnlyFolder(change.name())) {
            return; // there as long as the server is set up so
        }
        Namespace namespace = require(change.name());
        boolean subscription = change instanceof TreeChange.Subscribe || change instanceof TreeChange.Unsubscribe;
        if (subscription && !subscriptions(namespace).equals(namespace)) {
            subscribe(subscriptions(namespace), change);
            return;
        }
        MailboxName name = stored(namespace, change.name());
        MailStore store = store(namespace);
        if (change instanceof TreeChange.Create c) {
            store.apply(new TreeChange.Create(name, c.guid(), c.uidValidity()));
        } else if (change instanceof TreeChange.CreateFolder c) {
            store.apply(new TreeChange.CreateFolder(name, c.time()));
        } else if (change instanceof TreeChange.Rename c) {
            store.apply(new TreeChange.Rename(name, renamed(namespace, c), c.time()));
        } else if (change instanceof TreeChange.Delete c) {
            store.apply(new TreeChange.Delete(name, c.guid(), c.time()));
        } else if (change instanceof TreeChange.DeleteFolder c) {
            store.apply(new TreeChange.DeleteFolder(name, c.time()));
        } else if (change instanceof TreeChange.SetGuid c) {
            store.apply(new TreeChange.SetGuid(name, c.guid()));
        } else if (change instanceof TreeChange.Subscribe c) {
            store.apply(new TreeChange.Subscribe(name, c.time()));
        } else if (change instanceof TreeChange.Unsubscribe c) {
            store.apply(new TreeChange.Unsubscribe(name, c.time()));
        } else {
            throw new IllegalStateException("unknown change " + change);
        }
    }

    /**
     * In the file of another namespace a server writes a name as users see it, whatever separates levels there; but it may
     * have been written otherwise.
     */
    private void subscribe(Namespace host, TreeChange change) throws IOException {
        MailStore store = store(host);
        MailboxName levels = stored(host, change.name());
        MailboxName written =
                new MailboxName(List.of(levels.join(store.capabilities().separator())));
        if (change instanceof TreeChange.Subscribe c) {
            store.apply(new TreeChange.Subscribe(written, c.time()));
        } else if (change instanceof TreeChange.Unsubscribe c) {
            store.apply(new TreeChange.Unsubscribe(written, c.time()));
            store.apply(new TreeChange.Unsubscribe(levels, c.time()));
        }
    }

    private MailboxName renamed(Namespace namespace, TreeChange.Rename change) throws NotPossibleException {
        Namespace target = require(change.to());
        if (!target.equals(namespace)) {
            throw new NotPossibleException("mailbox " + change.name() + " cannot be renamed to " + change.to()
                    + ": they are in different namespaces; move its mails instead");
        }
        return stored(target, change.to());
    }

    @Override
    public @Nullable Damage damage() {
        for (Namespace namespace : taking(all)) {
            Damage damage = store(namespace).damage();
            if (damage != null) {
                return damage;
            }
        }
        return null;
    }

    @Override
    public long purge() throws IOException {
        long freed = 0;
        for (Namespace namespace : chosen) {
            freed += store(namespace).purge();
        }
        return freed;
    }

    @Override
    public void flush() throws IOException {
        for (Namespace namespace : taking(all)) {
            store(namespace).flush();
        }
    }

    @Override
    public void close() throws IOException {
        IOException first = null;
        for (Namespace namespace : taking(all)) {
            try {
                store(namespace).close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
