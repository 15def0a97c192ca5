package dev.twinbox.engine.index;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.protocol.item.Keywords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Changes an index under Dovecot's own lock: the POSIX write lock on {@code dovecot.index.log}, or, where there is no log
 * yet, {@code dovecot.index.log.newlock}. There a Dovecot makes its new log; ours is a {@link Dotlock} that names its holder, because a
 * Dovecot (2.3.19 and 2.4, measured) reads that of any lock file in its way: if we die it breaks the lock after two seconds, and
 * not after three minutes.
 *
 * <p>While a writer exists, nobody else in this process may open the log: POSIX would drop the lock when that other
 * descriptor is closed. Not safe for use by several threads. Close it to release the lock.
 */
public final class IndexWriter implements AutoCloseable {
    static final String NEW_LOG_SUFFIX = ".log.newlock";
    private static final String CACHE_SUFFIX = ".cache";

    /**
     * A half-made log that nobody has locked is left alone for this long, in seconds: its maker, a Dovecot, may be about to
     * lock it. One whose maker was killed is then removed.
     */
    private static final long NEW_LOG_STALE_SECONDS = 2;

    private static final long POLL_MILLIS = 20;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Sequence numbers are 32 bits wide; an index that comes near the end of them begins anew. */
    private static final long SEQ_MAX = 0xFFFF_FF00L;

    /** A log is exchanged for an empty one when it has become this long, in bytes, and this old, in seconds, as in Dovecot. */
    private static final long ROTATE_BYTES = 32 << 10;

    private static final long ROTATE_AGE_SECONDS = 300;

    /** A log is exchanged whatever its age when it has become this long, in bytes, as in Dovecot. */
    private static final long ROTATE_YOUNG_BYTES = 1 << 20;

    /** Sequence number of the first log of an index, as in Dovecot. */
    private static final long FIRST_SEQ = 2;

    private final Disk disk;
    private final DiskPath folder;
    private final String prefix;
    private final Clock clock;
    private final Host host;
    private final int mode;
    private final boolean durable;
    private @Nullable DiskFile log;
    private @Nullable Object logKey;
    private @Nullable Dotlock newLog;
    private @Nullable IndexState known;
    private @Nullable End seenEnd;

    private IndexWriter(Disk disk, DiskPath folder, String prefix, Clock clock, Host host, int mode, boolean durable) {
        this.disk = disk;
        this.folder = folder;
        this.prefix = prefix;
        this.clock = clock;
        this.host = host;
        this.mode = mode;
        this.durable = durable;
    }

    /** As the long form, for files of mode {@link Disk#FILE_MODE} that the caller makes durable. */
    public static IndexWriter lock(Disk disk, DiskPath folder, String prefix, Clock clock, Host host, long waitMillis)
            throws IOException {
        return lock(disk, folder, prefix, clock, host, waitMillis, Disk.FILE_MODE, false);
    }

    /**
     * Takes the lock.
     *
     * @param mode permission bits of new files
     * @param durable whether every new file is synced before it gets its name, and what is appended to the log before
     *     anything else is done; the caller still has to sync the folder
     * @throws LockBusyException if somebody else has the lock for longer than {@code waitMillis}
     */
    public static IndexWriter lock(
            Disk disk,
            DiskPath folder,
            String prefix,
            Clock clock,
            Host host,
            long waitMillis,
            int mode,
            boolean durable)
            throws IOException {
        IndexWriter writer = new IndexWriter(disk, folder, prefix, clock, host, mode, durable);
        long now = clock.monotonicNanos();
        // The lock file of somebody elsewhere who died is broken later than most callers would wait.
        long newLogWait = waitMillis == 0 ? 0 : Math.max(waitMillis, Dotlock.DEFAULT_WAIT_MILLIS);
        while (!writer.tryLock(now + waitMillis * NANOS_PER_MILLI, now + newLogWait * NANOS_PER_MILLI)) {
            // The log was exchanged between opening and locking it.
        }
        return writer;
    }

