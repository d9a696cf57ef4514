package dev.tidemark.tools.words;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.explain.LogItem;
import dev.tidemark.engine.explain.Verdict;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.strategy.Strategy;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What became of one thing that the log holds of a key, as a line or as an object. */
public record VerdictWords(Strategy strategy, Verdict verdict) {
  /** The line: tabs between its columns. */
  public String line() {
    LogItem item = verdict.item();
    String what =
        verdict.fate().rule() == Rule.NOTHING_SEEN
            ? EffectWords.of(strategy, List.of())
            : EffectWords.of(strategy, List.of(verdict.effect()));
    return String.join(
        "\t", place(item), author(), time(item), what, fate(verdict.fate(), verdict.winner()));
  }

  private String author() {
    Dot author = verdict.author();
    return author == null ? "-" : author.toString();
  }

  private static String place(@Nullable LogItem item) {
    if (item == null) {
      return "state";
    }
    return item.operation() == null
        ? item.firstPosition() + ".." + item.lastPosition()
        : Long.toString(item.firstPosition());
  }

  private static String time(@Nullable LogItem item) {
    return item == null || item.operation() == null
        ? "-"
        : OperationWords.time(item.operation().stamp());
  }

  private static String fate(Fate fate, @Nullable LogItem winner) {
    StringBuilder out = new StringBuilder(verb(fate.kind()));
    if (fate.winner() != null) {
      out.append(' ').append(fate.winner());
    } else if (fate.isOpen() && winner == null) {
      out.append(" what the log does not hold");
    }
    if (winner != null) {
      out.append(" at ").append(place(winner));
    }
    return out.append(": ").append(fate.rule().sentence()).toString();
  }

  private static String verb(Fate.Kind kind) {
    return switch (kind) {
      case STANDS -> "stands";
      case HELD -> "is kept";
      case CONTAINED -> "is contained in";
      case SPENT -> "is done";
      case LOST -> "lost to";
      case FORGOTTEN -> "is forgotten";
      case GIVEN_UP -> "is given up";
    };
  }

  /** The object. */
  public void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    LogItem item = verdict.item();
    if (item != null) {
      write(json, item);
    }
    if (verdict.author() != null) {
      OperationWords.writeDot(json, verdict.author());
    }
    json.writeFieldName("effect");
    OperationWords.write(json, verdict.effect());
    Fate fate = verdict.fate();
    json.writeStringField("fate", fate.kind().name().toLowerCase(Locale.ROOT));
    json.writeStringField("rule", fate.rule().sentence());
    if (fate.winner() != null || verdict.winner() != null) {
      json.writeObjectFieldStart("winner");
      if (verdict.winner() != null) {
        write(json, verdict.winner());
      }
      if (fate.winner() != null) {
        OperationWords.writeDot(json, fate.winner());
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, LogItem item) throws IOException {
    json.writeNumberField("position", item.firstPosition());
    if (item.operation() == null) {
      json.writeNumberField("lastPosition", item.lastPosition());
    } else {
      json.writeStringField("time", OperationWords.time(item.operation().stamp()));
    }
  }
}
