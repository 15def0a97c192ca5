package dev.twinbox.engine.merge;

import dev.twinbox.protocol.item.Keywords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Merges the keywords of one mail, name by name, as {@link FlagMerge} does flags. Case does not count; of two spellings the
 * one that sorts first stays.
 */
final class KeywordMerge {
    private KeywordMerge() {}

    /** The keywords the mail shall have on both sides. */
    static Keywords merge(MailView left, MailView right, boolean leftIsLater) {
        if (left.keywords().equals(right.keywords())) {
            return left.keywords();
        }
        Map<String, String> leftNames = byName(left.keywords());
        Map<String, String> rightNames = byName(right.keywords());
        List<String> result = new ArrayList<>();
        for (String name : leftNames.values()) {
            String other = rightNames.get(name);
            if (other != null) {
                result.add(name.compareTo(other) <= 0 ? name : other);
            } else if (leftCounts(name, left, right, true, leftIsLater)) {
                result.add(name);
            }
        }
        for (String name : rightNames.values()) {
            if (!leftNames.containsKey(name) && !leftCounts(name, left, right, false, leftIsLater)) {
                result.add(name);
            }
        }
        return result.size() > Keywords.MAX_NAMES ? left.keywords() : Keywords.of(result);
    }

    private static Map<String, String> byName(Keywords keywords) {
        Map<String, String> names = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : keywords.names()) {
            names.put(name, name);
        }
        return names;
    }

    private static boolean leftCounts(
            String name, MailView left, MailView right, boolean leftHas, boolean leftIsLater) {
        return Say.leftCounts(say(name, left, leftHas), say(name, right, !leftHas), leftIsLater);
    }

    private static Say say(String name, MailView side, boolean has) {
        List<String> changed =
                has ? side.change().keywordsAdded() : side.change().keywordsRemoved();
        boolean did = changed.stream().anyMatch(name::equalsIgnoreCase);
        return new Say(has, did, side.change().when(name), side.keeps());
    }
}
