package dev.tidemark.benchmarks.harness;

import java.util.List;
import java.util.Set;

/** One question about whole stores, asked in a process of its own. */
public interface Benchmark {
  /** What it is called on the command line. */
  String name();

  /** The question it answers, in a line. */
  String question();

  /** What makes its comparison unfair, and to whom, in a sentence; empty without a comparison. */
  default String unfairness() {
    return "";
  }

  /** The targets that its rows are held to. */
  default Set<Target> targets() {
    return Set.of();
  }

  /** What its JVM is to be started with, beside the flags that every store needs. */
  default List<String> jvmOptions() {
    return List.of();
  }

  /** Whether it takes so long that it is run only where it is asked for by name. */
  default boolean isLong() {
    return false;
  }

  /** Runs it; its rows go into the run as they are known. */
  void run(Run run) throws Exception;
}
