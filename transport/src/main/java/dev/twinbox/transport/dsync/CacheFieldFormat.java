package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxInfo.CacheField;
import dev.twinbox.protocol.item.MailboxInfo.CacheField.Decision;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * c, which is never a line of its own: records joined by LF in B (wire protocol, section 2.5), each as an item line without
 * its letter. They are advice, and names come from what clients once asked for, so what cannot be understood is left out
 * instead of being refused.
 */
final class CacheFieldFormat {
    static final ItemFormat<CacheField> FORMAT = ItemFormat.<CacheField>of(
                    'c', "mailbox_cache_field", DsyncLimits.LINE_MAX)
            .required("name", CacheField::name)
            .required("decision", CacheFieldFormat::decision)
            .optional("last_used", field -> Values.unlessZero(field.lastUsed()))
            .made(CacheFieldFormat::made);

    private CacheFieldFormat() {}

    static String joined(List<CacheField> fields) {
        StringBuilder joined = new StringBuilder();
        for (CacheField field : fields) {
            joined.append(joined.length() == 0 ? "" : "\n").append(FORMAT.written(field));
        }
        return joined.toString();
    }

    /** Those that are understood. */
    static List<CacheField> split(Speaker speaker, @Nullable String joined) {
        ItemFormat.Columns<CacheField> columns = speaker.cacheFields();
        if (joined == null || columns == null) {
            return List.of();
        }
        List<CacheField> fields = new ArrayList<>();
        for (String record : joined.split("\n", -1)) {
            if (fields.size() == MailboxInfo.CACHE_FIELDS_MAX) {
                break;
            }
            try {
                fields.add(columns.read(speaker, record));
            } catch (IllegalArgumentException e) {
                // Left out.
            }
        }
        return fields;
    }

    private static CacheField made(Values values) {
        String decision = values.requiredText("decision");
        boolean forced = decision.length() == 2 && decision.charAt(1) == 'F';
        if (decision.length() != 1 && !forced) {
            throw new IllegalArgumentException("decision has a length of " + decision.length());
        }
        return new CacheField(
                values.requiredText("name"), decision(decision.charAt(0)), forced, values.numberOrZero("last_used"));
    }

    private static String decision(CacheField field) {
        String letter =
                switch (field.decision()) {
                    case NO -> "n";
                    case TEMPORARY -> "t";
                    case PERMANENT -> "y";
                };
        return field.forced() ? letter + "F" : letter;
    }

    private static Decision decision(char letter) {
        return switch (letter) {
            case 'n' -> Decision.NO;
            case 't' -> Decision.TEMPORARY;
            case 'y' -> Decision.PERMANENT;
            default -> throw new IllegalArgumentException("decision is none of n, t and y");
        };
    }
}
