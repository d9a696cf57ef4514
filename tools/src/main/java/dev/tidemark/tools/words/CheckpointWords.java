package dev.tidemark.tools.words;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.storage.checkpoint.ClusterCheckpoint;
import dev.tidemark.storage.checkpoint.Submission;
import dev.tidemark.tools.output.Printer;
import java.io.IOException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** How far a checkpoint is, as lines or as an object. */
public record CheckpointWords(ClusterCheckpoint checkpoint) {
  /** Prints it. */
  public void print(Printer printer, boolean json) {
    if (json) {
      printer.json(this::writeTo);
    } else {
      print(printer);
    }
  }

  /** The root, in hexadecimal; empty until it is complete. */
  public static String root(ClusterCheckpoint checkpoint) {
    return checkpoint.root().map(root -> HexFormat.of().formatHex(root.array())).orElse("");
  }

  private void print(Printer printer) {
    printer.line(
        "checkpoint %s, begun %s",
        checkpoint.id(), Instant.ofEpochMilli(checkpoint.createdMillis()));
    checkpoint
        .submissions()
        .values()
        .forEach(submission -> printer.line("submitted  %s", submission));
    if (checkpoint.isComplete()) {
      printer.line(
          "complete   root %s%s",
          root(checkpoint),
          checkpoint.isUniform() ? ", all have seen the same" : ", not all have seen the same");
    } else {
      printer.line(
          "missing    %s",
          checkpoint.missing().stream().map(ReplicaId::format).collect(Collectors.joining(", ")));
    }
  }

  private void writeTo(JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("checkpoint", checkpoint.id());
    out.writeNumberField("createdMillis", checkpoint.createdMillis());
    out.writeBooleanField("complete", checkpoint.isComplete());
    if (checkpoint.isComplete()) {
      out.writeStringField("root", root(checkpoint));
    }
    out.writeBooleanField("uniform", checkpoint.isUniform());
    out.writeStringField("vector", checkpoint.vector().toString());
    out.writeArrayFieldStart("missing");
    for (long member : checkpoint.missing()) {
      out.writeString(ReplicaId.format(member));
    }
    out.writeEndArray();
    out.writeArrayFieldStart("submissions");
    for (Submission submission : checkpoint.submissions().values()) {
      out.writeStartObject();
      out.writeStringField("member", ReplicaId.format(submission.member()));
      out.writeStringField("storeId", HexFormat.of().formatHex(submission.storeId().array()));
      out.writeStringField("snapshot", HexFormat.of().toHexDigits(submission.snapshot()));
      out.writeNumberField("position", submission.position());
      out.writeStringField("vector", submission.vector().toString());
      out.writeStringField("root", submission.rootText());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }
}
