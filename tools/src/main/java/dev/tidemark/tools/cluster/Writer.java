package dev.tidemark.tools.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * Adds elements of its own to one set, and as often one to one counter, at one member, as fast as
 * that acknowledges. What is not acknowledged is done again or not at all, and never counted.
 */
final class Writer implements AutoCloseable {
  static final String SET = "things";
  static final String COUNTER = "count";

  /** A member that is away is asked again so often. */
  private static final long PAUSE_MILLIS = 20;

  private final Member member;
  private final Thread thread;
  private final List<String> added = new ArrayList<>();
  private long incremented;
  private long unknown;
  private boolean stopped;

  Writer(Member member) {
    this.member = member;
    this.thread = new Thread(this::run, "writer-" + member.name());
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      for (long n = 0; !isStopped(); n++) {
        String element = member.name() + "-" + n;
        boolean add = member.update(SET, "{\"op\":\"add\",\"args\":[\"" + element + "\"]}");
        boolean count = member.update(COUNTER, "{\"op\":\"increment\",\"args\":[1]}");
        note(add ? element : "", count);
        if (!add || !count) {
          Thread.sleep(PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      // Nobody interrupts it but the end of the process.
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  private synchronized void note(String element, boolean count) {
    if (!element.isEmpty()) {
      added.add(element);
    }
    incremented += count ? 1 : 0;
    unknown += count ? 0 : 1;
    notifyAll();
  }

  /** The elements that were acknowledged. */
  synchronized List<String> added() {
    return List.copyOf(added);
  }

  /** How many increments were acknowledged. */
  synchronized long incremented() {
    return incremented;
  }

  /** How many increments were not, and may be made nevertheless. */
  synchronized long unknown() {
    return unknown;
  }

  /** Waits until so many more elements are acknowledged, at most until a deadline. */
  synchronized boolean awaitMore(int more, long deadline) throws InterruptedException {
    int wanted = added.size() + more;
    while (added.size() < wanted) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }

  @Override
  public void close() throws InterruptedException {
    synchronized (this) {
      stopped = true;
    }
    thread.join();
  }
}
