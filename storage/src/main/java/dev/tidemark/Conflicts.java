package dev.tidemark;

import dev.tidemark.storage.conflict.Conflict;
import dev.tidemark.storage.core.StoreCore;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values that were lost between concurrent updates: of a register, of a field of a map, of an
 * {@code epoch-max} to a delete. Each pair is told where the two meet, once: an update that comes
 * after another in its maker's eyes never conflicts with it, whatever the clocks say. Commits that
 * come folded, in a run or a state, do not say any more what each had seen: of them nothing is told
 * here.
 */
public final class Conflicts {
  private final StoreCore core;

  Conflicts(StoreCore core) {
    this.core = core;
  }

  /** How many there were, also before the store was last opened. */
  public long count() {
    return core.conflicts().count();
  }

  /** The newest {@value dev.tidemark.storage.conflict.Conflicts#MOST}, the newest first. */
  public List<Conflict> newest() {
    return core.conflicts().newest();
  }

  /**
   * Why the last one that could not be found, journalled or told could not, or null. The store goes
   * on.
   */
  public @Nullable String problem() {
    Exception problem = core.conflicts().problem();
    return problem == null ? null : String.valueOf(problem.getMessage());
  }

  /**
   * Tells of each conflict from now on. Close it.
   *
   * @param listener is called while the commit is being taken, with no update possible meanwhile:
   *     must not wait, nor call the store
   */
  public Watch watch(Consumer<Conflict> listener) {
    core.requireOpen();
    core.conflicts().add(listener);
    return () -> core.conflicts().remove(listener);
  }

  /** Who is told of conflicts, until it is closed. */
  @FunctionalInterface
  public interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
