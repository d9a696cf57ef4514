package dev.tidemark.tools.words;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.storage.blob.BlobReport;
import dev.tidemark.storage.snapshot.Manifest;
import dev.tidemark.storage.snapshot.Snapshot;
import java.io.IOException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** What a snapshot is of, in words. */
public final class SnapshotWords {
  private SnapshotWords() {}

  /** As lines. */
  public static List<String> lines(Snapshot snapshot) {
    Manifest manifest = snapshot.manifest();
    return List.of(
        "snapshot   " + snapshot.directory(),
        "store      "
            + HexFormat.of().formatHex(manifest.storeId())
            + ", replica "
            + ReplicaId.format(manifest.replicaId()),
        "taken      " + Instant.ofEpochMilli(manifest.takenMillis()),
        String.format(
            Locale.ROOT,
            "holds      the log up to position %,d, in %,d files of %,d bytes",
            manifest.position(),
            manifest.files().size(),
            manifest.bytes()),
        "seen       " + manifest.vector(),
        "root       " + manifest.roots());
  }

  /** What was found of its large values: nothing if it has none. */
  public static List<String> lines(BlobReport largeValues) {
    if (largeValues.values() == 0) {
      return List.of();
    }
    String line =
        String.format(
            Locale.ROOT,
            "large      %,d values in %,d chunks",
            largeValues.values(),
            largeValues.chunks());
    return largeValues.isWhole()
        ? List.of(line)
        : List.of(
            line,
            String.format(
                Locale.ROOT,
                "incomplete %,d large values: %,d chunks missing, %,d damaged",
                largeValues.incomplete(),
                largeValues.missing(),
                largeValues.damaged()));
  }

  /** The same as fields of an object that is begun. */
  public static void write(JsonGenerator out, BlobReport largeValues) throws IOException {
    out.writeNumberField("largeValues", largeValues.values());
    out.writeNumberField("incompleteLargeValues", largeValues.incomplete());
    out.writeNumberField("chunks", largeValues.chunks());
    out.writeNumberField("missingChunks", largeValues.missing());
    out.writeNumberField("damagedChunks", largeValues.damaged());
  }

  /** As fields of an object that is begun. */
  public static void write(JsonGenerator out, Snapshot snapshot) throws IOException {
    Manifest manifest = snapshot.manifest();
    out.writeStringField("snapshot", snapshot.directory().toString());
    out.writeStringField("storeId", HexFormat.of().formatHex(manifest.storeId()));
    out.writeStringField("replica", ReplicaId.format(manifest.replicaId()));
    out.writeNumberField("takenMillis", manifest.takenMillis());
    out.writeNumberField("position", manifest.position());
    out.writeNumberField("files", manifest.files().size());
    out.writeNumberField("bytes", manifest.bytes());
    out.writeStringField("root", manifest.roots().toString());
  }
}
