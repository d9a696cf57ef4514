package dev.tidemark.storage.fault;

import java.io.IOException;
import java.util.function.Predicate;

/** Fails the n-th of some calls, and those after it if it is broken for good. */
public final class FailingCall implements Watcher {
  /** How it fails. */
  public enum Mode {
    /** This one call, and never again. */
    ONCE,
    /** This one and all after it. */
    FOR_GOOD,
    /** A write takes half of its bytes, and says so: not a failure, but easily taken for all. */
    SHORT_WRITE,
    /** A write takes half of its bytes, and the next one fails: a disk that fills up. */
    SHORT_WRITE_THEN_FAILURE
  }

  private final int nth;
  private final Mode mode;
  private final Predicate<Call> counted;
  private int calls;
  private boolean hasFailed;

  /**
   * Counts from 1.
   *
   * @param counted which calls are counted, and may be failed
   */
  public FailingCall(int nth, Mode mode, Predicate<Call> counted) {
    this.nth = nth;
    this.mode = mode;
    this.counted = counted;
  }

  @Override
  public synchronized void before(Call call) throws IOException {
    if (!counted.test(call)) {
      return;
    }
    calls++;
    boolean fails =
        switch (mode) {
          case ONCE -> calls == nth;
          case FOR_GOOD -> calls >= nth;
          case SHORT_WRITE -> false;
          case SHORT_WRITE_THEN_FAILURE -> calls == nth + 1;
        };
    if (fails) {
      hasFailed = true;
      throw new IOException("injected: " + call);
    }
  }

  @Override
  public synchronized int taken(Call call, int bytes) {
    boolean isShort = mode == Mode.SHORT_WRITE || mode == Mode.SHORT_WRITE_THEN_FAILURE;
    return isShort && calls == nth && bytes > 1 ? bytes / 2 : bytes;
  }

  /** Whether as many calls were made as it takes. */
  public synchronized boolean isReached() {
    return calls >= nth;
  }

  /** Whether a call was failed. */
  public synchronized boolean hasFailed() {
    return hasFailed;
  }
}
