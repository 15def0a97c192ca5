package dev.twinbox.engine.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What survives: the rules of {@link SimDisk} for syncs, copies and power losses.
 *
 * <p>Of every folder's unsynced changes a prefix survives, independently of other folders, except that a rename from one
 * folder to another is there in both or in neither. Of a file's unsynced bytes anything may survive, in blocks: the old
 * bytes, the new ones, zeros, and any size between the old and the new. Syncing a file does not sync its name.
 */
final class SimPower {
    /** What a disk writes at once, bytes. */
    private static final int BLOCK = 512;

    private final Map<SimNode, SimNode> copies = new LinkedHashMap<>();
    private final Map<SimNode.Folder, Integer> survivors = new LinkedHashMap<>();
    private final Map<SimNode.Change, SimNode.Change> changeCopies = new LinkedHashMap<>();
    private final @Nullable SplittableRandom random;

    private SimPower(@Nullable SplittableRandom random) {
        this.random = random;
    }

    /** Makes all changes of a folder durable, and those of other folders that hang together with them. */
    static void syncFolder(SimNode.Folder folder) {
        Map<SimNode.Folder, Integer> cuts = new LinkedHashMap<>();
        cuts.put(folder, folder.pending.size());
        boolean grown = true;
        while (grown) {
            grown = false;
            for (SimNode.Folder each : new ArrayList<>(cuts.keySet())) {
                int cut = cuts.getOrDefault(each, 0);
                for (SimNode.Change change : each.pending.subList(0, cut)) {
                    SimNode.Change partner = change.partner;
                    if (partner != null) {
                        int needed = partner.folder.pending.indexOf(partner) + 1;
                        if (cuts.getOrDefault(partner.folder, 0) < needed) {
                            cuts.put(partner.folder, needed);
                            grown = true;
                        }
                    }
                }
            }
        }
        for (Map.Entry<SimNode.Folder, Integer> entry : cuts.entrySet()) {
            List<SimNode.Change> done = entry.getKey().pending.subList(0, entry.getValue());
            for (SimNode.Change change : done) {
                change.applyTo(entry.getKey().durable);
                entry.getKey().durableMillis = change.millis;
            }
            done.clear();
        }
    }

    /** Makes everything below a folder durable. */
    static void syncAll(SimNode.Folder root) {
        List<SimNode> nodes = new ArrayList<>();
        collect(root, nodes, new LinkedHashMap<>());
        for (SimNode node : nodes) {
            if (node instanceof SimNode.File file) {
                if (!file.isDurable()) {
                    file.sync();
                }
            } else if (node instanceof SimNode.Folder folder) {
                folder.durable.clear();
                folder.durable.putAll(folder.live);
                if (!folder.pending.isEmpty()) {
                    folder.durableMillis = folder.pending.get(folder.pending.size() - 1).millis;
                }
                folder.pending.clear();
            }
        }
    }

    private static void collect(SimNode node, List<SimNode> into, Map<SimNode, Boolean> seen) {
        if (seen.put(node, true) == null) {
            into.add(node);
            if (node instanceof SimNode.Folder folder) {
                // What was moved out is reached by its new name, what was removed by none; both need no data any more.
                for (SimNode child : folder.live.values()) {
                    collect(child, into, seen);
                }
            }
        }
    }

    /** The same tree again, unsynced state included. */
    static SimNode.Folder copy(SimNode.Folder root) {
        SimPower power = new SimPower(null);
        SimNode.Folder copy = (SimNode.Folder) power.exactCopy(root);
        for (Map.Entry<SimNode.Change, SimNode.Change> entry : power.changeCopies.entrySet()) {
            SimNode.Change partner = entry.getKey().partner;
            entry.getValue().partner = partner == null ? null : power.changeCopies.get(partner);
        }
        return copy;
    }

    /** What is left of the tree after a power loss. */
    static SimNode.Folder crash(SimNode.Folder root, SplittableRandom random) {
        SimPower power = new SimPower(random);
        power.chooseSurvivors(root);
        return (SimNode.Folder) power.survivorCopy(root);
    }

    private SimNode exactCopy(SimNode node) {
        SimNode known = copies.get(node);
        if (known != null) {
            return known;
        }
        SimNode copy = emptyCopy(node);
        copies.put(node, copy);
        if (node instanceof SimNode.File file) {
            SimNode.File to = (SimNode.File) copy;
            to.data = file.data.clone();
            to.length = file.length;
            to.durable = file.durable;
            to.durableMtimeSeconds = file.durableMtimeSeconds;
            to.durableMtimeNanos = file.durableMtimeNanos;
        } else if (node instanceof SimNode.Folder folder) {
            SimNode.Folder to = (SimNode.Folder) copy;
            folder.live.forEach((name, child) -> to.live.put(name, exactCopy(child)));
            folder.durable.forEach((name, child) -> to.durable.put(name, exactCopy(child)));
            to.durableMillis = folder.durableMillis;
            for (SimNode.Change change : folder.pending) {
                SimNode.Change again = new SimNode.Change(
                        to, change.removed, change.added, change.node == null ? null : exactCopy(change.node));
                again.millis = change.millis;
                changeCopies.put(change, again);
                to.pending.add(again);
            }
        }
        return copy;
    }

