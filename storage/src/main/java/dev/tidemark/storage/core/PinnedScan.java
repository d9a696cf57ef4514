package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.overlay.Generation;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.state.KeyCursor;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import dev.tidemark.storage.state.StoredKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys under a prefix that have a value, in key order over all namespaces, as they were at one
 * log position: a snapshot of the state, joined with the generations that were pending then. What
 * is reserved is passed over. For one thread.
 */
public final class PinnedScan implements AutoCloseable {
  private final Runnable requireOpen;
  private final Schema schema;
  private final StateStore state;
  private final List<Generation> pending;
  private final KeyRange range;
  private final long position;
  private final Pin pin;
  private final List<Walk> stored = new ArrayList<>();
  private final Bytes prefix;
  private final Interest shown;
  private Bytes from;
  private boolean closed;

  /**
   * A scan of a state joined with frozen generations that is all there was at a position.
   *
   * @param pending what the scan releases when it is closed
   */
  public PinnedScan(
      Schema schema, StateStore state, List<Generation> pending, Bytes prefix, long position) {
    this(() -> {}, schema, state, pending, prefix, position, Interest.ALL);
    start();
  }

  /**
   * Pins the moment and does not begin yet; for who holds the write lock.
   *
   * @param shown the keys that are not passed over
   */
  PinnedScan(
      Runnable requireOpen,
      Schema schema,
      StateStore state,
      List<Generation> pending,
      Bytes prefix,
      long position,
      Interest shown) {
    this.requireOpen = requireOpen;
    this.prefix = prefix;
    this.shown = shown;
    this.schema = schema;
    this.state = state;
    this.pending = pending;
    this.range = KeyRange.prefix(prefix);
    this.position = position;
    this.from = prefix;
    boolean pinned = false;
    try {
      this.pin = state.pin();
      pinned = true;
    } finally {
      if (!pinned) {
        pending.forEach(Generation::release);
      }
    }
  }

  /** Opens what it walks over; no longer under the write lock, since it may read from the disk. */
  void start() {
    boolean started = false;
    try {
      openCursors();
      started = true;
    } finally {
      if (!started) {
        close();
      }
    }
  }

  private void openCursors() {
    for (Namespace namespace : schema.withoutSystem().namespaces()) {
      if (namespace.prefix().startsWith(prefix) || prefix.startsWith(namespace.prefix())) {
        Walk walk = new Walk(namespace, state.keys(pin, namespace, range));
        stored.add(walk);
        advance(walk);
      }
    }
  }

  /** Where a namespace is walked over. */
  private record Walk(Namespace namespace, KeyCursor cursor) {}

  /** A key that has a value, and its state. */
  public record Found(Bytes key, Namespace namespace, KeyView view) {}

  /** The log position of what it shows. */
  public long position() {
    return position;
  }

  /** The next key, or null after the last one. */
  public @Nullable Found next() {
    if (closed) {
      throw Problem.of("scan is closed").advise("begin another").illegalState();
    }
    requireOpen.run();
    for (Bytes key = leastKey(); key != null; key = leastKey()) {
      Namespace namespace = schema.of(key);
      KeyView view = takeStored(namespace, key);
      if (!pending.isEmpty()) {
        from = range.after(key).from();
        view = Reads.joined(namespace, view, Overlay.runs(pending, key));
      }
      boolean isShown = !namespace.equals(Namespace.SYSTEM) && shown.covers(key);
      if (isShown && namespace.strategy().lattice().present(view)) {
        return new Found(key, namespace, view);
      }
    }
    return null;
  }

  private @Nullable Bytes leastKey() {
    Bytes least = null;
    for (Walk walk : stored) {
      least = lesser(least, walk.cursor.key());
    }
    for (Generation generation : pending) {
      least = lesser(least, generation.ceiling(from));
    }
    Bytes end = range.to();
    return least == null || (end != null && least.compareTo(end) >= 0) ? null : least;
  }

  private static @Nullable Bytes lesser(@Nullable Bytes a, @Nullable Bytes b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.compareTo(b) <= 0 ? a : b;
  }

  /** A key as it is stored. Who walks over its namespace has read its head, and moves on. */
  private StoredKey takeStored(Namespace namespace, Bytes key) {
    StoredKey taken = null;
    for (int i = stored.size() - 1; i >= 0; i--) {
      Walk walk = stored.get(i);
      if (walk.cursor.key().equals(key)) {
        if (walk.namespace.equals(namespace)) {
          taken = walk.cursor.view(namespace);
        }
        advance(walk);
      }
    }
    return taken == null ? state.view(pin, namespace, key) : taken;
  }

  private void advance(Walk walk) {
    if (!walk.cursor.next()) {
      stored.remove(walk);
      walk.cursor.close();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      pending.forEach(Generation::release);
    }
    stored.forEach(walk -> walk.cursor.close());
    stored.clear();
    pin.close();
  }
}
