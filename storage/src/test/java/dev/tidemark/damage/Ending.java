package dev.tidemark.damage;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.RecoveryReport;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the open of a damaged store ends, and the reading of all of it: there are three ways, a limit
 * of the third, and no other.
 *
 * @param outcome which of them
 * @param words the error, or the case that was met
 * @param whileReading whether the error came after the open
 */
record Ending(Outcome outcome, String words, boolean whileReading) {
  enum Outcome {
    /** Everything is as it was. */
    EXACT_RECOVERY,
    /** An error says what is wrong. */
    EXACT_ERROR,
    /** A suffix that was never promised is gone, and the report says so. */
    NAMED_LOSS,
    /**
     * The same, and nothing says so: an unsealed log that ends just between two entries behind the
     * mark, as one that comes back from an older copy may, is what a crash leaves. The limit of
     * what can be known, counted apart.
     */
    UNTOLD_END
  }

  /** Opens a damaged copy, reads everything, closes it. */
  static Ending of(Template template, Path copy) {
    Tidemark store;
    try {
      store = Tidemark.open(copy, Templates.SCHEMA, Templates.OPTIONS);
    } catch (TidemarkException e) {
      return error(e, copy, false);
    }
    try (store) {
      return reading(template, copy, store);
    }
  }

  private static Ending reading(Template template, Path copy, Tidemark store) {
    Map<String, Value> values;
    try {
      values = read(template, store);
    } catch (DamagedException e) {
      return error(e, copy, true);
    }
    RecoveryReport report = store.recovery();
    Template.History history = template.history();
    long found = history.find(values, template.mark());
    if (found < 0) {
      throw new AssertionError("wrong values after " + report);
    }
    // Before the position, so that a commit that changed no value counts for what it is.
    if (values.equals(history.at(history.last()))) {
      return new Ending(Outcome.EXACT_RECOVERY, report.found(), false);
    }
    if (report.tornBytes() == 0 && report.found().equals("unsealed")) {
      return new Ending(Outcome.UNTOLD_END, report.found(), false);
    }
    if (report.tornBytes() == 0) {
      throw new AssertionError("ends at " + found + ", and the report says " + report);
    }
    return new Ending(Outcome.NAMED_LOSS, report.found(), false);
  }

  /** The values of all keys. */
  static Map<String, Value> read(Template template, Tidemark store) {
    Map<String, Value> values = new TreeMap<>();
    for (String key : template.history().keys()) {
      values.put(key, store.value(key));
    }
    return values;
  }

  private static Ending error(TidemarkException e, Path copy, boolean whileReading) {
    if (!String.valueOf(e.getMessage()).contains(copy.toString())) {
      throw new AssertionError("the error names no file: " + e);
    }
    return new Ending(Outcome.EXACT_ERROR, String.valueOf(e.getMessage()), whileReading);
  }
}
