package dev.tidemark.benchmarks.harness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Several things measured in turn, round after round, so that whatever else the machine does meets
 * all of them alike; of each the median counts. The first round warms up and does not.
 */
public final class Rounds {
  private final List<double[]> measured = new ArrayList<>();

  /** Measures each thing so often; a measurement gives its rate or its time. */
  public static Rounds of(int rounds, List<Measurement> things) throws Exception {
    Rounds all = new Rounds();
    things.forEach(thing -> all.measured.add(new double[rounds]));
    for (int round = -1; round < rounds; round++) {
      for (int thing = 0; thing < things.size(); thing++) {
        double value = things.get(thing).measure(round + 1);
        if (round >= 0) {
          all.measured.get(thing)[round] = value;
        }
      }
    }
    return all;
  }

  /** The median of one of the things, by its place in the list. */
  public double median(int thing) {
    double[] sorted = measured.get(thing).clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** A row of two rates. */
  public Row rates(String question, int own, int baseline) {
    return new Row(
        question,
        Figure.rate(median(own)),
        Figure.rate(median(baseline)),
        median(own) / median(baseline));
  }

  /** One measurement of one thing. */
  @FunctionalInterface
  public interface Measurement {
    /** Makes it, in a round that is numbered from 0. */
    double measure(int round) throws Exception;
  }
}
