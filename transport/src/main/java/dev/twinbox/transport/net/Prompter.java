package dev.twinbox.transport.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Says something that means nothing to an end that is waited for and says nothing: soon, then less and less often, until it
 * speaks again. For ends that look at what has come only when more comes. All on the event loop, so that it never comes
 * between the bytes of one piece; never blocks.
 */
final class Prompter implements Runnable {
    /** From one look to the next, and before the first words. */
    static final int TICK_MILLIS = 100;

    /** The longest silence, in looks. */
    private static final int TICKS_MAX = 50;

    private final Channel channel;
    private final Inbox inbox;
    private final BooleanSupplier closes;
    private final byte[] words;
    private int pause = 1;
    private int ticks;
    private long heard;

    /**
     * @param closes whether the last words are said
     */
    Prompter(Channel channel, Inbox inbox, BooleanSupplier closes, byte[] words) {
        this.channel = channel;
        this.inbox = inbox;
        this.closes = closes;
        this.words = words.clone();
    }

    void begin() {
        Future<?> looks =
                channel.eventLoop().scheduleWithFixedDelay(this, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> looks.cancel(false));
    }

    @Override
    public void run() {
        long arrivals = inbox.arrivals();
        if (arrivals != heard || !inbox.isAwaited()) {
            heard = arrivals;
            pause = 1;
            ticks = 0;
        } else if (++ticks == pause) {
            ticks = 0;
            pause = Math.min(2 * pause, TICKS_MAX);
            // Where more is to be sent than the network takes, the other end hears of that.
            if (channel.isWritable() && !closes.getAsBoolean()) {
                channel.writeAndFlush(Unpooled.wrappedBuffer(words))
                        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            }
        }
    }
}
