package dev.tidemark.benchmarks.harness;

import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param ratio measured to baseline, in the sense the question gives it; NaN without a baseline
 * @param verdict whether it reaches what it is to reach; null where nothing is asked for
 */
public record Row(
    String question, Figure measured, Figure baseline, double ratio, @Nullable Verdict verdict) {
  /** A row that nothing is asked of. */
  public Row(String question, Figure measured, Figure baseline, double ratio) {
    this(question, measured, baseline, ratio, null);
  }

  /** A row with nothing to compare with. */
  public static Row of(String question, Figure measured) {
    return new Row(question, measured, Figure.NONE, Double.NaN);
  }

  /** The same, and its ratio is to reach a target. */
  public Row reaching(Target target) {
    return reaching(target, ratio);
  }

  /** The same, and a value of it is to reach a target. */
  public Row reaching(Target target, double value) {
    return new Row(question, measured, baseline, ratio, new Verdict(target, value));
  }

  /** A target and what was measured of it. */
  public record Verdict(Target target, double value) {
    /** How much of the target it reaches; 1 just meets it. */
    public double reached() {
      return target.reachedBy(value);
    }

    /** In a word. */
    public String word() {
      return target.isMetBy(value) ? "met" : "missed";
    }
  }
}