    private static SimNode emptyCopy(SimNode node) {
        SimNode copy;
        if (node instanceof SimNode.File) {
            copy = new SimNode.File(node.id, node.mode, 0);
        } else if (node instanceof SimNode.Folder) {
            copy = new SimNode.Folder(node.id, node.mode, 0);
        } else if (node instanceof SimNode.Link link) {
            copy = new SimNode.Link(node.id, 0, link.target);
        } else {
            copy = new SimNode.Special(node.id, 0);
        }
        copy.copyTimes(node);
        return copy;
    }

    private SplittableRandom random() {
        if (random == null) {
            throw new IllegalStateException("an exact copy needs no luck");
        }
        return random;
    }

    /** Every folder that may be reached gets a random prefix; then halves of renames that stand alone are cut off. */
    private void chooseSurvivors(SimNode.Folder root) {
        choose(root);
        boolean shrunk = true;
        while (shrunk) {
            shrunk = false;
            for (Map.Entry<SimNode.Folder, Integer> entry : survivors.entrySet()) {
                for (int i = 0; i < entry.getValue(); i++) {
                    SimNode.Change partner = entry.getKey().pending.get(i).partner;
                    if (partner != null
                            && partner.folder.pending.indexOf(partner) >= survivors.getOrDefault(partner.folder, 0)) {
                        entry.setValue(i);
                        shrunk = true;
                    }
                }
            }
        }
    }

    private void choose(SimNode node) {
        if (node instanceof SimNode.Folder folder && !survivors.containsKey(folder)) {
            survivors.put(folder, random().nextInt(folder.pending.size() + 1));
            folder.durable.values().forEach(this::choose);
            folder.live.values().forEach(this::choose);
            for (SimNode.Change change : folder.pending) {
                if (change.node != null) {
                    choose(change.node);
                }
                if (change.partner != null) {
                    choose(change.partner.folder);
                }
            }
        }
    }

    private SimNode survivorCopy(SimNode node) {
        SimNode known = copies.get(node);
        if (known != null) {
            return known;
        }
        SimNode copy = emptyCopy(node);
        copies.put(node, copy);
        if (node instanceof SimNode.File file) {
            tear(file, (SimNode.File) copy);
        } else if (node instanceof SimNode.Folder folder) {
            SimNode.Folder to = (SimNode.Folder) copy;
            Map<String, SimNode> left = new TreeMap<>(folder.durable);
            int kept = survivors.getOrDefault(folder, 0);
            for (SimNode.Change change : folder.pending.subList(0, kept)) {
                change.applyTo(left);
            }
            if (kept < folder.pending.size()) {
                to.changed(kept == 0 ? folder.durableMillis : folder.pending.get(kept - 1).millis);
            }
            left.forEach((name, child) -> to.live.put(name, survivorCopy(child)));
            to.durable.putAll(to.live);
        }
        return copy;
    }

    private void tear(SimNode.File from, SimNode.File to) {
        if (from.isDurable()) {
            set(to, from.durable);
        } else {
            switch (random().nextInt(4)) {
                case 0 -> set(to, from.durable);
                case 1 -> set(to, Arrays.copyOf(from.data, from.length));
                default -> set(to, torn(from));
            }
            if (random().nextBoolean()) {
                to.mtimeSeconds = from.durableMtimeSeconds;
                to.mtimeNanos = from.durableMtimeNanos;
            }
        }
        to.sync();
    }

    private static void set(SimNode.File file, byte[] bytes) {
        file.data = bytes.clone();
        file.length = bytes.length;
    }

    private byte[] torn(SimNode.File file) {
        int shorter = Math.min(file.length, file.durable.length);
        int longer = Math.max(file.length, file.durable.length);
        byte[] result = new byte[shorter + random().nextInt(longer - shorter + 1)];
        for (int start = 0; start < result.length; start += BLOCK) {
            int end = Math.min(start + BLOCK, result.length);
            boolean isNew = random().nextBoolean();
            for (int i = start; i < end; i++) {
                boolean inNew = i < file.length;
                boolean inOld = i < file.durable.length;
                if (isNew && inNew) {
                    result[i] = file.data[i];
                } else if (inOld) {
                    result[i] = file.durable[i];
                }
            }
        }
        return result;
    }
}
