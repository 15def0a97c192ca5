package dev.twinbox.cli.command;

import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.config.NamespaceLocation;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.session.LocalRun;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.SyncObserver;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.storage.AccountGuard;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.account.AccountOpening;
import dev.twinbox.engine.storage.dbox.MdboxStore;
import dev.twinbox.engine.storage.dbox.SdboxStore;
import dev.twinbox.engine.storage.maildir.MaildirStore;
import dev.twinbox.engine.storage.mbox.MboxStore;
import dev.twinbox.engine.storage.namespaces.Namespace;
import dev.twinbox.engine.storage.namespaces.NamespaceReport;
import dev.twinbox.engine.storage.namespaces.NamespaceStore;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.transport.link.LocalPeer;
import java.util.ArrayList;
import java.util.List;

/** Both sides in this process, on this machine's disk. */
final class LocalEngine implements Engine {
    /** Items a peer may be ahead of the other. */
    private static final int PEER_CAPACITY = 1024;

    private final Disk disk;
    private final Clock clock;
    private final Host host;

    LocalEngine(Disk disk, Clock clock, Host host) {
        this.disk = disk;
        this.clock = clock;
        this.host = host;
    }

    @Override
    public MailStore open(Location location, boolean readOnly, StoreReport report) {
        return location.namespaces().isEmpty()
                ? openOne(location, readOnly, report)
                : openNamespaces(location, readOnly, report);
    }

    private MailStore openNamespaces(Location location, boolean readOnly, StoreReport report) {
        List<Namespace> parts = new ArrayList<>();
        for (NamespaceLocation each : location.namespaces()) {
            Location at = each.location();
            MailboxName prefix = each.levels();
            StoreReport named = prefix == null ? report : new NamespaceReport(report, prefix);
            boolean known = each.prefix().isEmpty() || prefix != null;
            if (known && each.aliasFor() == null) {
                MailStore store = at == null ? null : openOne(at, readOnly, named);
                parts.add(new Namespace(prefix, each.inbox(), each.ownSubscriptions(), store));
            }
        }
        NamespaceStore store = new NamespaceStore(location.text(), parts);
        store.choose(location.chosenPrefixes());
        return store;
    }

    private MailStore openOne(Location location, boolean readOnly, StoreReport report) {
        AccountGuard guard =
                readOnly ? null : new AccountGuard(disk, location.account().root(), location.text(), clock, host);
        AccountOpening opening = new AccountOpening(
                disk,
                location.account(),
                location.text(),
                readOnly,
                location.durability(),
                location.lockWaitMillis(),
                clock,
                host,
                report,
                guard);
        return switch (location.account().format()) {
            case MAILDIR -> MaildirStore.open(opening);
            case SDBOX -> SdboxStore.open(opening);
            case MDBOX -> MdboxStore.open(opening);
            case MBOX -> MboxStore.open(opening, location.mbox());
        };
    }

    @Override
    public Outcome backup(MailStore source, MailStore destination, SyncOptions options, SyncObserver observer)
            throws InterruptedException {
        LocalPeer.Pair peers = LocalPeer.pair(PEER_CAPACITY);
        return LocalRun.backup(source, destination, peers.initiator(), peers.responder(), options, observer);
    }

    @Override
    public Outcome sync(
            MailStore first,
            MailStore second,
            boolean oneWay,
            SyncOptions options,
            SyncObserver firstObserver,
            SyncObserver secondObserver)
            throws InterruptedException {
        LocalPeer.Pair peers = LocalPeer.pair(PEER_CAPACITY);
        return LocalRun.sync(
                first, second, oneWay, peers.initiator(), peers.responder(), options, firstObserver, secondObserver);
    }
}
