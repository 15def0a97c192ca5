package dev.twinbox.transport.dsync;

/**
 * What an end of a run knows, by the minor version it announces; the major version is always {@value #MAJOR} (wire protocol,
 * section 1.2).
 *
 * @param minor from 0; those above 6 are not known yet and count as 6
 */
public record DsyncVersion(long minor) {
    /** The one major version there is. */
    public static final int MAJOR = 3;

    /** What Twinbox announces. A 6 would promise that a backup says all attributes, so that others can be deleted. */
    public static final DsyncVersion OWN = new DsyncVersion(5);

    /** Highest minor version taken. */
    public static final long MINOR_MAX = 0xFFFF_FFFFL;

    private static final int WITH_ATTRIBUTES = 1;
    private static final int WITH_SAVE_GUIDS = 2;
    private static final int WITH_FINISH = 3;
    private static final int WITH_HASH_3 = 4;
    private static final int WITH_ALL_ATTRIBUTES = 6;

    /**
     * @throws IllegalArgumentException if the number is out of range
     */
    public DsyncVersion {
        if (minor < 0 || minor > MINOR_MAX) {
            throw new IllegalArgumentException("minor version out of range: " + minor);
        }
    }

    /** Whether there are lists of attributes; if not, neither attributes nor the dot after them may be said to it. */
    public boolean hasAttributes() {
        return minor >= WITH_ATTRIBUTES;
    }

    /** Whether it says if mails can be given a GUID; if not, they can where mails have GUIDs. */
    public boolean hasSaveGuids() {
        return minor >= WITH_SAVE_GUIDS;
    }

    /** Whether its responder ends with finish; if not, the initiator is through after its last dot. */
    public boolean hasFinish() {
        return minor >= WITH_FINISH;
    }

    /** Which clean-up of headers their hashes are made with: 1 or 3. */
    public int headerHash() {
        return minor >= WITH_HASH_3 ? 3 : 1;
    }

    /** Whether it says all attributes of a mailbox when it is the source of a backup. */
    public boolean saysAllAttributes() {
        return minor >= WITH_ALL_ATTRIBUTES;
    }
}
