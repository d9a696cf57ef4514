package dev.tidemark.storage.handover;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.state.KeyCursor;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a store has of keys that others are to be put in the place of, and that are not among those:
 * a record for each, in its order, that nothing is said of it. For one thread at a time; close it,
 * before the pin.
 */
public final class Displaced implements AutoCloseable {
  private final StateStore state;
  private final Pin pin;
  private final Predicate<Bytes> wanted;
  private final Iterator<Namespace> namespaces;
  private @Nullable Namespace namespace;
  private @Nullable KeyCursor keys;
  private @Nullable RunRecord here;

  /**
   * Those of a moment.
   *
   * @param wanted which keys are replaced
   */
  public Displaced(StateStore state, Pin pin, Predicate<Bytes> wanted) {
    this.state = state;
    this.pin = pin;
    this.wanted = wanted;
    this.namespaces = state.schema().namespaces().iterator();
    advance();
  }

  /** Gives those that come before a record; what is here of its own key goes with it. */
  public void before(RunRecord next, Consumer<RunRecord> out) {
    for (RunRecord held = here; held != null && held.comparePlace(next) <= 0; held = here) {
      if (held.comparePlace(next) < 0) {
        out.accept(held);
      }
      advance();
    }
  }

  /** Gives those behind the last record. */
  public void rest(Consumer<RunRecord> out) {
    for (RunRecord held = here; held != null; held = here) {
      out.accept(held);
      advance();
    }
  }

  private void advance() {
    here = null;
    while (here == null) {
      Namespace in = namespace;
      KeyCursor of = keys;
      if (in != null && of != null && of.next()) {
        here = wanted.test(of.key()) ? RunRecord.nothing(in, of.key(), KeyPart.WHOLE) : null;
        continue;
      }
      close();
      if (!namespaces.hasNext()) {
        return;
      }
      namespace = namespaces.next();
      keys = state.keys(pin, namespace, KeyRange.ALL);
    }
  }

  @Override
  public void close() {
    if (keys != null) {
      keys.close();
      keys = null;
    }
  }
}
