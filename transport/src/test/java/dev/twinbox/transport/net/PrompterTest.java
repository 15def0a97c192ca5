package dev.twinbox.transport.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a silent end is prompted, by the channel's own clock, which stands still. */
@Timeout(60)
class PrompterTest {
    private static final byte[] WORDS = {1, 2, 3};

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Inbox inbox = new Inbox(open -> {});
    private boolean closes;
    private long now;

    @BeforeEach
    void begin() {
        channel.freezeTime();
        new Prompter(channel, inbox, () -> closes, WORDS).begin();
    }

    @AfterEach
    void end() {
        inbox.end(null);
        channel.finishAndReleaseAll();
    }

    private void somebodyReads() {
        Thread reader = new Thread(() -> {
            try {
                inbox.read();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        reader.setDaemon(true);
        reader.start();
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(inbox::isAwaited);
    }

    /** The times, from now on, at which it spoke. */
    private List<Long> promptsWithin(long millis) {
        List<Long> times = new ArrayList<>();
        for (long end = now + millis; now < end; now += Prompter.TICK_MILLIS) {
            channel.advanceTimeBy(Prompter.TICK_MILLIS, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
            ByteBuf said = channel.readOutbound();
            if (said != null) {
                assertArrayEquals(WORDS, ByteBufUtil.getBytes(said));
                said.release();
                times.add(now + Prompter.TICK_MILLIS);
            }
            assertNull(channel.readOutbound());
        }
        return times;
    }

    private void arrives() {
        inbox.put(Unpooled.wrappedBuffer(new byte[] {7}));
    }

    @Test
    void saysSomethingLessAndLessOftenToASilentEnd() {
        somebodyReads();
        assertEquals(List.of(100L, 300L, 700L, 1_500L, 3_100L, 6_300L, 11_300L, 16_300L), promptsWithin(20_000));
    }

    @Test
    void beginsAnewWhenTheEndHasSpoken() {
        somebodyReads();
        assertEquals(List.of(100L, 300L, 700L, 1_500L, 3_100L), promptsWithin(5_000));
        arrives();
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> !inbox.isAwaited());
        somebodyReads();
        assertEquals(List.of(5_200L, 5_400L, 5_800L, 6_600L), promptsWithin(2_500));
    }

    @Test
    void saysNothingWhileNobodyReads() {
        assertEquals(List.of(), promptsWithin(20_000));
        somebodyReads();
        assertEquals(List.of(20_100L, 20_300L), promptsWithin(500));
    }

    @Test
    void saysNothingToAnEndThatSpeaks() {
        for (int i = 0; i < 10; i++) {
            somebodyReads();
            arrives();
            Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> !inbox.isAwaited());
            somebodyReads();
            assertEquals(List.of(), promptsWithin(Prompter.TICK_MILLIS));
            arrives();
            Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> !inbox.isAwaited());
        }
    }

    @Test
    void saysNothingWhereMoreIsToBeSentThanTheNetworkTakes() {
        somebodyReads();
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        assertEquals(List.of(), promptsWithin(5_000));
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        assertEquals(1, promptsWithin(5_000).size());
    }

    @Test
    void saysNothingAfterTheLastWords() {
        somebodyReads();
        closes = true;
        assertEquals(List.of(), promptsWithin(5_000));
    }

    @Test
    void endsWithTheConnection() {
        somebodyReads();
        channel.close().syncUninterruptibly();
        assertEquals(List.of(), promptsWithin(5_000));
    }
}
