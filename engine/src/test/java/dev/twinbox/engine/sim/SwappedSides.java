package dev.twinbox.engine.sim;

import dev.twinbox.engine.sim.SimWorld.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plays a history twice, either side once the initiator: every sync must come to the same result. Left out are the flags and
 * keywords of a mail about which the {@link Oracle} has no opinion, as when both sides touched one at the same time; once
 * they differ, the histories are not the same any more, and nothing more is compared.
 */
final class SwappedSides {
    private SwappedSides() {}

    /** What is different; null if nothing is. */
    static @Nullable String differs(History history, SimWorld.Setting setting)
            throws IOException, InterruptedException {
        List<Result> one = SimWorld.results(history, setting);
        List<Result> other = SimWorld.results(history, setting.swap());
        for (int i = 0; i < one.size(); i++) {
            Set<String> free = new HashSet<>(one.get(i).judgement().free());
            free.addAll(other.get(i).judgement().free());
            List<String> mine = lines(one.get(i).picture(), free);
            List<String> theirs = lines(other.get(i).picture(), free);
            if (!mine.equals(theirs)) {
                return "sync " + (i + 1) + " ends differently with the sides swapped\n  " + String.join("\n  ", mine)
                        + "\n swapped:\n  " + String.join("\n  ", theirs);
            }
            Set<String> none = Set.of();
            if (!lines(one.get(i).picture(), none).equals(lines(other.get(i).picture(), none))) {
                return null;
            }
        }
        return null;
    }

    private static List<String> lines(Picture picture, Set<String> free) {
        List<String> lines = new ArrayList<>();
        lines.add("subscribed " + picture.subscribed + ", empty names " + picture.emptyNames);
        List<Picture.Folder> folders = new ArrayList<>(picture.folders.values());
        folders.sort(java.util.Comparator.comparing(folder -> folder.name));
        for (Picture.Folder folder : folders) {
            lines.add(folder.name + " " + folder.guid + " UIDVALIDITY " + folder.uidValidity + " UIDNEXT "
                    + folder.uidNext + " HIGHESTMODSEQ " + folder.highestModSeq);
            for (Picture.Mail mail : folder.mails.values()) {
                boolean any = free.contains(folder.name + " " + mail.guid());
                lines.add("  " + mail.uid() + " " + mail.guid() + (any ? "" : " " + mail.words()));
            }
        }
        return lines;
    }
}
