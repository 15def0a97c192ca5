package dev.twinbox.engine.storage;

/**
 * What a format can do; merge policy and handshake read it.
 *
 * @param hasGuids mails have GUIDs
 * @param keepsGuidOnSave a saved mail can be given a GUID
 * @param onlyGuid128 only 128-bit GUIDs can be kept
 * @param separator the visible hierarchy separator of its names
 * @param folders names can exist that hold neither mails nor other names
 */
public record Capabilities(
        boolean hasGuids, boolean keepsGuidOnSave, boolean onlyGuid128, char separator, boolean folders) {}
