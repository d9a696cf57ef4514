package dev.tidemark.benchmarks.harness;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The most that this process takes up while something goes on, looked at a few times a second. */
public final class MemoryPeak implements AutoCloseable {
  private static final long PERIOD_MILLIS = 50;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread sampler = new Thread(this::sample, "memory-peak");
  private volatile long heap;
  private volatile long anonymous;

  /** Begins to look. */
  public MemoryPeak() {
    sampler.setDaemon(true);
    sampler.start();
  }

  private void sample() {
    try {
      do {
        look();
      } while (!ended.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    long used = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage collected = pool.getCollectionUsage();
      if (pool.getType() == MemoryType.HEAP && collected != null) {
        used += collected.getUsed();
      }
    }
    heap = Math.max(heap, used);
    anonymous = Math.max(anonymous, Memory.anonymous());
  }

  /** What the latest collections left in the heap, and what was resident of nobody's file. */
  public Figure figure() {
    return new Figure(
        Figure.format(
            "heap after collections up to %s, anonymous up to %s",
            Figure.bytes(heap).text(), Figure.bytes(anonymous).text()),
        Map.of("heap_bytes", (double) heap, "anonymous_bytes", (double) anonymous));
  }

  @Override
  public void close() {
    ended.countDown();
    boolean interrupted = false;
    while (sampler.isAlive()) {
      try {
        sampler.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
