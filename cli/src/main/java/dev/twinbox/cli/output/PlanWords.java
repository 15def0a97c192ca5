package dev.twinbox.cli.output;

import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxPlan.Valued;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A step of a plan in words.
 *
 * @param what the kind of step
 * @param uid the mail's UID before, 0 if there is none
 * @param newUid its UID afterwards, 0 if it does not change
 * @param guid its GUID, if the step knows it
 * @param flags its flags and keywords afterwards, if the step sets them
 */
record PlanWords(
        String what,
        long uid,
        long newUid,
        @Nullable String guid,
        @Nullable String flags) {
    private static final Map<Class<? extends TreeChange>, String> KINDS = Map.of(
            TreeChange.Create.class, "create mailbox",
            TreeChange.CreateFolder.class, "create folder",
            TreeChange.Rename.class, "rename",
            TreeChange.Delete.class, "delete mailbox",
            TreeChange.DeleteFolder.class, "delete folder",
            TreeChange.SetGuid.class, "set GUID",
            TreeChange.Subscribe.class, "subscribe",
            TreeChange.Unsubscribe.class, "unsubscribe");

    static PlanWords of(Step step) {
        String flags = step instanceof Valued valued ? flags(valued.flags(), valued.keywords()) : null;
        if (step instanceof Expunge s) {
            return new PlanWords("expunge", s.uid(), 0, s.guid().value(), flags);
        }
        if (step instanceof Update s) {
            return new PlanWords(s.visible() ? "update" : "set modseq", s.uid(), 0, null, flags);
        }
        if (step instanceof Renumber s) {
            return new PlanWords("renumber", s.uid(), s.newUid(), null, flags);
        }
        if (step instanceof Copy s) {
            return new PlanWords("copy", s.fromUid(), s.newUid(), null, flags);
        }
        if (step instanceof Save s) {
            return new PlanWords("save", 0, s.newUid(), s.guid().value(), flags);
        }
        throw new IllegalStateException("unknown step " + step.getClass());
    }

    private static String flags(Flags flags, Keywords keywords) {
        String system = flags.settable().toString();
        return keywords.isEmpty() ? system : system.isEmpty() ? keywords.toString() : system + " " + keywords;
    }

    /** What a change to the tree does, without the name it is about. */
    static String of(TreeChange change) {
        if (change instanceof TreeChange.Create c) {
            return "create mailbox GUID " + c.guid() + " UIDVALIDITY " + c.uidValidity();
        }
        if (change instanceof TreeChange.Rename c) {
            return "rename to " + c.to();
        }
        if (change instanceof TreeChange.SetGuid c) {
            return "set GUID " + c.guid();
        }
        return kind(change);
    }

    /** The kind of change. */
    static String kind(TreeChange change) {
        String kind = KINDS.get(change.getClass());
        if (kind == null) {
            throw new IllegalStateException("unknown change " + change.getClass());
        }
        return kind;
    }
}