    private boolean tryLock(long deadline, long newLogDeadline) throws IOException {
        DiskPath path = path(IndexFiles.LOG_SUFFIX);
        Object before = key(path);
        if (before == null) {
            return tryCreate(newLogDeadline);
        }
        DiskFile file;
        try {
            file = disk.openWrite(path, false);
        } catch (NoSuchFileException e) {
            return false;
        }
        boolean kept = false;
        try {
            // The same file before and after opening is the file that was opened.
            if (before.equals(key(path))) {
                long wait = Math.max(0, (deadline - clock.monotonicNanos()) / NANOS_PER_MILLI);
                if (!file.lock(wait)) {
                    throw new LockBusyException("somebody holds the lock on " + path);
                }
                kept = before.equals(key(path));
            }
        } finally {
            if (!kept) {
                file.close();
            }
        }
        if (kept) {
            log = file;
            logKey = before;
        }
        return kept;
    }

    private @Nullable Object key(DiskPath path) throws IOException {
        return disk.stat(path).map(FileInfo::fileKey).orElse(null);
    }

    /** Makes the file that keeps others from making a log. */
    private boolean tryCreate(long deadline) throws IOException {
        DiskPath path = path(NEW_LOG_SUFFIX);
        DiskPath log = path(IndexFiles.LOG_SUFFIX);
        Dotlock taken;
        try {
            taken = Dotlock.acquire(disk, path, log, clock, host, 0);
        } catch (LockTimeoutException e) {
            if (isAbandoned(path)) {
                unlinkIfThere(path);
            } else if (clock.monotonicNanos() - deadline >= 0) {
                throw new LockBusyException("somebody is making " + log + ": " + e.getMessage());
            } else {
                clock.sleepMillis(POLL_MILLIS);
            }
            return false;
        }
        boolean kept = false;
        try {
            kept = dropUnfinishedLog();
        } finally {
            if (!kept) {
                taken.close();
            }
        }
        newLog = kept ? taken : null;
        return kept;
    }

    /** Removes what somebody left who died while he made the log. Never waits; who is alive is not disturbed. */
    public static void removeLeftovers(Disk disk, DiskPath folder, String prefix, Clock clock, Host host)
            throws IOException {
        IndexWriter writer = new IndexWriter(disk, folder, prefix, clock, host, Disk.FILE_MODE, false);
        DiskPath lock = writer.path(NEW_LOG_SUFFIX);
        DiskPath log = writer.path(IndexFiles.LOG_SUFFIX);
        if (disk.stat(lock).isEmpty()) {
            return;
        }
        Dotlock held;
        try {
            held = Dotlock.acquire(disk, lock, log, clock, host, 0);
        } catch (LockTimeoutException e) {
            return;
        }
        try (held) {
            writer.dropUnfinishedLog();
        }
    }

    /** Under the lock by which logs are made. Where there is a log, the unfinished one is that of whoever exchanges it. */
    private boolean dropUnfinishedLog() throws IOException {
        if (disk.stat(path(IndexFiles.LOG_SUFFIX)).isPresent()) {
            return false;
        }
        unlinkIfThere(path(IndexRotation.NEXT_LOG_SUFFIX));
        return true;
    }

