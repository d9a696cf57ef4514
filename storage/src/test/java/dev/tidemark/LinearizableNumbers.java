package dev.tidemark;

import dev.tidemark.engine.codec.Codec;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** An {@code lww-register} and both counters. */
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public final class LinearizableNumbers extends LinearizableRun {
  private final String register = key("r");
  private final String grows = key("n:");
  private final String moves = key("p:");

  @Operation
  public void set(@Param(name = "value") int value) {
    store().lwwRegister(register, Codec.int64()).set((long) value);
  }

  @Operation
  public void delete() {
    store().lwwRegister(register, Codec.int64()).delete();
  }

  @Operation
  public long get() {
    return store().lwwRegister(register, Codec.int64()).get().orElse(0L);
  }

  @Operation
  public void grow(@Param(name = "value") int by) {
    store().gCounter(grows).increment(by);
  }

  @Operation
  public long grown() {
    return store().gCounter(grows).value();
  }

  @Operation
  public void move(@Param(name = "value") int by) {
    if (by == 2) {
      store().pnCounter(moves).decrement(by);
    } else {
      store().pnCounter(moves).increment(by);
    }
  }

  @Operation
  public long moved() {
    return store().pnCounter(moves).value();
  }

  /** What it must look like. */
  public static final class Plain {
    private long register;
    private long grown;
    private long moved;

    public void set(int value) {
      register = value;
    }

    public void delete() {
      register = 0;
    }

    public long get() {
      return register;
    }

    public void grow(int by) {
      grown += by;
    }

    public long grown() {
      return grown;
    }

    public void move(int by) {
      moved += by == 2 ? -by : by;
    }

    public long moved() {
      return moved;
    }
  }
}
