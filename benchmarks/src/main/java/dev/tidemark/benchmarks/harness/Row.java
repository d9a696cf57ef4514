package dev.tidemark.benchmarks.harness;

/**
 * One line of the table.
 *
 * @param ratio measured to baseline, in the sense the question gives it; NaN without a baseline
 */
public record Row(String question, Figure measured, Figure baseline, double ratio) {
  /** A row with nothing to compare with. */
  public static Row of(String question, Figure measured) {
    return new Row(question, measured, Figure.NONE, Double.NaN);
  }
}
