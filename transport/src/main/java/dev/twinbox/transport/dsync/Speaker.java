package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.MailboxInfo.CacheField;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the greeting of one end says about all its items.
 *
 * @param version what it knows
 * @param items the order of values of each item, by its letter
 * @param cacheFields the same of the records of cached fields, or null if it does not say any
 */
record Speaker(
        DsyncVersion version,
        Map<Character, ItemFormat.Columns<?>> items,
        ItemFormat.@Nullable Columns<CacheField> cacheFields) {}