    /** Whether it is a Dovecot's log that was never finished. What names a holder is a lock of ours, and has been judged. */
    private boolean isAbandoned(DiskPath path) throws IOException {
        if (Dotlock.namesHolder(disk, path)) {
            return false;
        }
        FileInfo there = disk.stat(path).orElse(null);
        OptionalLong ctime = disk.ctime(path);
        if (there == null || ctime.isEmpty()) {
            return false;
        }
        long changed = Math.max(there.mtimeSeconds(), ctime.getAsLong());
        if (changed + NEW_LOG_STALE_SECONDS > clock.epochMillis() / 1000) {
            return false;
        }
        try (DiskFile file = disk.openWrite(path, false)) {
            return file.lock(0);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * The index as it is now, or nothing if there is none. An incomplete transaction at the end of the log is damage
     * here, since whoever wrote it is gone.
     *
     * @throws IndexFormatException if there is one and nothing of it can be used
     */
    public Optional<IndexState> state() throws IOException {
        IndexFiles files = files();
        return files.isEmpty() ? Optional.empty() : Optional.of(IndexReader.assemble(files, false));
    }

    /** As {@link #state}, but not read where nothing has been written since {@link #reuse}, or by {@link #appendSettled} only. */
    public Optional<IndexState> current() throws IOException {
        DiskFile file = log;
        Optional<IndexState> now = file == null ? state() : state(end(file));
        known = now.orElse(null);
        return now;
    }

    /**
     * The index as it was a while ago: where its log has not grown since, it need not be read once more.
     *
     * @param state null if none was read
     */
    public void reuse(@Nullable IndexState state) {
        known = state;
    }

    /** Whether nothing has been written since somebody read the index up to there: then this need not read it, either. */
    public boolean isAt(IndexPlace place) throws IOException {
        DiskFile file = log;
        IndexLogCodec.Header header = file == null ? null : place.endOf(file);
        if (header == null) {
            return false;
        }
        seenEnd = new End(header, place.logOffset(), place.highestModSeq(), true);
        return true;
    }

    /** The end of the log; nothing if there is none that ends well. */
    public Optional<IndexPlace> place() throws IOException {
        DiskFile file = log;
        End end = file == null ? null : end(file);
        return end == null || !end.usable() ? Optional.empty() : Optional.of(end.place());
    }

    private Optional<IndexState> state(End end) throws IOException {
        IndexState read = known;
        return read != null && end.usable() && read.reaches(end.header(), end.offset()) ? Optional.of(read) : state();
    }

    /** Whether there is a log that ends well, so that something can be appended; if not, {@link #replace} makes one. */
    public boolean canAppend() throws IOException {
        DiskFile file = log;
        return file != null && end(file).usable();
    }

    private IndexFiles files() throws IOException {
        byte[] snapshot = IndexFiles.readSnapshot(disk, path(""), false);
        DiskFile file = log;
        if (file == null) {
            return new IndexFiles(snapshot, null, null);
        }
        byte[] bytes = file.readAll(IndexLogCodec.LOG_BYTES_MAX);
        byte[] previous = IndexFiles.readPrevious(disk, folder, prefix, logKey);
        return new IndexFiles(snapshot, bytes, previous);
    }

    /**
     * Appends changes in one write.
     *
     * @param sync whether to mark them as made by a sync
     * @return HIGHESTMODSEQ afterwards
     * @throws IndexFormatException if there is no log, or it ends in something incomplete
     */
    public long append(IndexTransaction changes, boolean sync) throws IOException {
        DiskFile file = log;
        if (file == null) {
            throw new IndexFormatException("there is no log to append to");
        }
        End end = end(file);
        return append(file, end, changes.encode(sync));
    }

    private long append(DiskFile file, End end, byte[] bytes) throws IOException {
        if (!end.usable()) {
            throw new IndexFormatException("log ends in an incomplete transaction");
        }
        try {
            file.append(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            // Half a record would make Dovecot show an empty mailbox; nobody has acted on it yet.
            file.truncate(end.offset());
            throw e;
        }
        if (durable) {
            file.sync();
        }
        long modSeq = end.modSeq();
        IndexLogCodec.Cursor record = new IndexLogCodec.Cursor(bytes, 0);
        while (record.next()) {
            modSeq = record.modSeqAfter(modSeq, end.header().minor());
        }
        seenEnd = new End(end.header(), end.offset() + bytes.length, modSeq, true);
        return Math.max(1, modSeq);
    }

    /**
     * As {@link #append}, and a snapshot that reached to the end of the log does so again: it goes on saying that nobody
     * else has written since.
     */
    public void appendBehindSnapshot(IndexTransaction changes, boolean sync) throws IOException {
        boolean whole = state().filter(state -> state.damage() == null && state.isSettled())
                .isPresent();
        append(changes, sync);
        if (whole) {
            IndexState now = state().orElseThrow();
            new IndexRotation(disk, folder, prefix, mode, durable).snapshot(now);
        }
    }

    /**
     * As {@link #append}, and says that nothing in the log is left to be carried out by anybody. For indexes of which a
     * reader takes anything else for the work of somebody who died (Dovecot's map of mdbox).
     *
     * @return offset of the log's end
     */
    public long appendSettled(IndexTransaction changes) throws IOException {
        DiskFile file = log;
        if (file == null) {
            throw new IndexFormatException("there is no log to append to");
        }
        End end = end(file);
        long after = end.offset() + changes.tail(0).encode(false).length;
        byte[] bytes = changes.tail(after).encode(false);
        IndexState before = known;
        long modSeq = append(file, end, bytes);
        if (before != null && before.reaches(end.header(), end.offset())) {
            known = before.followedBy(bytes, end.header(), modSeq);
        }
        return after;
    }

    /**
     * If the log has grown long, exchanges it for an empty one, and the snapshot for what the two say together. A damaged
     * index is left alone.
     *
     * @return whether it was exchanged; the caller still has to sync the folder
     */
    public boolean rotateIfLong() throws IOException {
        DiskFile file = log;
        if (file == null) {
            return false;
        }
        End end = end(file);
        long now = clock.epochMillis() / 1000;
        if (!end.usable() || end.offset() < limit(end, now) || end.header().seq() >= SEQ_MAX) {
            return false;
        }
        IndexState state = state().orElseThrow();
        if (state.damage() != null) {
            return false;
        }
        take(new IndexRotation(disk, folder, prefix, mode, durable).rotate(state.counted(), end.place(), now));
        return true;
    }

    /** Writes a snapshot of what snapshot and log say together, which is read faster. A damaged index is left alone. */
    public void renewSnapshot() throws IOException {
        DiskFile file = log;
        if (file == null || !end(file).usable()) {
            return;
        }
        IndexState state = state().orElseThrow();
        if (state.damage() == null) {
            new IndexRotation(disk, folder, prefix, mode, durable)
                    .resume(state.counted(), end(file).place(), clock.epochMillis() / 1000);
        }
    }

    private static long limit(End end, long now) {
        return now - end.header().createdAt() > ROTATE_AGE_SECONDS ? ROTATE_BYTES : ROTATE_YOUNG_BYTES;
    }

    /**
     * Makes the index be this, exactly: rows, modseqs, numbers, extension headers. In three ways:
     *
     * <ul>
     *   <li>There is no log: snapshot, then log.
     *   <li>The change can be told as log records without HIGHESTMODSEQ going past what is wanted: they are appended to
     *       the log, so that open IMAP sessions and the history of expunges see them, and then the snapshot is exchanged
     *       for the new content; the log, too, if it has grown long, for an empty one (see {@link IndexRotation}): then
     *       what was in the one before it is forgotten. Extensions the content does not speak of are kept, with the
     *       records of mails that stay.
     *   <li>Otherwise (numbers go down, UIDs below the next UID come up, the index is damaged) the log is exchanged for one
     *       that states everything anew. Open IMAP sessions are told to log in again; there is no history before now;
     *       extensions the content does not speak of are dropped, and so is the cache file.
     * </ul>
     *
     * <p>A crash leaves the old state or the new one, except that between the first two steps of the second way the modseqs
     * may be a little different; Dovecot reads every state in between without complaint.
     *
     * @param sync whether to mark the records as made by a sync
     * @param witness knows the GUIDs of expunged mails, and which of the new ones no sync has brought
     */
    public void replace(IndexState content, boolean sync, Witness witness) throws IOException {
        write(content, true, sync, witness);
    }

    /**
     * As {@link #replace}, but HIGHESTMODSEQ is only a lower bound: it goes up as the records need it, so that the history
     * goes on wherever UIDs and their meaning do.
     */
    public void advance(IndexState content, boolean sync, Witness witness) throws IOException {
        write(content, false, sync, witness);
    }

    /**
     * As {@link #replace} or {@link #advance} where all mails but a few stay as they are: the changes are appended to the log, with a mark that
     * nobody else has written since; the snapshot stays as it is. Costs what the changes cost, however many mails there are.
     *
     * @param some the mails that come or change, and the numbers and extension headers that are wanted
     * @param gone UIDs of mails that go
     * @param exact as in {@link #replace}
     * @return whether it was done; not if the index is not the one last {@linkplain #reuse reused}, or records cannot tell the
     *     changes, or the log has grown long: then nothing was written
     */
    public boolean amend(IndexState some, List<Long> gone, boolean exact, boolean sync, Witness witness)
            throws IOException {
        DiskFile file = log;
        IndexState before = known;
        if (file == null || before == null) {
            return false;
        }
        End end = end(file);
        if (!end.usable() || !before.reaches(end.header(), end.offset())) {
            return false;
        }
        IndexTransaction changes = IndexDiff.amendment(before, some, gone, witness);
        if (changes == null) {
            return false;
        }
        long reached = end.modSeq() + changes.steps();
        if (exact && some.highestModSeq() < reached) {
            return false;
        }
        changes.highestModSeq(Math.max(some.highestModSeq(), reached));
        SettledMark mark = new SettledMark(end.header().seq(), 0, 0);
        long after = end.offset() + changes.settled(mark).encode(sync).length;
        if (after >= limit(end, clock.epochMillis() / 1000) || end.header().seq() >= SEQ_MAX) {
            return false;
        }
        mark = new SettledMark(end.header().seq(), after, messages(before, some) - gone.size());
        append(file, end, changes.settled(mark).encode(sync));
        return true;
    }

    private static long messages(IndexState before, IndexState some) {
        long count = before.size();
        for (int row = 0; row < some.size(); row++) {
            count += before.rowOf(some.uid(row)) < 0 ? 1 : 0;
        }
        return count;
    }

    /** As {@link #replace} where a UID means another mail than before: nothing that was known of the mails may stay. */
    public void restate(IndexState content, boolean sync) throws IOException {
        DiskFile old = log;
        if (old == null) {
            replace(content, sync, Witness.NONE);
        } else {
            restate(content, sync, end(old));
        }
    }

    private void restate(IndexState content, boolean sync, End end) throws IOException {
        IndexRotation rotation = new IndexRotation(disk, folder, prefix, mode, durable);
        long now = clock.epochMillis() / 1000;
        long id = end.header().indexId() == 0 ? now : end.header().indexId();
        IndexPlace place = new IndexPlace(id, end.header().seq(), end.offset(), end.modSeq());
        DiskFile middle = take(rotation.restate(content, sync, place, now));
        take(rotation.rotate(content, end(middle).place(), now));
        unlinkIfThere(path(CACHE_SUFFIX));
    }

    private void write(IndexState content, boolean exact, boolean sync, Witness witness) throws IOException {
        DiskFile old = log;
        IndexRotation rotation = new IndexRotation(disk, folder, prefix, mode, durable);
        long now = clock.epochMillis() / 1000;
        if (old == null) {
            byte[] snapshot = IndexFiles.readSnapshot(disk, path(""), true);
            long seq = snapshot == null || snapshot.length < IndexHeader.SIZE
                    ? FIRST_SEQ
                    : Math.max(FIRST_SEQ, Bytes.u32(snapshot, IndexHeader.AT_LOG_SEQ) + 1);
            take(rotation.create(content, now, seq));
            dropNewLog();
            return;
        }
        End end = end(old);
        IndexDiff.Result diff = end.usable() ? diff(content, end, witness) : null;
        long reached = diff == null ? 0 : end.modSeq() + diff.changes().steps();
        if (diff == null
                || exact && diff.state().highestModSeq() < reached
                || end.header().seq() >= SEQ_MAX) {
            restate(content, sync, end);
            return;
        }
        IndexState state = diff.state().withHighestModSeq(reached);
        diff.changes().highestModSeq(state.highestModSeq());
        append(diff.changes(), sync);
        End after = end(old);
        if (after.offset() >= limit(after, now)) {
            take(rotation.rotate(state, after.place(), now));
        } else {
            rotation.resume(state, after.place(), now);
        }
    }

    private IndexDiff.@Nullable Result diff(IndexState content, End end, Witness witness) throws IOException {
        try {
            IndexState before = state(end).orElseThrow();
            return before.damage() != null ? null : IndexDiff.of(before, content, witness);
        } catch (IndexFormatException e) {
            return null;
        }
    }

    /** Lets go of the current log, which has lost its name, in favour of a new one, which is locked already. */
    private DiskFile take(DiskFile newLog) throws IOException {
        DiskFile old = log;
        log = newLog;
        seenEnd = null;
        logKey = key(path(IndexFiles.LOG_SUFFIX));
        if (old != null) {
            old.close();
        }
        return newLog;
    }

    /** What is known of mails beyond the states before and after. */
    @FunctionalInterface
    public interface Witness {
        /** Knows nothing. */
        Witness NONE = uid -> new byte[IndexTransaction.GUID_SIZE];

        /** The GUID of an expunged mail in {@link IndexTransaction#GUID_SIZE} bytes; zeros if it is not known. */
        byte[] guid(long uid);

        /** Whether a mail that the index gets now was there before the sync that writes it. */
        default boolean cameOtherwise(long uid) {
            return false;
        }

        /**
         * What others had made of a mail that the index has, before the sync that writes it: the way there is no sync's
         * doing. Null if nothing else than what the index has.
         */
        default @Nullable Found found(long uid) {
            return null;
        }
    }

    /** A mail's flags, bits as in {@link IndexState#flags}, and keywords. */
    public record Found(int flags, Keywords keywords) {}

    private record End(IndexLogCodec.Header header, long offset, long modSeq, boolean usable) {
        IndexPlace place() {
            return new IndexPlace(header.indexId(), header.seq(), offset, modSeq);
        }
    }

    /** The end of the log, which is locked: as long as it is where it was, what is before it is what was. */
    private End end(DiskFile file) throws IOException {
        End seen = seenEnd;
        if (seen != null && seen.usable() && seen.offset() == file.size()) {
            return seen;
        }
        End read = readEnd(file);
        seenEnd = read;
        return read;
    }

    private static End readEnd(DiskFile file) throws IOException {
        byte[] bytes = file.readAll(IndexLogCodec.LOG_BYTES_MAX);
        IndexLogCodec.Header header;
        try {
            header = IndexLogCodec.decodeHeader(bytes);
        } catch (IndexFormatException e) {
            return new End(IndexLogCodec.Header.of(0, FIRST_SEQ, 0, 0, 0, 0), IndexLogCodec.HEADER_SIZE, 0, false);
        }
        IndexLogCodec.Cursor record = new IndexLogCodec.Cursor(bytes, header.headerSize());
        long modSeq = header.initialModSeq();
        while (record.next()) {
            modSeq = record.modSeqAfter(modSeq, header.minor());
        }
        return new End(header, record.end(), modSeq, !record.isIncomplete() && header.indexId() != 0);
    }

    DiskPath path(String suffix) {
        return folder.resolve(prefix + suffix);
    }

    private void dropNewLog() throws IOException {
        Dotlock held = newLog;
        newLog = null;
        if (held != null) {
            held.close();
        }
    }

    private void unlinkIfThere(DiskPath path) throws IOException {
        try {
            disk.unlink(path);
        } catch (NoSuchFileException e) {
            // What is wanted.
        }
    }

    /** Releases the lock. */
    @Override
    public void close() throws IOException {
        DiskFile file = log;
        log = null;
        try {
            dropNewLog();
        } finally {
            if (file != null) {
                file.close();
            }
        }
    }
}
