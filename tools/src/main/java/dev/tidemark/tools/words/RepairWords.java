package dev.tidemark.tools.words;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.storage.repair.RepairEvent;
import dev.tidemark.storage.repair.RepairEvent.DamagedBytes;
import dev.tidemark.storage.repair.RepairEvent.DamagedState;
import dev.tidemark.storage.repair.RepairEvent.IncompleteKey;
import dev.tidemark.storage.repair.RepairEvent.IncompleteValue;
import dev.tidemark.storage.repair.RepairEvent.LeftOut;
import dev.tidemark.storage.repair.RepairEvent.LostPositions;
import dev.tidemark.storage.repair.RepairEvent.LostSequences;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.ValueJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Says what a repair finds, as it finds it. */
public final class RepairWords implements Consumer<RepairEvent> {
  private final Printer printer;
  private final boolean json;

  /** Speaks through a printer, in lines or in objects. */
  public RepairWords(Printer printer, boolean json) {
    this.printer = printer;
    this.json = json;
  }

  @Override
  public void accept(RepairEvent event) {
    if (json) {
      printer.json(out -> write(out, event));
    } else {
      lines(event).forEach(printer::line);
    }
  }

  private static List<String> lines(RepairEvent event) {
    if (event instanceof DamagedBytes damage) {
      return List.of(
          "damaged: " + bytes(damage.file(), damage.from(), damage.to()),
          "  expected " + damage.expected(),
          "  actual   " + damage.actual());
    } else if (event instanceof DamagedState damage) {
      String where = damage.namespace() == null ? "" : ", namespace " + damage.namespace();
      where += damage.key() == null ? "" : ", key " + damage.key();
      return List.of(
          "damaged: state" + where,
          "  expected " + damage.expected(),
          "  actual   " + damage.actual());
    } else if (event instanceof LostPositions lost) {
      return List.of("lost: positions " + lost.first() + " to " + lost.last());
    } else if (event instanceof LostSequences lost) {
      return List.of("lost: operations " + operations(lost.origin(), lost.first(), lost.last()));
    } else if (event instanceof LeftOut left) {
      return List.of(
          (left.isLoss() ? "lost: position " : "not taken: position ")
              + left.position()
              + ", operations "
              + operations(left.origin(), left.first(), left.last())
              + ", in "
              + bytes(left.file(), left.from(), left.to()),
          "  keys " + left.keys(),
          "  because " + left.why());
    } else if (event instanceof IncompleteValue lost) {
      return List.of("lost: a part of a large value of " + lost.value(), "  " + lost.why());
    } else if (event instanceof IncompleteKey lost) {
      return List.of("lost: updates of key " + lost.key() + ", namespace " + lost.namespace());
    }
    throw new AssertionError(event);
  }

  private static String operations(long origin, long first, long last) {
    return ReplicaId.format(origin) + "#" + first + " to #" + last;
  }

  private static String bytes(Path file, long from, long to) {
    return file + ", bytes " + from + " to " + to;
  }

  private static void write(JsonGenerator out, RepairEvent event) throws IOException {
    out.writeStartObject();
    if (event instanceof DamagedBytes damage) {
      out.writeStringField("event", "damaged bytes");
      bytes(out, damage.file(), damage.from(), damage.to());
      out.writeStringField("expected", damage.expected());
      out.writeStringField("actual", damage.actual());
    } else if (event instanceof DamagedState damage) {
      out.writeStringField("event", "damaged state");
      if (damage.namespace() != null) {
        out.writeStringField("namespace", damage.namespace().toString());
      }
      if (damage.key() != null) {
        out.writeStringField("key", damage.key().toString());
      }
      out.writeStringField("expected", damage.expected());
      out.writeStringField("actual", damage.actual());
    } else if (event instanceof LostPositions lost) {
      out.writeStringField("event", "lost positions");
      out.writeNumberField("first", lost.first());
      out.writeNumberField("last", lost.last());
    } else if (event instanceof LostSequences lost) {
      out.writeStringField("event", "lost operations");
      operations(out, lost.origin(), lost.first(), lost.last());
    } else if (event instanceof LeftOut left) {
      out.writeStringField("event", left.isLoss() ? "lost commit" : "commit not taken");
      out.writeNumberField("position", left.position());
      operations(out, left.origin(), left.first(), left.last());
      out.writeArrayFieldStart("keys");
      for (Bytes key : left.keys()) {
        out.writeString(key.toUtf8());
      }
      out.writeEndArray();
      bytes(out, left.file(), left.from(), left.to());
      out.writeStringField("why", left.why());
    } else if (event instanceof IncompleteValue lost) {
      out.writeStringField("event", "incomplete large value");
      out.writeFieldName("value");
      ValueJson.write(out, lost.value());
      out.writeStringField("why", lost.why());
    } else if (event instanceof IncompleteKey lost) {
      out.writeStringField("event", "incomplete key");
      out.writeStringField("namespace", lost.namespace().toString());
      out.writeStringField("key", lost.key().toUtf8());
    }
    out.writeEndObject();
  }

  private static void operations(JsonGenerator out, long origin, long first, long last)
      throws IOException {
    out.writeStringField("origin", ReplicaId.format(origin));
    out.writeNumberField("firstSequence", first);
    out.writeNumberField("lastSequence", last);
  }

  private static void bytes(JsonGenerator out, Path file, long from, long to) throws IOException {
    out.writeStringField("file", file.toString());
    out.writeNumberField("from", from);
    out.writeNumberField("to", to);
  }
}
