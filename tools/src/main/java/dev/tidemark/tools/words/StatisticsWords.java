package dev.tidemark.tools.words;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.statistics.LogStatistics;
import dev.tidemark.storage.statistics.LogStatistics.HotKey;
import dev.tidemark.storage.statistics.OriginStatistics;
import dev.tidemark.storage.statistics.StateStatistics;
import dev.tidemark.storage.statistics.StoreStatistics;
import dev.tidemark.tools.output.Escape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a store holds and takes up, as lines or as an object.
 *
 * @param hot how many of the hottest keys
 */
public record StatisticsWords(StoreStatistics statistics, int hot) {
  /** The lines. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    LogStatistics log = statistics.log();
    lines.add(
        text(
            "log        positions %,d to %,d, %,d segments, %,d bytes; %,d commits of %,d operations,"
                + " %,d operations folded to %,d deltas; on about %,d keys",
            statistics.firstPosition(),
            statistics.lastPosition(),
            log.segments().size(),
            log.bytes(),
            log.commits(),
            log.operations(),
            log.folded(),
            log.records(),
            log.keys()));
    log.segments().forEach(segment -> lines.add(line(segment)));
    lines.add(
        text(
            "disk       %,d bytes: %s",
            statistics.totalBytes(),
            statistics.diskBytes().entrySet().stream()
                .map(entry -> text("%s %,d", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "))));
    StateStatistics state = statistics.state();
    lines.add(
        text(
            "state      applied to position %,d; %,d keys, %,d of them with a value, %,d live"
                + " cells",
            statistics.appliedPosition(), state.keys(), state.present(), state.liveCells()));
    lines.add(
        text(
            "values     %,d bytes with their keys; on the disk %.1f bytes for each",
            state.valueBytes(), statistics.amplification()));
    state
        .remains()
        .forEach(
            (kind, tally) ->
                lines.add(
                    text(
                        "unseen     %s: %,d, %,d bytes",
                        kind.noun(), tally.count(), tally.bytes())));
    lines.add(
        text(
            "collectable %,d bytes of the state once everybody has seen them; about %,d bytes of"
                + " the log by folding it",
            state.collectableBytes(), log.foldableBytes()));
    hottest().forEach(key -> lines.add(line(key)));
    statistics.origins().forEach(origin -> lines.add(line(origin)));
    RingView ring = RingView.of(statistics.ring());
    if (ring.epoch() > 0) {
      lines.addAll(ring.summary());
    }
    return lines;
  }

  private static String line(SegmentInfo segment) {
    return text(
        "segment    %d\t%s%s\tpositions %,d to %,d\t%,d entries\t%,d bytes\t%,d origins",
        segment.number(),
        kind(segment),
        segment.sealed() ? "" : ", open",
        segment.firstPosition(),
        segment.lastPosition(),
        segment.entries(),
        segment.bytes(),
        segment.coverage().size());
  }

  private static String kind(SegmentInfo segment) {
    return segment.kind().name().toLowerCase(Locale.ROOT);
  }

  private static String line(HotKey key) {
    return text(
        "hot        %,d operations%s\t%s",
        key.operations(),
        key.excess() == 0 ? "" : text(", or up to %,d less", key.excess()),
        Escape.quoted(key.key()));
  }

  private static String line(OriginStatistics origin) {
    return text(
        "origin     %s\t%,d operations\tlast %s\tbehind by %,d",
        ReplicaId.format(origin.replica()),
        origin.sequence(),
        OperationWords.time(origin.lastStamp()),
        origin.behind());
  }

  private List<HotKey> hottest() {
    List<HotKey> all = statistics.log().hottest();
    return all.subList(0, Math.min(hot, all.size()));
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  /** The object. */
  public void writeTo(JsonGenerator out) throws IOException {
    LogStatistics log = statistics.log();
    StateStatistics state = statistics.state();
    out.writeStartObject();
    RingView ring = RingView.of(statistics.ring());
    if (ring.epoch() > 0) {
      out.writeNumberField("ringEpoch", ring.epoch());
      out.writeBooleanField("ringSettled", ring.settled());
    }
    out.writeNumberField("firstPosition", statistics.firstPosition());
    out.writeNumberField("lastPosition", statistics.lastPosition());
    out.writeNumberField("logBytes", log.bytes());
    out.writeNumberField("commits", log.commits());
    out.writeNumberField("operations", log.operations());
    out.writeNumberField("foldedOperations", log.folded());
    out.writeNumberField("foldedDeltas", log.records());
    out.writeNumberField("logKeys", log.keys());
    out.writeNumberField("foldableBytes", log.foldableBytes());
    out.writeArrayFieldStart("segments");
    for (SegmentInfo segment : log.segments()) {
      write(out, segment);
    }
    out.writeEndArray();
    out.writeObjectFieldStart("diskBytes");
    for (Map.Entry<String, Long> entry : statistics.diskBytes().entrySet()) {
      out.writeNumberField(entry.getKey(), entry.getValue());
    }
    out.writeEndObject();
    out.writeNumberField("totalBytes", statistics.totalBytes());
    out.writeNumberField("appliedPosition", statistics.appliedPosition());
    out.writeNumberField("keys", state.keys());
    out.writeNumberField("present", state.present());
    out.writeNumberField("liveCells", state.liveCells());
    out.writeNumberField("valueBytes", state.valueBytes());
    out.writeNumberField("amplification", statistics.amplification());
    out.writeNumberField("collectableBytes", state.collectableBytes());
    out.writeArrayFieldStart("unseen");
    for (Map.Entry<Remains.Kind, StateStatistics.Tally> entry : state.remains().entrySet()) {
      out.writeStartObject();
      out.writeStringField("what", entry.getKey().noun());
      out.writeNumberField("count", entry.getValue().count());
      out.writeNumberField("bytes", entry.getValue().bytes());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("hottest");
    for (HotKey key : hottest()) {
      out.writeStartObject();
      out.writeStringField("key", key.key().toUtf8());
      out.writeNumberField("operations", key.operations());
      out.writeNumberField("excess", key.excess());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("origins");
    for (OriginStatistics origin : statistics.origins()) {
      write(out, origin);
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, SegmentInfo segment) throws IOException {
    out.writeStartObject();
    out.writeNumberField("number", segment.number());
    out.writeStringField("kind", kind(segment));
    out.writeBooleanField("sealed", segment.sealed());
    out.writeNumberField("firstPosition", segment.firstPosition());
    out.writeNumberField("lastPosition", segment.lastPosition());
    out.writeNumberField("entries", segment.entries());
    out.writeNumberField("bytes", segment.bytes());
    out.writeNumberField("origins", segment.coverage().size());
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, OriginStatistics origin) throws IOException {
    out.writeStartObject();
    out.writeStringField("replica", ReplicaId.format(origin.replica()));
    out.writeNumberField("operations", origin.sequence());
    out.writeStringField("last", OperationWords.time(origin.lastStamp()));
    out.writeNumberField("behind", origin.behind());
    out.writeObjectFieldStart("known");
    for (int i = 0; i < origin.known().size(); i++) {
      out.writeNumberField(
          ReplicaId.format(origin.known().replicaAt(i)), origin.known().sequenceAt(i));
    }
    out.writeEndObject();
    out.writeEndObject();
  }
}
