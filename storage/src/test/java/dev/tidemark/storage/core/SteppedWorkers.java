package dev.tidemark.storage.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Workers of one store without a thread: what is due is done by whoever asks for it, and what
 * happens does not depend on which thread came first. What a worker wants to do later it does when
 * it is woken.
 */
public final class SteppedWorkers implements Workers {
  private final List<Stepped> all = new ArrayList<>();

  @Override
  public Worker create(String name, Worker.Duty duty, Consumer<Throwable> onFailure) {
    Stepped worker = new Stepped(duty, onFailure);
    all.add(worker);
    return worker;
  }

  /** Has each worker do what is due, in the calling thread. */
  public void step() {
    all.forEach(Stepped::step);
  }

  /** Wakes each: time may have passed for it. */
  public void wake() {
    all.forEach(Stepped::wake);
  }

  private static final class Stepped implements Worker {
    private final Duty duty;
    private final Consumer<Throwable> onFailure;
    private boolean working;
    private boolean idle;
    private boolean due;

    Stepped(Duty duty, Consumer<Throwable> onFailure) {
      this.duty = duty;
      this.onFailure = onFailure;
    }

    @Override
    public void start() {
      working = true;
      due = true;
    }

    @Override
    public void signal() {
      due |= idle;
    }

    @Override
    public void wake() {
      due = true;
    }

    @Override
    public boolean hurry() {
      if (!working) {
        throw new AssertionError("waits for a worker that has ended");
      }
      wake();
      step();
      return true;
    }

    @Override
    public void stop() {
      working = false;
    }

    void step() {
      if (!working || !due) {
        return;
      }
      due = false;
      try {
        long nanos = duty.run();
        while (nanos == 0) {
          nanos = duty.run();
        }
        idle = nanos == UNTIL_SIGNALLED;
      } catch (Throwable e) {
        working = false;
        onFailure.accept(e);
      }
    }
  }
}
