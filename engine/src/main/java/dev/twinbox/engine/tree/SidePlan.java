package dev.twinbox.engine.tree;

import dev.twinbox.engine.tree.SideMoves.Spot;
import dev.twinbox.engine.tree.TreeChange.Create;
import dev.twinbox.engine.tree.TreeChange.CreateFolder;
import dev.twinbox.engine.tree.TreeChange.DeleteFolder;
import dev.twinbox.engine.tree.TreeChange.SetGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What one side has to do for what was decided. */
final class SidePlan {
    private final int side;
    private final List<TreeMerge.Side> sides;
    private final Matching matching;
    private final List<Group> groups;
    private final Identities identities;
    private final FolderLife life;
    private final SideMoves moves;
    private final List<TreeChange> before = new ArrayList<>();
    private final List<TreeChange> after = new ArrayList<>();
    private final List<TreeChange> late = new ArrayList<>();

    SidePlan(int side, List<TreeMerge.Side> sides, Matching matching, List<Group> groups, Identities identities) {
        this.side = side;
        this.sides = sides;
        this.matching = matching;
        this.groups = groups;
        this.identities = identities;
        this.life = new FolderLife(sides, groups, matching.deleted);
        Set<MailboxName> known = new HashSet<>();
        for (TreeMerge.Side each : sides) {
            each.tree().nodes().forEach(node -> known.add(node.name()));
        }
        groups.forEach(group -> known.add(Objects.requireNonNull(group.name)));
        this.moves = new SideMoves(side, matching, known);
    }

    /** The plan, or, for a side that is not changed, what it is told. */
    TreeMerge.Plan plan(boolean changed) {
        if (!changed) {
            Map<MailboxName, MailboxName> origins = new HashMap<>();
            for (Group group : groups) {
                Place place = group.mailbox(side);
                if (place != null) {
                    origins.put(Objects.requireNonNull(group.name), place.name());
                }
            }
            return new TreeMerge.Plan(List.of(), List.of(), origins, List.of());
        }
        moves.deleteDead(life);
        moves.arrange(groups);
        identify();
        create();
        createFolders();
        before.addAll(Subscriptions.changes(side, sides));
        Map<MailboxName, MailboxName> origins = new HashMap<>();
        moves.all().forEach((name, spot) -> {
            if (spot.origin != null && !spot.made && (spot.mailbox || spot.doomedBox)) {
                origins.put(name, spot.origin.name());
            }
        });
        delete();
        after.addAll(late);
        return new TreeMerge.Plan(before, after, origins, matching.notes);
    }

    private void identify() {
        before.addAll(moves.changes);
        moves.changes.clear();
        // INBOX first: it may have to give up a GUID that another mailbox gets.
        List<Group> order = new ArrayList<>(groups);
        order.sort(Comparator.comparing(group -> !group.isInbox()));
        for (Group group : order) {
            Place place = group.mailbox(side);
            if (place != null && !identities.of(group).equals(place.guid())) {
                before.add(new SetGuid(Objects.requireNonNull(group.name), identities.of(group)));
            }
        }
    }

    private void create() {
        for (Group group : groups) {
            Place other = group.mailbox(1 - side);
            if (other == null || group.mailbox(side) != null) {
                continue;
            }
            Spot spot = moves.freeFor(group);
            before.addAll(moves.changes);
            moves.changes.clear();
            MailboxNode node = Objects.requireNonNull(other.node);
            before.add(new Create(spot.name(), identities.of(group), node.uidValidity()));
        }
    }

    private void createFolders() {
        for (Group group : groups) {
            if (life.isWanted(group) && !moves.at(group).folder) {
                long time = Math.max(1, life.time(group));
                (moves.at(group).doomedBox ? late : before)
                        .add(new CreateFolder(Objects.requireNonNull(group.name), time));
            }
        }
    }

    private void delete() {
        List<Spot> spots = new ArrayList<>(moves.all().values());
        Collections.reverse(spots);
        for (Spot spot : spots) {
            if (spot.isPinned()) {
                continue;
            }
            if (spot.doomedBox) {
                moves.delete(spot, after);
            }
            boolean stays = spot == moves.primary(spot.group) && life.isAlive(spot.group);
            if (spot.folder && !stays && !spot.hasChildren()) {
                spot.folder = false;
                after.add(new DeleteFolder(spot.name(), Math.max(1, life.deleted(spot.group))));
            }
        }
    }
}
