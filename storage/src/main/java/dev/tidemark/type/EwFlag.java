package dev.tidemark.type;

import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;

/**
 * A key of strategy {@code ew-flag}: a flag where enable wins. A disable takes back the enables
 * that its replica had seen, so one enabled elsewhere at the same time stays true. After Almeida,
 * Shoker and Baquero, "Delta State Replicated Data Types", JPDC 2018.
 */
public final class EwFlag extends Handle {
  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public EwFlag(KeyAccess access) {
    super(access, Strategy.EW_FLAG);
  }

  /**
   * Makes it true.
   *
   * @return the log position
   */
  public long enable() {
    return access.update(new Update.Enable());
  }

  /**
   * Makes it false, as far as this replica has seen it enabled.
   *
   * @return the log position
   */
  public long disable() {
    return access.update(new Update.Disable());
  }

  /** Whether it is true; false if it was never touched. Reads one cell. */
  public boolean isEnabled() {
    return value(Value.Flag.class).enabled();
  }

  /**
   * The same as {@link #disable()}: a flag that is false is not there.
   *
   * @return the log position
   */
  public long delete() {
    return access.update(new Update.Delete());
  }

  /** This handle with another durability for its updates. */
  public EwFlag with(Durability durability) {
    return new EwFlag(access.with(durability));
  }
}
