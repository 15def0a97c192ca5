package dev.twinbox.transport.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RawlogLinkTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    private RawlogLink link(String heard) {
        StreamLink plain =
                new StreamLink("peer", new ByteArrayInputStream(heard.getBytes(StandardCharsets.UTF_8)), said);
        return new RawlogLink(plain, log, () -> 1_795_303_657_921L);
    }

    @Test
    void writesLinesOfBothDirectionsDownAsDovecotDoes() throws IOException {
        RawlogLink link = link("Hbeta\n.\nN");
        link.output().write("VERSION\tdsync\n.".getBytes(StandardCharsets.UTF_8));
        link.output().write('\n');
        assertEquals("Hbeta\n.\nN", new String(link.input().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals("VERSION\tdsync\n.\n", said.toString(StandardCharsets.UTF_8));
        assertEquals(
                List.of(
                        "1795303657.921000 O: VERSION\tdsync",
                        "1795303657.921000 O: .",
                        "1795303657.921000 I: Hbeta",
                        "1795303657.921000 I: ."),
                log.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void breaksALineThatNeverEnds() throws IOException {
        RawlogLink link = link("x".repeat(200_000));
        assertEquals(200_000, link.input().readAllBytes().length);
        assertEquals(3, log.toString(StandardCharsets.UTF_8).lines().count());
    }
}
