package dev.tidemark.benchmarks.harness;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * How long calls of one thread took: each by the wall, all together also by the thread's own CPU
 * time, which other processes on the machine disturb less. A clock reading of some 25 ns is in each
 * call.
 */
public final class Latency {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int DIGITS = 3;
  private static final double NANOS_PER_MICRO = 1_000;
  private static final double NANOS_PER_MILLI = 1_000_000;
  private static final double NANOS_PER_SECOND = 1e9;

  private final Histogram wall = new Histogram(DIGITS);
  private long wallNanos;
  private long cpuNanos;

  /** Runs a call a number of times, with the number of the round. */
  public void time(int rounds, Call call) {
    long cpuBefore = THREADS.getCurrentThreadCpuTime();
    long begin = System.nanoTime();
    long before = begin;
    for (int round = 0; round < rounds; round++) {
      call.run(round);
      long after = System.nanoTime();
      wall.recordValue(after - before);
      before = after;
    }
    wallNanos += before - begin;
    cpuNanos += THREADS.getCurrentThreadCpuTime() - cpuBefore;
  }

  /** Takes the calls of another thread in; the threads ran at the same time. */
  public void addConcurrent(Latency other) {
    wall.add(other.wall);
    wallNanos = Math.max(wallNanos, other.wallNanos);
    cpuNanos += other.cpuNanos;
  }

  /**
   * Runs a call a number of times, each at its time, and takes it as that much longer as it began
   * later: a call that is slow makes the others late, and they tell it.
   *
   * @param nanosBetween from the time of one call to that of the next
   */
  public void timePaced(int rounds, long nanosBetween, Call call) {
    long cpuBefore = THREADS.getCurrentThreadCpuTime();
    long begin = System.nanoTime();
    for (int round = 0; round < rounds; round++) {
      long due = begin + round * nanosBetween;
      while (System.nanoTime() - due < 0) {
        Thread.onSpinWait();
      }
      call.run(round);
      wall.recordValue(System.nanoTime() - due);
    }
    wallNanos += System.nanoTime() - begin;
    cpuNanos += THREADS.getCurrentThreadCpuTime() - cpuBefore;
  }

  /** The time that half of the calls stayed under, in microseconds. */
  public double medianMicros() {
    return wall.getValueAtPercentile(50) / NANOS_PER_MICRO;
  }

  /** The thread's own CPU time, in microseconds a call. */
  public double cpuMicros() {
    return cpuNanos / NANOS_PER_MICRO / Math.max(1, wall.getTotalCount());
  }

  /** Calls a second, by the wall. */
  public double perSecond() {
    return wall.getTotalCount() / (wallNanos / NANOS_PER_SECOND);
  }

  /** Median, p99 and CPU. */
  public Figure figure() {
    double p99 = p99Micros();
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("median_us", medianMicros());
    numbers.put("p99_us", p99);
    numbers.put("cpu_us", cpuMicros());
    numbers.put("max_us", wall.getMaxValue() / NANOS_PER_MICRO);
    return new Figure(
        Figure.format("%.1f us, p99 %.1f, cpu %.1f", medianMicros(), p99, cpuMicros()), numbers);
  }

  /** The time that 99 of 100 calls stayed under, in microseconds. */
  public double p99Micros() {
    return wall.getValueAtPercentile(99) / NANOS_PER_MICRO;
  }

  /** The time that 999 of 1,000 calls stayed under, in microseconds. */
  public double p999Micros() {
    return wall.getValueAtPercentile(99.9) / NANOS_PER_MICRO;
  }

  /** The longest call, in milliseconds. */
  public double maxMillis() {
    return wall.getMaxValue() / NANOS_PER_MILLI;
  }

  /** The longest call. */
  public Figure maxFigure() {
    return new Figure(Figure.format("%.1f ms", maxMillis()), Map.of("max_ms", maxMillis()));
  }

  /** Rate, and the latency of the slowest calls. */
  public Figure tailFigure() {
    return Figure.rate(perSecond()).and(callFigure());
  }

  /** The latency of the slowest calls. */
  public Figure callFigure() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("median_us", medianMicros());
    numbers.put("p99_us", p99Micros());
    numbers.put("p999_us", p999Micros());
    numbers.put("p9999_us", wall.getValueAtPercentile(99.99) / NANOS_PER_MICRO);
    numbers.put("max_us", wall.getMaxValue() / NANOS_PER_MICRO);
    return new Figure(
        Figure.format(
            "%.1f us, p99 %.1f, p99.9 %.1f, p99.99 %.0f, max %.0f", numbers.values().toArray()),
        numbers);
  }

  /** Rate, median, p99 and CPU. */
  public Figure rateFigure() {
    return Figure.rate(perSecond()).and(figure());
  }

  /** One call. */
  @FunctionalInterface
  public interface Call {
    /** Makes it. */
    void run(int round);
  }
}
